"""Offers by hand, outside any run: from a person who needs a writer, or from a writer who has a place."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.kernel.text import id_in, one_line
from campaign.penpals import policy
from campaign.penpals.forms.attention import ONLY_WORDS, letters_word
from campaign.penpals.forms.group_words import language_words
from campaign.penpals.forms.matching_words import condition_words, reason_words
from campaign.penpals.forms.writers import LANGUAGE_WORDS
from campaign.penpals.matching.between import Between
from campaign.penpals.matching.problem import Condition
from campaign.penpals.matching.reasons import Reason
from campaign.penpals.matching.telling import reasons_of
from campaign.penpals.queries import attention as attention_queries
from campaign.penpals.queries import attention_list as lists
from campaign.penpals.queries import groups as groups_queries
from campaign.penpals.queries import offers as queries
from campaign.penpals.queries import writers as writers_queries
from campaign.penpals.queries.addressees import Addressee, find_addressee
from campaign.penpals.service import assignments as service
from campaign.penpals.service.assignments.mails import reader_of
from campaign.penpals.service.assignments.moves import ANSWER_DAYS, PAGE_DAYS
from campaign.penpals.staff_views.assignments import bp, for_some
from campaign.penpals.staff_views.matching_names import interest_words
from campaign.people.models import AT_WORK, Volunteer
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.search import search_people
from campaign.prisoners.service.names import fold
from campaign.web.i18n import current_language
from campaign.web.paging import page_of, paginate

LONGEST_SEARCH = 80
OF_THE_PERSON = frozenset({Reason.NEVER_WRITTEN, Reason.BELOW_FLOOR, Reason.WAITING, Reason.OCCASION})
"""Reasons that are the same whoever writes."""


@bp.get("/offer")
@for_some
def choose_person() -> ResponseReturnValue:
    """People to whom a letter can go, who gets least first; only of one's own groups where the role is narrowed."""
    within, search = _within(), _search()
    only = request.args.get("only", "")
    everybody = attention_queries.list_reachable(clock.today())
    mine = [each for each in everybody if within is None or each.group_id in within]
    found = sorted((each for each in mine if lists.fits(each, only)), key=lists.by_need)
    if search:
        named = set(search_people(fold(search), published_only=True)) if fold(search) else set()
        found = [each for each in found if each.id in named]
    page = page_of(found)
    people = lists.with_names(page.items)
    groups = {each.person.group_id for each in people if each.person.group_id}
    return render_template(
        "penpals/staff/offers/people.html", page=page, people=people, search=search, only=only, only_words=ONLY_WORDS,
        groups=lists.group_names(groups, current_language()), **_words(),
    )  # fmt: skip


@bp.get("/offer/writers")
@for_some
def choose_writer() -> ResponseReturnValue:
    """Writers at work, in one's own groups where the role is narrowed."""
    asked = {name: request.args.get(name, "") for name in ("language", "sort")}
    wanted = writers_queries.Wanted(
        text=_search(), language=asked["language"], within=_within(), sort=asked["sort"] or "name", is_at_work=True
    )
    page = paginate(writers_queries.select_volunteers(wanted), whole_rows=True)
    return render_template(
        "penpals/staff/offers/writers.html", page=page, search=wanted.text, asked=asked, spoken=LANGUAGE_WORDS,
        **_words(),
    )  # fmt: skip


@bp.get("/offer/people/<uuid:prisoner_id>")
@for_some
def show_writers_for(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Who could write to one person: the best fit first; and who may not, with the reasons."""
    prisoner, person, within = _person(prisoner_id)
    if person is None or not person.can_be_written_to:
        return render_template("penpals/staff/offers/for_person.html", prisoner=prisoner, person=None, **_words())
    judged = queries.judge_writers(person, clock.today(), within=within)
    asked = {name: request.args.get(name, "") for name in ("language", "group", "reason", "show")}
    found = _narrowed(judged, asked, lambda: queries.find_writers(_search()), lambda each: each.helper.id)
    if asked["language"]:
        found = [each for each in found if asked["language"] in each.helper.languages]
    if group := id_in(asked["group"]):
        found = [each for each in found if group in each.helper.groups]
    page, say = page_of(found), _speaker()
    return render_template(
        "penpals/staff/offers/for_person.html", prisoner=prisoner, person=person, page=page, judged=judged,
        asked=asked, search=_search(), writers=queries.name_writers([each.helper.id for each in page.items]),
        fits=lambda each: say(each, OF_THE_PERSON), reasons=_reasons(judged), spoken=LANGUAGE_WORDS,
        groups=[] if person.group_id else groups_queries.list_names(current_language()),
        group=lists.group_names({person.group_id}, current_language()).get(person.group_id) if person.group_id else "",
        floor=attention_queries.setting().floor, **_words(),
    )  # fmt: skip


@bp.get("/offer/writers/<uuid:volunteer_id>")
@for_some
def show_people_for(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    """To whom one writer could write: who gets least first; and to whom they may not, with the reasons."""
    volunteer, profile, within = _writer(volunteer_id)
    if profile is None:
        return render_template("penpals/staff/offers/for_writer.html", volunteer=volunteer, profile=None, **_words())
    judged = queries.judge_people(volunteer_id, clock.today(), within=within)
    asked = {name: request.args.get(name, "") for name in ("reason", "show")}
    folded = fold(_search())
    found = _narrowed(
        judged, asked, lambda: frozenset(search_people(folded, published_only=True) if folded else ()),
        lambda each: each.recipient.id,
    )  # fmt: skip
    page, say = page_of(found), _speaker()
    return render_template(
        "penpals/staff/offers/for_writer.html", volunteer=volunteer, profile=profile, page=page, judged=judged,
        asked=asked, search=_search(), people=queries.name_people([each.recipient.id for each in page.items]),
        fits=lambda each: say(each, frozenset({Reason.PROMISE, Reason.BELOW_FLOOR})), reasons=_reasons(judged),
        held=writers_queries.count_live(volunteer_id), at_work=AT_WORK, **_words(),
    )  # fmt: skip


@bp.get("/offer/people/<uuid:prisoner_id>/<uuid:volunteer_id>")
@for_some
def confirm_offer(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID) -> ResponseReturnValue:
    """The two beside each other, what will happen, and one button."""
    return _confirm_page(prisoner_id, volunteer_id)


@bp.post("/offer/people/<uuid:prisoner_id>/<uuid:volunteer_id>")
@for_some
def make_offer(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the writer."""
    person, within = _person(prisoner_id)[1], _writer(volunteer_id)[2]
    # The group that let a narrowed role in is named, so that it still counts when the lock is held.
    group = person.group_id if person is not None and within is not None else None
    try:
        with transaction():
            made = service.offer(prisoner_id, volunteer_id, group_id=group, actor=current_user.id)
    except (NotFound, Forbidden):
        raise
    except DomainError as problem:
        return _confirm_page(prisoner_id, volunteer_id, _(problem.message)), 409
    flash(_("The writer is asked, and has until the day below to answer."))
    return redirect(url_for("assignments_staff.show_assignment", assignment_id=made.id), 303)


def _confirm_page(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, problem: str = "") -> str:
    prisoner, person, _of_role = _person(prisoner_id)
    volunteer, profile, _of_role = _writer(volunteer_id)
    reached = person if person is not None and person.can_be_written_to else None
    between = queries.judge_pair(reached, volunteer_id, clock.today()) if reached and profile else None
    together, has_address = queries.find_together(prisoner_id, volunteer_id), reader_of(volunteer_id) is not None
    return render_template(
        "penpals/staff/offers/confirm.html", prisoner=prisoner, person=reached, volunteer=volunteer, profile=profile,
        between=between, together=together, problem=problem, days=ANSWER_DAYS if has_address else PAGE_DAYS,
        has_address=has_address, floor=attention_queries.setting().floor,
        fits=_speaker()(between, frozenset()) if between and not between.failing else [],
        held=writers_queries.count_live(volunteer_id), **_words(),
    )  # fmt: skip


def _narrowed(
    judged: queries.Judged, asked: dict[str, str], named: Callable[[], frozenset[uuid.UUID]],
    identity: Callable[[Between], uuid.UUID],
) -> Sequence[Between]:  # fmt: skip
    """Those that the address asks for: who may, or who may not and why, by name."""
    found = judged.may_not if asked["show"] == "not" else judged.may
    if asked["show"] == "not" and asked["reason"] in set(Condition):
        found = [each for each in found if asked["reason"] in each.failing]
    if _search():
        known = named()
        found = [each for each in found if identity(each) in known]
    return found


def _speaker() -> Callable[[Between, frozenset[Reason]], list[str]]:
    """Says why two fit, but for some reasons."""
    interests, settings = interest_words(), queries.settings_now()

    def say(each: Between, silent: frozenset[Reason]) -> list[str]:
        told = reasons_of(
            each.helper, each.recipient, level=each.recipient.quarters, settings=settings, is_pinned=False
        )
        return reason_words({code: what for code, what in told.items() if code not in silent}, interests)

    return say


def _reasons(judged: queries.Judged) -> list[tuple[str, str]]:
    return [(each.value, condition_words(each)) for each in queries.list_reasons(judged.may_not)]


def _within() -> frozenset[uuid.UUID] | None:
    within: frozenset[uuid.UUID] | None = current_user.subjects_of(policy.SCOPE, *policy.COORDINATORS)
    return within


def _person(prisoner_id: uuid.UUID) -> tuple[Prisoner, Addressee | None, frozenset[uuid.UUID] | None]:
    """Somebody as far as one's role reaches, before it is told whether they exist. Raises Forbidden, NotFound."""
    within = _within()
    if within is not None and queries.group_that_has(prisoner_id) not in within:
        raise Forbidden
    return get_prisoner(prisoner_id), find_addressee(prisoner_id, clock.today()), within


def _writer(volunteer_id: uuid.UUID) -> tuple[Volunteer, Any, frozenset[uuid.UUID] | None]:
    """A writer as far as one's role reaches, before it is told whether they exist. Raises Forbidden, NotFound."""
    within = _within()
    if within is not None and volunteer_id not in queries.members_of(within):
        raise Forbidden
    found = writers_queries.find_writer(volunteer_id)
    if found is None:
        raise NotFound
    return found[0], found[1], within


def _words() -> dict[str, Any]:
    return {
        "language": current_language(), "language_words": language_words, "letters_word": letters_word,
        "condition_words": condition_words, "sees_everybody": _within() is None,
    }  # fmt: skip


def _search() -> str:
    return one_line(request.args.get("q", ""), LONGEST_SEARCH)
