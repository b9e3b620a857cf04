"""The staff's list of people with access: roles, requests and invitations."""

import uuid

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaign.accounts import policy, queries
from campaign.accounts.forms import ROLE_NAMES, AskForm, InviteForm
from campaign.accounts.service import accounts, invitations, roles
from campaign.accounts.views.scopes import list_scopes, read_scope, role_words, roles_words
from campaign.accounts.views.visitor import show_problem, signed_in
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.kernel.text import one_line
from campaign.web.guards import fresh, requires
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.settings import absolute_url

bp = Blueprint("staff_accounts", __name__)


@bp.get("")
@requires(Role.ADMIN, Role.COORDINATOR)
def list_accounts() -> ResponseReturnValue:
    """Who has access, what waits for a decision, and which invitations are out."""
    who, today = signed_in(), clock.today()
    text, role = one_line(request.args.get("q", ""), 40), request.args.get("role", "")
    expiring = request.args.get("expiring") == "y"
    chosen = Role(role) if role in set(Role) else None
    page = paginate(queries.select_accounts(text=text, role=chosen, expiring=expiring))
    waiting, open_invitations = queries.list_waiting_requests(), queries.list_open_invitations()
    names = queries.names_of({each.asked_by for each in waiting} | {each.invited_by for each in open_invitations})
    grants = queries.grants_by_account(page.items)
    held = [grant for each in grants.values() for grant in each]
    return render_template(
        "accounts/staff_list.html", page=page, grants=grants, role_word=role_words([*waiting, *held]),
        roles_word=roles_words(open_invitations), today=today,
        names=names, waiting=waiting, invitations=open_invitations, role_names=ROLE_NAMES, q=text, role=chosen,
        expiring=expiring, can_change=policy.can_change_roles(who), other_admins=_other_admins(),
        decidable={each.id for each in waiting if _may_decide(each.asked_by, each.account_id)},
    )  # fmt: skip


@bp.get("/<uuid:account_id>")
@requires(Role.ADMIN, Role.COORDINATOR)
def show_account(account_id: uuid.UUID) -> ResponseReturnValue:
    """One account: its roles, and what may be done."""
    return _account_page(account_id, AskForm(list_scopes()))


@bp.post("/<uuid:account_id>/roles")
@requires(Role.ADMIN)
@fresh
def ask_for_role(account_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for a role or its renewal; another admin decides."""
    form = AskForm(list_scopes())
    if not form.validate():
        return _account_page(account_id, form, 422)
    try:
        scope = read_scope(form.scope.data or "")
        with transaction():
            roles.ask_for_role(signed_in(), account_id, Role(form.role.data), reason=form.reason.data, scope=scope)
    except ValueError:
        form.scope.errors = [_("Choose from the list.")]
        return _account_page(account_id, form, 422)
    except roles.NotNarrowable as problem:
        show_problem(form.scope, problem)
        return _account_page(account_id, form, 422)
    return redirect(url_for("staff_accounts.show_account", account_id=account_id), 303)


@bp.post("/roles/<uuid:grant_id>/renew")
@requires(Role.ADMIN)
@fresh
def ask_for_renewal(grant_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for the renewal of somebody's role, narrowed as it is; another admin decides."""
    with transaction():
        asked = roles.ask_for_renewal(signed_in(), grant_id)
    return redirect(url_for("staff_accounts.show_account", account_id=asked.account_id), 303)


@bp.post("/requests/<uuid:request_id>/approve")
@requires(Role.ADMIN)
@fresh
def approve_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Approve what another asked for."""
    return _decide(request_id, approve=True)


@bp.post("/requests/<uuid:request_id>/decline")
@requires(Role.ADMIN)
@fresh
def decline_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Decline what another asked for."""
    return _decide(request_id, approve=False)


@bp.post("/roles/<uuid:grant_id>/revoke")
@requires(Role.ADMIN)
@fresh
def revoke_role(grant_id: uuid.UUID) -> ResponseReturnValue:
    """Take a role away; its holder is signed out everywhere."""
    with transaction():
        grant = roles.revoke_role(signed_in(), grant_id)
    return redirect(url_for("staff_accounts.show_account", account_id=grant.account_id), 303)


@bp.post("/<uuid:account_id>/lock")
@requires(Role.ADMIN)
@fresh
def lock_account(account_id: uuid.UUID) -> ResponseReturnValue:
    """Stop an account at once."""
    with transaction():
        accounts.lock_account(signed_in(), account_id)
    return redirect(url_for("staff_accounts.show_account", account_id=account_id), 303)


@bp.post("/<uuid:account_id>/unlock")
@requires(Role.ADMIN)
@fresh
def unlock_account(account_id: uuid.UUID) -> ResponseReturnValue:
    """Let a locked account sign in again."""
    with transaction():
        accounts.unlock_account(signed_in(), account_id)
    return redirect(url_for("staff_accounts.show_account", account_id=account_id), 303)


@bp.post("/<uuid:account_id>/way-back")
@requires(Role.ADMIN, Role.COORDINATOR)
@fresh
def let_back_in(account_id: uuid.UUID) -> ResponseReturnValue:
    """Make a link for someone who lost passphrase or second factor; shown in this answer and never again."""
    with transaction():
        token = invitations.let_back_in(signed_in(), account_id)
    return _link_page(token)


@bp.get("/invite")
@requires(Role.ADMIN, Role.COORDINATOR)
@fresh
def show_invite() -> ResponseReturnValue:
    """The form for an invitation."""
    return _invite_page(InviteForm(_offered(), list_scopes()))


@bp.post("/invite")
@requires(Role.ADMIN, Role.COORDINATOR)
@fresh
def invite() -> ResponseReturnValue:
    """Make an invitation; its link is shown in this answer and never again."""
    form = InviteForm(_offered(), list_scopes())
    if not form.validate():
        return _invite_page(form, 422)
    try:
        scope = read_scope(form.scope.data or "")
        with transaction():
            token = invitations.invite(signed_in(), map(Role, form.roles.data), note=form.note.data, scope=scope)
    except ValueError:
        form.scope.errors = [_("Choose from the list.")]
        return _invite_page(form, 422)
    except roles.NotNarrowable as problem:
        show_problem(form.scope, problem)
        return _invite_page(form, 422)
    return _link_page(token)


@bp.post("/invitations/<uuid:invitation_id>/revoke")
@requires(Role.ADMIN, Role.COORDINATOR)
def revoke_invitation(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    with transaction():
        invitations.revoke_invitation(signed_in(), invitation_id)
    return redirect(url_for("staff_accounts.list_accounts", _anchor="invitations"), 303)


def _decide(request_id: uuid.UUID, *, approve: bool) -> ResponseReturnValue:
    with transaction():
        roles.decide_request(signed_in(), request_id, approve=approve)
    return redirect(url_for("staff_accounts.list_accounts", _anchor="requests"), 303)


def _may_decide(asked_by: uuid.UUID, about: uuid.UUID) -> bool:
    return policy.can_decide(signed_in(), asked_by=asked_by, about=about)


def _other_admins() -> int:
    return queries.count_admins(besides=frozenset({signed_in().id}))


def _offered() -> list[Role]:
    return [role for role in Role if policy.can_invite(signed_in(), frozenset({role}))]


def _invite_page(form: InviteForm, status: int = 200) -> Response:
    return make_response(render_template("accounts/staff_invite.html", form=form), status)


def _link_page(token: str) -> str:
    link = absolute_url(url_for("invitations.show_invitation", token=token).removeprefix(request.script_root),
                        current_language())  # fmt: skip
    return render_template("accounts/staff_link.html", link=link)


def _account_page(account_id: uuid.UUID, form: AskForm, status: int = 200) -> Response:
    who, account = signed_in(), queries.get_account(account_id)
    subject, grants = roles.subject_of(account_id), queries.list_grants(account_id)
    waiting = queries.list_waiting_requests(account_id)
    named = {each for grant in grants for each in (grant.granted_by, grant.approved_by) if each is not None}
    page = render_template(
        "accounts/staff_account.html", account=account, form=form, grants=grants, today=clock.today(),
        role_word=role_words([*grants, *waiting]),
        waiting=waiting, names=queries.names_of(named | {each.asked_by for each in waiting}),
        role_names=ROLE_NAMES, can_change=policy.can_change_roles(who), can_lock=policy.can_lock(who, subject),
        can_let_back_in=policy.can_let_back_in(who, subject) and account.is_active, other_admins=_other_admins(),
        decidable={each.id for each in waiting if _may_decide(each.asked_by, each.account_id)},
    )  # fmt: skip
    return make_response(page, status)
