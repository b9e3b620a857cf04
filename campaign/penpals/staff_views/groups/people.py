"""Who belongs to a group, and the links into it."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.penpals.forms.groups import RoleForm
from campaign.penpals.queries.groups import get_group
from campaign.penpals.queries.members import find_candidates, list_invitations, list_members
from campaign.penpals.service import invitations, members
from campaign.penpals.service.groups import GroupClosed
from campaign.penpals.staff_views.groups.blueprint import back_to_members, bp, for_coordinators
from campaign.penpals.staff_views.groups.lists import words
from campaign.web.i18n import current_language
from campaign.web.settings import absolute_url
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 40


@bp.get("/<uuid:group_id>/members")
@for_coordinators
def show_members(group_id: uuid.UUID) -> ResponseReturnValue:
    """Members with their roles, open invitations, and volunteers to add."""
    return _members_page(group_id)


@bp.post("/<uuid:group_id>/members")
@for_coordinators
def add_member(group_id: uuid.UUID) -> ResponseReturnValue:
    """Let a volunteer in without a link."""
    form = RoleForm()
    get_group(group_id)
    try:
        volunteer = uuid.UUID(request.form.get("volunteer", ""))
    except ValueError as problem:
        raise NotFound from problem
    if not form.validate():
        return _members_page(group_id, _("Choose a role.")), 422
    try:
        with transaction():
            members.add_member(group_id, volunteer, form.chosen(), actor=actor_id())
    except (members.AlreadyMember, members.CannotJoin, GroupClosed) as problem:
        return _members_page(group_id, told(problem)), 409
    flash(_("They belong to the group now."))
    return back_to_members(group_id)


@bp.post("/<uuid:group_id>/members/<uuid:member_id>/role")
@for_coordinators
def change_role(group_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Give a member another role."""
    form = RoleForm()
    if not form.validate():
        return _members_page(group_id, _("Choose a role.")), 422
    with transaction():
        members.change_role(group_id, member_id, form.chosen(), actor=actor_id(), may_strand=True)
    flash(_("The role is changed."))
    return back_to_members(group_id)


@bp.post("/<uuid:group_id>/members/<uuid:member_id>/remove")
@for_coordinators
def remove_member(group_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """End somebody's time in the group."""
    with transaction():
        members.remove_member(group_id, member_id, actor=actor_id(), may_strand=True)
    flash(_("They no longer belong to the group. Their turns went to the others."))
    return back_to_members(group_id)


@bp.post("/<uuid:group_id>/invitations")
@for_coordinators
def invite(group_id: uuid.UUID) -> ResponseReturnValue:
    """Make a link and show it once."""
    form = RoleForm()
    if not form.validate():
        return _members_page(group_id, _("Choose a role.")), 422
    try:
        with transaction():
            token = invitations.invite(group_id, form.chosen(), actor=actor_id())
    except GroupClosed as problem:
        return _members_page(group_id, told(problem)), 409
    return render_template(
        "penpals/staff/groups/link.html", group=get_group(group_id), link=link_of(token), **words()
    )  # fmt: skip


@bp.post("/<uuid:group_id>/invitations/<uuid:invitation_id>/revoke")
@for_coordinators
def revoke_invitation(group_id: uuid.UUID, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Take a link back."""
    with transaction():
        invitations.revoke_invitation(group_id, invitation_id, actor=actor_id())
    flash(_("The link opens nothing any more."))
    return back_to_members(group_id)


def link_of(token: str) -> str:
    """The address to hand over, in the language of the page."""
    return absolute_url(f"/groups/join/{token}", current_language())


def _members_page(group_id: uuid.UUID, problem: DomainError | str = "") -> str:
    group, search = get_group(group_id), one_line(request.args.get("q", ""), LONGEST_SEARCH)
    waiting = list_invitations(group_id)
    return render_template(
        "penpals/staff/groups/members.html", group=group, members=list_members(group_id), invitations=waiting,
        names=names_of({each.invited_by for each in waiting if each.invited_by}), search=search, problem=problem,
        found=find_candidates(group_id, search), form=RoleForm(formdata=None), **words(),
    )  # fmt: skip
