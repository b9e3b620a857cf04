"""The pages of one's own account."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaign.accounts import queries
from campaign.accounts.forms import (
    ROLE_NAMES,
    CodeForm,
    LabelForm,
    LanguageForm,
    NewPassphraseForm,
    StepUpForm,
)
from campaign.accounts.policy import BadPassphrase
from campaign.accounts.service import accounts, passkeys, roles, sessions, sign_in
from campaign.accounts.views.scopes import role_words
from campaign.accounts.views.visitor import TOO_MANY, relying_party, show_problem, signed_in
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.web.guards import fresh
from campaign.web.redirects import safe_target
from campaign.web.session_cookie import carry_nothing, carry_on

bp = Blueprint("account", __name__)
TYPED = "typed:"
"""Before the names of fields that only pass through."""


@bp.get("")
def show_account() -> ResponseReturnValue:
    """Everything about one's account on one page."""
    return _overview(LanguageForm(language=signed_in().language))


@bp.get("/passphrase")
@fresh
def show_passphrase() -> ResponseReturnValue:
    """The form for a new passphrase."""
    return _form("accounts/passphrase.html", NewPassphraseForm())


@bp.post("/passphrase")
@fresh
def change_passphrase() -> ResponseReturnValue:
    """Replace the passphrase; other sessions end."""
    who, form = signed_in(), NewPassphraseForm()
    try:
        with transaction():
            accounts.change_passphrase(who.id, form.passphrase.data or "", keep_session=who.session_id)
    except BadPassphrase as problem:
        show_problem(form.passphrase, problem)
        return _form("accounts/passphrase.html", form, 422)
    return _back()


@bp.post("/language")
def change_language() -> ResponseReturnValue:
    """Keep the language of our messages."""
    form = LanguageForm()
    if not form.validate():
        return _overview(form, 422)
    with transaction():
        accounts.change_language(signed_in().id, form.language.data)
    return _back()


@bp.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """Sign one browser out; one's own too."""
    who = signed_in()
    with transaction():
        sessions.end_session(who.id, session_id)
    if session_id == who.session_id:
        carry_nothing()
    return _back("sessions")


@bp.post("/sessions/<uuid:session_id>/name")
def name_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """Call a session what its owner likes."""
    with transaction():
        sessions.name_session(signed_in().id, session_id, LabelForm().label.data)
    return _back("sessions")


@bp.post("/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """Sign every other browser out."""
    who = signed_in()
    with transaction():
        sessions.end_sessions(who.id, besides=who.session_id)
    return _back("sessions")


@bp.post("/roles/<uuid:grant_id>/renew")
def ask_for_renewal(grant_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for the renewal of a role one holds, as far as one holds it; somebody else decides."""
    with transaction():
        roles.ask_for_renewal(signed_in(), grant_id)
    return _back("roles")


@bp.post("/roles/<uuid:grant_id>/lay-down")
@fresh
def lay_down_role(grant_id: uuid.UUID) -> ResponseReturnValue:
    """Give a role of one's own up; its sessions die with it, this one too."""
    with transaction():
        roles.revoke_role(signed_in(), grant_id)
    carry_nothing()
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/leave")
@fresh
def show_leave() -> ResponseReturnValue:
    """What leaving means, with the button."""
    return render_template("accounts/leave.html")


@bp.post("/leave")
@fresh
def leave() -> ResponseReturnValue:
    """End the account; access ends within this request."""
    with transaction():
        accounts.leave(signed_in().id)
    carry_nothing()
    return render_template("accounts/left.html")


@bp.get("/step-up")
def show_step_up() -> ResponseReturnValue:
    """Ask who is signed in to prove it again."""
    return _step_up(CodeForm(), StepUpForm())


@bp.post("/step-up")
def step_up() -> ResponseReturnValue:
    """Take the proof; the session gets a new token and ten fresh minutes.

    Somebody's form that led here goes along unsent, and is sent by their own click once they have proved it.
    """
    if "typed" in request.args:
        return _step_up(CodeForm(formdata=None), StepUpForm(formdata=None))
    who, code_form, form = signed_in(), CodeForm(), StepUpForm()
    answer = request.form.get("answer", "")
    if who.has_second_factor and not answer and not code_form.validate():
        return _step_up(code_form, form, 422)
    if not sign_in.may_try_factor(who.id):
        code_form.code.errors = form.passphrase.errors = [TOO_MANY]
        return _step_up(code_form, form, 429)
    with transaction():
        token = sign_in.prove_again(
            who, passphrase=form.passphrase.data or "", code=code_form.code.data or "", answer=answer,
            party=relying_party(),
        )  # fmt: skip
    if token is None:
        code_form.code.errors = [_("This code is not right, or was used already. Wait for the next one and try again.")]
        form.passphrase.errors = [_("This is not your passphrase.")]
        return _step_up(code_form, form, 422)
    sign_in.forget_factor_tries(who.id)
    carry_on(token)
    target = safe_target(request.args.get("next"), url_for("account.show_account"))
    if typed := _typed():
        # The form's token belongs to the session as it was.
        g.pop("csrf_token", None)
        return render_template("accounts/go_on.html", target=target, typed=typed)
    return redirect(target, 303)


def _back(anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("account.show_account", _anchor=anchor), 303)


def _form(template: str, form: object, status: int = 200) -> Response:
    page = render_template(template, form=form, has_second_factor=signed_in().has_second_factor)
    return make_response(page, status)


def _step_up(code_form: CodeForm, form: StepUpForm, status: int = 200) -> Response:
    who, party = signed_in(), relying_party()
    proofs = queries.proofs_of(who.id)
    options = passkeys.second_factor_options(who.id, party) if party is not None and proofs.passkeys else ""
    page = render_template(
        "accounts/step_up.html", code_form=code_form, form=form, proofs=proofs, options=options,
        next=request.args.get("next"), typed=_typed(), prefix=TYPED,
    )  # fmt: skip
    return make_response(page, status)


def _typed() -> Sequence[tuple[str, str]]:
    """Name and value of each field of the form that led here: as it came, or as the page carries it since."""
    fields = list(request.form.items(multi=True))
    if "typed" in request.args:
        return [(name, value) for name, value in fields if name != "csrf_token"]
    return [(name.removeprefix(TYPED), value) for name, value in fields if name.startswith(TYPED)]


def _overview(form: LanguageForm, status: int = 200) -> Response:
    who, today = signed_in(), clock.today()
    account = queries.get_account(who.id)
    current = {grant.id for grant in queries.list_current_grants(who.id, today)}
    grants, asked = queries.list_grants(who.id), queries.list_waiting_requests(who.id)
    page = render_template(
        "accounts/account.html", account=account, form=form, who=who, today=today, role_names=ROLE_NAMES,
        grants=grants, current=current, asked=asked, role_word=role_words([*grants, *asked]),
        asked_roles={(each.role, each.scope_kind, each.scope_id) for each in asked}, proofs=queries.proofs_of(who.id),
        sessions=queries.list_sessions(who.id, today), waiting_email=queries.find_waiting_email(who.id, today),
        only_admin=queries.count_admins(besides=frozenset({who.id})) == 0,
    )  # fmt: skip
    return make_response(page, status)
