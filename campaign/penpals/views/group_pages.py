"""A member's pages: one's turns, one's groups, whom a group writes to and what it tells each other.

Every view finds the reader's own place in the group first: whoever has left finds no group, in the same request.
"""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.penpals.forms.group_words import ASKED_WORDS, KIND_WORDS, ROLE_WORDS, TURN_WORDS
from campaign.penpals.forms.groups import MessageForm, WrittenForm
from campaign.penpals.models import Group, GroupMember, GroupState, MemberRole
from campaign.penpals.queries.birthdays import list_of_groups
from campaign.penpals.queries.groups import figures_of, find_group_assignment
from campaign.penpals.queries.members import (
    WRITING_ROLES,
    find_volunteer,
    get_membership,
    list_members,
    list_memberships,
)
from campaign.penpals.queries.rota import (
    count_messages,
    list_fresh_letters,
    list_lines,
    list_my_turns,
    list_past_turns,
    list_writers,
    name_of,
)
from campaign.penpals.queries.threads import messages, pseudonyms_of
from campaign.penpals.service import members as service
from campaign.penpals.service import rota, threads
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import told

bp = Blueprint("group_pages", __name__)
SEES_NAMES = frozenset({MemberRole.LEAD, MemberRole.MODERATOR})
"""Who is told by pseudonym whose turn it is; the others are told whether it is theirs."""


def mine(slug: str, *, leads: bool = False) -> tuple[Group, GroupMember]:
    """The group and one's place in it. NotFound for whoever does not belong to it; `leads`: Forbidden for others."""
    group, member = get_membership(slug, current_user.id)
    if leads and member.role != MemberRole.LEAD:
        raise Forbidden
    return group, member


@bp.get("")
def list_mine() -> ResponseReturnValue:
    """One's turns in all groups, then the groups."""
    memberships = list_memberships(current_user.id)
    led = [group.id for group, member in memberships if member.role == MemberRole.LEAD]
    return render_template(
        "penpals/groups/mine.html", turns=list_my_turns(current_user.id, current_language()), today=clock.today(),
        memberships=memberships, kind_words=KIND_WORDS, role_words=ROLE_WORDS, led=figures_of(led, clock.today()),
        is_volunteer=find_volunteer(current_user.id) is not None, name_in=lambda group: _name(group),
        birthdays=list_of_groups(current_user.id, current_language()),
        form=WrittenForm(formdata=None), fresh=list_fresh_letters(current_user.id, current_language()),
    )  # fmt: skip


@bp.get("/<slug>")
def show_group(slug: str) -> ResponseReturnValue:
    """One's turn first, then everybody to whom the group writes."""
    return group_page(*mine(slug))


@bp.post("/<slug>/turns/<uuid:turn_id>/written")
def report_written(slug: str, turn_id: uuid.UUID) -> ResponseReturnValue:
    """The letter went out."""
    group, member = mine(slug)
    form = WrittenForm()
    if not form.validate():
        return group_page(group, member, " ".join(str(each) for each in form.on.errors)), 422
    day = form.on.data or clock.today()
    answer = _try(group, member, lambda: rota.report_written(group.id, turn_id, member.volunteer_id, day))
    if answer is not None:
        return answer
    flash(_("Thank you. It counts, and the next turn is somebody’s already."))
    return _back(slug)


@bp.post("/<slug>/turns/<uuid:turn_id>/back")
def take_back_written(slug: str, turn_id: uuid.UUID) -> ResponseReturnValue:
    """The letter did not go out after all."""
    group, member = mine(slug)
    answer = _try(group, member, lambda: rota.take_back_written(group.id, turn_id, member.volunteer_id))
    if answer is not None:
        return answer
    flash(_("Taken back. It is your turn again."))
    return _back(slug)


@bp.post("/<slug>/turns/<uuid:turn_id>/skip")
def skip_turn(slug: str, turn_id: uuid.UUID) -> ResponseReturnValue:
    """Pass one's turn on."""
    group, member = mine(slug)
    passed: list[bool] = []
    answer = _try(
        group, member, lambda: passed.append(rota.skip_turn(group.id, turn_id, member.volunteer_id))
    )  # fmt: skip
    if answer is not None:
        return answer
    words = (
        _("Passed on.")
        if passed[0]
        else _("Nobody else in the group can write to them now, so the turn stays with you. The leads are told.")
    )
    flash(words)
    return _back(slug)


@bp.post("/<slug>/turns/<uuid:turn_id>/take")
def take_turn(slug: str, turn_id: uuid.UUID) -> ResponseReturnValue:
    """Take another's turn over."""
    group, member = mine(slug)
    if member.role not in WRITING_ROLES:
        raise Forbidden
    answer = _try(
        group, member, lambda: rota.give_turn(group.id, turn_id, member.volunteer_id, actor=current_user.id)
    )  # fmt: skip
    if answer is not None:
        return answer
    flash(_("It is your turn now."))
    return _back(slug)


@bp.get("/<slug>/prisoners/<uuid:prisoner_id>")
def show_prisoner(slug: str, prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """What the group tells each other about one of its prisoners, and what became of earlier turns."""
    return thread_page(*mine(slug), prisoner_id, MessageForm(formdata=None))


@bp.post("/<slug>/prisoners/<uuid:prisoner_id>")
def post_message(slug: str, prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Say something to the others."""
    group, member = mine(slug)
    form = MessageForm()
    try:
        if not form.validate():
            return thread_page(group, member, prisoner_id, form), 422
        with transaction():
            threads.post_message(group.id, prisoner_id, member, form.body.data or "")
    except threads.BadMessage as problem:
        form.body.errors = [told(problem)]
        return thread_page(group, member, prisoner_id, form), 422
    except threads.NotHeld as problem:
        return group_page(group, member, told(problem)), 409
    return redirect(url_for("group_pages.show_prisoner", slug=slug, prisoner_id=prisoner_id), 303)


@bp.post("/<slug>/messages/<uuid:message_id>/remove")
def remove_message(slug: str, message_id: uuid.UUID) -> ResponseReturnValue:
    """Take a message away: one's own, or as a lead or moderator another's."""
    group, member = mine(slug)
    with transaction():
        prisoner_id = threads.remove_message(group.id, message_id, member=member, actor=current_user.id)
    flash(_("The message is deleted."))
    return redirect(url_for("group_pages.show_prisoner", slug=slug, prisoner_id=prisoner_id), 303)


@bp.post("/<slug>/leave")
def leave_group(slug: str) -> ResponseReturnValue:
    """Leave; access ends within this request."""
    group, member = mine(slug)
    try:
        with transaction():
            service.leave_group(group.id, member.volunteer_id, actor=current_user.id)
    except service.LastLead as problem:
        return group_page(*mine(slug), told(problem)), 409
    flash(_("You have left the group. Thank you for every letter."))
    return redirect(url_for("group_pages.list_mine"), 303)


def _try(group: Group, member: GroupMember, act: Callable[[], Any]) -> ResponseReturnValue | None:
    """Do it, or give the page that says why not."""
    try:
        with transaction():
            act()
    except (NotFound, Forbidden):
        raise
    except DomainError as problem:
        return group_page(group, member, told(problem)), 409
    return None


def group_page(group: Group, member: GroupMember, problem: str = "") -> str:
    """The group as a member sees it, with what stood in the way of the last step."""
    turns = [each for each in list_my_turns(current_user.id, current_language()) if each.group.id == group.id]
    return render_template(
        "penpals/groups/group.html", group=group, name=_name(group), member=member, problem=problem, turns=turns,
        lines=list_lines(group.id, current_language()), said=count_messages(group.id, after=member.reads_after),
        today=clock.today(), role_words=ROLE_WORDS, form=WrittenForm(formdata=None),
        reader="lead" if member.role in SEES_NAMES else "member", is_open=group.state == GroupState.OPEN,
        may_write=member.role in WRITING_ROLES, members=list_members(group.id) if member.role in SEES_NAMES else [],
        fresh=[each for each in list_fresh_letters(current_user.id, current_language()) if each.group.id == group.id],
    )  # fmt: skip


def thread_page(
    group: Group, member: GroupMember, prisoner_id: uuid.UUID, form: MessageForm, problem: str = ""
) -> str:  # fmt: skip
    """The talk about one person, with what stood in the way of the last step. NotFound for whom the group has not."""
    assignment = find_group_assignment(group.id, prisoner_id)
    if assignment is None:
        raise NotFound
    page, is_lead = paginate(messages(group.id, prisoner_id, after=member.reads_after)), member.role == MemberRole.LEAD
    person, slug = name_of(prisoner_id, current_language())
    return render_template(
        "penpals/groups/thread.html", group=group, name=_name(group), member=member, person=person, slug=slug,
        page=page, body_of=threads.body_of, names=pseudonyms_of(each.author_id for each in page.items), form=form,
        prisoner_id=prisoner_id, may_remove=lambda each: _may_remove(member, each.author_id),
        past=list_past_turns(assignment.id), turn_words=TURN_WORDS, sees_names=member.role in SEES_NAMES,
        is_open=group.state == GroupState.OPEN, asked_words=ASKED_WORDS, problem=problem,
        writers=list_writers(group.id, prisoner_id) if is_lead else [],
        members=[each for each in list_members(group.id) if each.takes_turns] if is_lead else [],
    )  # fmt: skip


def _may_remove(member: GroupMember, author_id: uuid.UUID | None) -> bool:
    return member.role in threads.KEEPERS or author_id == member.volunteer_id


def _name(group: Group) -> str:
    return group.name_in(current_language())


def _back(slug: str) -> ResponseReturnValue:
    return redirect(url_for("group_pages.show_group", slug=slug), 303)
