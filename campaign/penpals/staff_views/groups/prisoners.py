"""Whom a group writes to: giving it somebody, the talk about one person, who was asked, whose turn it is."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.text import one_line
from campaign.penpals.forms.group_words import ASKED_WORDS, TURN_WORDS, language_words
from campaign.penpals.models import Group
from campaign.penpals.queries.addressees import Addressee, list_addressees
from campaign.penpals.queries.groups import find_group_assignment, get_group
from campaign.penpals.queries.members import list_members
from campaign.penpals.queries.rota import count_messages, list_lines, list_past_turns, list_writers, name_of
from campaign.penpals.queries.threads import messages, pseudonyms_of
from campaign.penpals.service import group_prisoners, rota, threads
from campaign.penpals.staff_views.groups.blueprint import back_to, bp, for_coordinators
from campaign.penpals.staff_views.groups.lists import group_page, words
from campaign.prisoners.queries.public_cards import list_cards
from campaign.prisoners.queries.search import search_people
from campaign.prisoners.service.names import fold
from campaign.web.i18n import current_language
from campaign.web.paging import page_of, paginate
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 60


@bp.get("/<uuid:group_id>/prisoners/add")
@for_coordinators
def choose_prisoner(group_id: uuid.UUID) -> ResponseReturnValue:
    """People whom no group has and whom a letter reaches, those who share a language and get least first."""
    return _choose_page(get_group(group_id))


@bp.post("/<uuid:group_id>/prisoners")
@for_coordinators
def give_prisoner(group_id: uuid.UUID) -> ResponseReturnValue:
    """Give somebody to the group."""
    group, prisoner_id = get_group(group_id), _sent("prisoner")
    try:
        with transaction():
            group_prisoners.give_prisoner(group_id, prisoner_id, actor=actor_id())
    except NotFound:
        raise
    except DomainError as problem:
        return _choose_page(group, told(problem)), 409
    flash(_("Given to the group. Its leads are told, and the first turn has begun."))
    return back_to(group_id)


@bp.get("/<uuid:group_id>/prisoners/<uuid:prisoner_id>")
@for_coordinators
def show_prisoner(group_id: uuid.UUID, prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """What the group says about somebody, who was asked to write to them, what became of earlier turns."""
    return _prisoner_page(get_group(group_id), prisoner_id)


@bp.post("/<uuid:group_id>/prisoners/<uuid:prisoner_id>/writers")
@for_coordinators
def ask_member(group_id: uuid.UUID, prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Ask a member to write to them."""
    volunteer = _sent("volunteer")
    try:
        with transaction():
            group_prisoners.ask_member(group_id, prisoner_id, volunteer, actor=actor_id())
    except (NotFound, Forbidden):
        raise
    except DomainError as problem:
        return _prisoner_page(get_group(group_id), prisoner_id, told(problem)), 409
    flash(_("They are asked, and have time to answer."))
    return redirect(url_for("groups_staff.show_prisoner", group_id=group_id, prisoner_id=prisoner_id), 303)


@bp.post("/<uuid:group_id>/prisoners/<uuid:prisoner_id>/end")
@for_coordinators
def hand_back(group_id: uuid.UUID, prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """The group writes to them no longer."""
    seen = request.form.get("writers", 0, type=int)
    try:
        with transaction():
            group_prisoners.hand_back(group_id, prisoner_id, seen_writers=seen, actor=actor_id())
    except NotFound:
        flash(_("The group does not write to them any more."))
        return back_to(group_id)
    except Conflict as problem:
        return _prisoner_page(get_group(group_id), prisoner_id, told(problem)), 409
    flash(_("Handed back. They wait for others who write."))
    return back_to(group_id)


@bp.post("/<uuid:group_id>/messages/<uuid:message_id>/remove")
@for_coordinators
def remove_message(group_id: uuid.UUID, message_id: uuid.UUID) -> ResponseReturnValue:
    """Take a message away."""
    with transaction():
        prisoner_id = threads.remove_message(group_id, message_id, member=None, actor=actor_id())
    flash(_("The message is deleted."))
    return redirect(url_for("groups_staff.show_prisoner", group_id=group_id, prisoner_id=prisoner_id), 303)


@bp.post("/<uuid:group_id>/turns/<uuid:turn_id>/give")
@for_coordinators
def give_turn(group_id: uuid.UUID, turn_id: uuid.UUID) -> ResponseReturnValue:
    """Give a turn to a member."""
    volunteer = _sent("volunteer")
    try:
        with transaction():
            rota.give_turn(group_id, turn_id, volunteer, actor=actor_id())
    except (rota.TurnOver, rota.NotForThem) as problem:
        return group_page(get_group(group_id), told(problem)), 409
    flash(_("The turn is theirs now."))
    return back_to(group_id)


def _choose_page(group: Group, problem: str = "") -> str:
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    theirs = {line.prisoner_id for line in list_lines(group.id, current_language())}
    everybody = list_addressees(clock.today())
    free = [one for one in everybody if one.can_be_written_to and one.group_id is None and one.id not in theirs]
    if search:
        found = set(search_people(fold(search), published_only=True))
        free = [each for each in free if each.id in found]
    free.sort(
        key=lambda each: (not _shares(group, each), each.quarters, each.waiting_since or clock.today(), each.slug)
    )
    page = page_of(free)
    names = {card.id: card.name for card in list_cards([each.id for each in page.items], current_language())}
    return render_template(
        "penpals/staff/groups/choose.html", group=group, page=page, person_names=names, search=search, problem=problem,
        shares=lambda each: _shares(group, each), spoken=lambda each: language_words(list(each.languages_read)),
        **words(),
    )  # fmt: skip


def _prisoner_page(group: Group, prisoner_id: uuid.UUID, problem: str = "") -> str:
    held = find_group_assignment(group.id, prisoner_id)
    page = paginate(messages(group.id, prisoner_id))
    if held is None and not count_messages(group.id).get(prisoner_id):
        raise NotFound
    name, slug = name_of(prisoner_id, current_language())
    return render_template(
        "penpals/staff/groups/prisoner.html", group=group, prisoner_id=prisoner_id, person=name, slug=slug, held=held,
        page=page, names=pseudonyms_of(each.author_id for each in page.items), body_of=threads.body_of,
        past=list_past_turns(held.id) if held is not None else [], turn_words=TURN_WORDS, asked_words=ASKED_WORDS,
        writers=list_writers(group.id, prisoner_id), problem=problem,
        members=[each for each in list_members(group.id) if each.takes_turns], **words(),
    )  # fmt: skip


def _shares(group: Group, person: Addressee) -> bool:
    """Whether they share a language, as far as that is known."""
    return not person.languages_read or bool(set(person.languages_read) & set(group.languages))


def _sent(name: str) -> uuid.UUID:
    """The id that a form sends; NotFound for what is none."""
    try:
        return uuid.UUID(request.form.get(name, ""))
    except ValueError as problem:
        raise NotFound from problem
