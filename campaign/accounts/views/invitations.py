"""The page behind an invitation."""

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from campaign.accounts.forms import NewAccountForm, NewPassphraseForm
from campaign.accounts.models import Invitation, InvitationKind
from campaign.accounts.policy import BadPassphrase, BadUsername
from campaign.accounts.queries import get_account
from campaign.accounts.service import invitations
from campaign.accounts.service.accounts import UsernameTaken
from campaign.accounts.views.scopes import roles_words
from campaign.accounts.views.visitor import show_problem
from campaign.kernel.db import transaction
from campaign.kernel.switches import Switch, require
from campaign.web.guards import guarded_by_token
from campaign.web.i18n import current_language
from campaign.web.session_cookie import carry

bp = Blueprint("invitations", __name__)


@bp.get("/<token>")
def show_invitation(token: str) -> ResponseReturnValue:
    """What one is invited to. Opening the link uses nothing up."""
    try:
        invitation = invitations.find_invitation(token)
    except invitations.InvitationOver as problem:
        return _over(problem)
    form = NewPassphraseForm() if invitation.kind == InvitationKind.RECOVERY else NewAccountForm()
    return _page(invitation, token, form)


@bp.post("/<token>")
@guarded_by_token
def accept_invitation(token: str) -> ResponseReturnValue:
    """Make the account, or open it again, and sign in."""
    try:
        invitation = invitations.find_invitation(token)
        if invitation.kind == InvitationKind.RECOVERY:
            return _come_back(invitation, token)
        require(Switch.NEW_ACCOUNTS)
        return _accept(invitation, token)
    except invitations.InvitationOver as problem:
        return _over(problem)


def _accept(invitation: Invitation, token: str) -> ResponseReturnValue:
    form = NewAccountForm()
    try:
        with transaction():
            opened = invitations.accept_invitation(
                token, username=form.username.data or "", passphrase=form.passphrase.data or "",
                language=current_language(),
            )  # fmt: skip
    except (BadUsername, UsernameTaken) as problem:
        show_problem(form.username, problem)
        return _page(invitation, token, form, 422)
    except BadPassphrase as problem:
        show_problem(form.passphrase, problem)
        return _page(invitation, token, form, 422)
    carry(opened)
    return redirect(url_for("second_factor.show_second_factor"), 303)


def _come_back(invitation: Invitation, token: str) -> ResponseReturnValue:
    form = NewPassphraseForm()
    try:
        with transaction():
            opened = invitations.come_back(token, form.passphrase.data or "")
    except BadPassphrase as problem:
        show_problem(form.passphrase, problem)
        return _page(invitation, token, form, 422)
    carry(opened)
    return redirect(url_for("second_factor.show_second_factor"), 303)


def _page(
    invitation: Invitation, token: str, form: NewAccountForm | NewPassphraseForm, status: int = 200
) -> Response:  # fmt: skip
    username = get_account(invitation.account_id).username if invitation.account_id else ""
    names = [roles_words([invitation])[invitation.id]]
    page = render_template(
        "accounts/invitation.html", invitation=invitation, form=form, token=token, roles=names, username=username
    )
    return make_response(page, status)


def _over(problem: invitations.InvitationOver) -> Response:
    return make_response(render_template("accounts/invitation_over.html", text=gettext(problem.message)), 410)
