"""The page behind a link into a group. Opening it uses nothing up; joining needs an account and a button."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.penpals.forms.group_words import ROLE_WORDS
from campaign.penpals.queries.members import find_volunteer
from campaign.penpals.service import invitations
from campaign.penpals.service.members import AlreadyMember, CannotJoin
from campaign.web.guards import signed_in
from campaign.web.i18n import current_language

bp = Blueprint("group_join", __name__)


@bp.get("/<token>")
def show_invitation(token: str) -> ResponseReturnValue:
    """Into which group, and in which role."""
    try:
        return _page(token)
    except invitations.InvitationOver as problem:
        return _over(problem), 410


@bp.post("/<token>")
def accept_invitation(token: str) -> ResponseReturnValue:
    """Join."""
    stop = signed_in()
    if stop is not None:
        return stop
    volunteer = find_volunteer(current_user.id)
    try:
        if volunteer is None:
            return _page(token), 409
        with transaction():
            group = invitations.accept_invitation(token, volunteer.id, actor=current_user.id)
    except invitations.InvitationOver as problem:
        return _over(problem), 410
    except AlreadyMember:
        return redirect(url_for("group_pages.list_mine"), 303)
    except CannotJoin as problem:
        return _page(token, str(_(problem.message))), 409
    flash(_("Welcome. You read what is said from now on."))
    return redirect(url_for("group_pages.show_group", slug=group.slug), 303)


def _page(token: str, problem: str = "") -> str:
    invitation, group = invitations.find_invitation(token)
    volunteer = find_volunteer(current_user.id) if current_user.is_authenticated else None
    return render_template(
        "penpals/groups/join.html", invitation=invitation, name=group.name_in(current_language()), token=token,
        role_words=ROLE_WORDS, is_volunteer=volunteer is not None, problem=problem,
    )  # fmt: skip


def _over(problem: DomainError) -> str:
    return render_template("accounts/invitation_over.html", text=_(problem.message))
