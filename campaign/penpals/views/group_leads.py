"""What the leads of a group do: roles, removals, links, and giving a turn to somebody."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.penpals.forms.group_words import ROLE_WORDS
from campaign.penpals.forms.groups import MessageForm, RoleForm
from campaign.penpals.models import Group
from campaign.penpals.queries.members import list_invitations, list_members
from campaign.penpals.service import group_prisoners, invitations, members, rota
from campaign.penpals.service.groups import GroupClosed
from campaign.penpals.views.group_pages import group_page, mine, thread_page
from campaign.web.i18n import current_language
from campaign.web.settings import absolute_url
from campaign.web.steps import told

bp = Blueprint("group_leads", __name__)


@bp.get("/<slug>/members")
def show_members(slug: str) -> ResponseReturnValue:
    """Members by pseudonym with their roles, and the links that wait."""
    return _page(mine(slug, leads=True)[0])


@bp.post("/<slug>/members/<uuid:member_id>/role")
def change_role(slug: str, member_id: uuid.UUID) -> ResponseReturnValue:
    """Give a member another role."""
    group, me = mine(slug, leads=True)
    form = RoleForm()
    if not form.validate():
        return _page(group, _("Choose a role.")), 422
    try:
        with transaction():
            members.change_role(group.id, member_id, form.chosen(), actor=current_user.id)
    except members.LastLead as problem:
        return _page(group, told(problem)), 409
    flash(_("The role is changed."))
    return redirect(url_for("group_pages.show_group", slug=slug), 303) if member_id == me.id else _back_from(slug)


@bp.post("/<slug>/members/<uuid:member_id>/remove")
def remove_member(slug: str, member_id: uuid.UUID) -> ResponseReturnValue:
    """End somebody's time in the group."""
    group, me = mine(slug, leads=True)
    try:
        with transaction():
            members.remove_member(group.id, member_id, actor=current_user.id)
    except members.LastLead as problem:
        return _page(group, told(problem)), 409
    flash(_("They no longer belong to the group. Their turns went to the others."))
    return redirect(url_for("group_pages.list_mine"), 303) if member_id == me.id else _back_from(slug)


@bp.post("/<slug>/invitations")
def invite(slug: str) -> ResponseReturnValue:
    """Make a link and show it once."""
    group, _member = mine(slug, leads=True)
    form = RoleForm()
    if not form.validate():
        return _page(group, _("Choose a role.")), 422
    try:
        with transaction():
            token = invitations.invite(group.id, form.chosen(), actor=current_user.id)
    except GroupClosed as problem:
        return _page(group, told(problem)), 409
    link = absolute_url(f"/groups/join/{token}", current_language())
    return render_template(
        "penpals/groups/link.html", group=group, name=group.name_in(current_language()), link=link
    )  # fmt: skip


@bp.post("/<slug>/invitations/<uuid:invitation_id>/revoke")
def revoke_invitation(slug: str, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Take a link back."""
    group, _member = mine(slug, leads=True)
    with transaction():
        invitations.revoke_invitation(group.id, invitation_id, actor=current_user.id)
    flash(_("The link opens nothing any more."))
    return _back_from(slug)


@bp.post("/<slug>/turns/<uuid:turn_id>/give")
def give_turn(slug: str, turn_id: uuid.UUID) -> ResponseReturnValue:
    """Give a turn to a member."""
    group, me = mine(slug, leads=True)
    try:
        volunteer = uuid.UUID(request.form.get("volunteer", ""))
    except ValueError as problem:
        raise NotFound from problem
    try:
        with transaction():
            rota.give_turn(group.id, turn_id, volunteer, actor=current_user.id)
    except (rota.TurnOver, rota.NotForThem) as problem:
        return group_page(group, me, told(problem)), 409
    flash(_("The turn is theirs now."))
    return redirect(url_for("group_pages.show_group", slug=slug), 303)


@bp.post("/<slug>/prisoners/<uuid:prisoner_id>/writers")
def ask_member(slug: str, prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Ask a member to write to one of the group's people."""
    group, me = mine(slug, leads=True)
    try:
        volunteer = uuid.UUID(request.form.get("volunteer", ""))
    except ValueError as problem:
        raise NotFound from problem
    try:
        with transaction():
            group_prisoners.ask_member(group.id, prisoner_id, volunteer, actor=current_user.id)
    except NotFound:
        raise
    except DomainError as problem:
        return thread_page(group, me, prisoner_id, MessageForm(formdata=None), told(problem)), 409
    flash(_("They are asked, and have time to answer."))
    return redirect(url_for("group_pages.show_prisoner", slug=slug, prisoner_id=prisoner_id), 303)


def _page(group: Group, problem: DomainError | str = "") -> str:
    waiting = list_invitations(group.id)
    return render_template(
        "penpals/groups/members.html", group=group, name=group.name_in(current_language()), problem=problem,
        members=list_members(group.id), invitations=waiting, role_words=ROLE_WORDS,
        names=names_of({each.invited_by for each in waiting if each.invited_by}),
    )  # fmt: skip


def _back_from(slug: str) -> ResponseReturnValue:
    return redirect(url_for("group_leads.show_members", slug=slug), 303)
