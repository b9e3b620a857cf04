"""Reads about call lists: which there are, how far each is, and who is still to be called."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from campaign.activities.models import (
    ALIVE,
    CallAttempt,
    CallEntry,
    CallFill,
    CallList,
    CallListState,
    EntryState,
)
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.people.models import Consent, IdentityKind, Interaction, InteractionKind, Person, PersonIdentity, Purpose

Groups = frozenset[uuid.UUID] | None
Within = Select[uuid.UUID] | None
ANY_LIST = "any"


@dataclass(frozen=True, slots=True)
class Figures:
    """How far a list is."""

    waiting: int = 0
    done: int = 0
    ended: int = 0
    gone: int = 0
    calls: int = 0
    reached: int = 0
    """Calls in which they answered."""

    @property
    def people(self) -> int:
        """All who are or were on it."""
        return self.waiting + self.done + self.ended + self.gone


def get_list(list_id: uuid.UUID) -> CallList:
    """One list. Raises NotFound."""
    found = session.get(CallList, list_id)
    if found is None:
        raise NotFound
    return found


def lists_for(groups: Groups, *, state: str = "", search: str = "", alive: bool = False) -> Select[CallList]:
    """The lists of some groups, or all: those that are open first, each by the day on which it is due."""
    statement = select(CallList).where(CallList.state.in_(ALIVE)) if alive else select(CallList)
    if groups is not None:
        statement = statement.where(CallList.group_id.in_(groups))
    if state:
        statement = statement.where(CallList.state == state)
    if search:
        statement = statement.where(CallList.title.icontains(search, autoescape=True))
    first = case({each: place for place, each in enumerate(CallListState)}, value=CallList.state)
    is_open = case((CallList.state == CallListState.OPEN, 0), else_=1)
    return statement.order_by(is_open, first, CallList.due_on.asc().nulls_last(), CallList.title, CallList.id)


def count_due(groups: Groups, day: date) -> int:
    """How many are still to be called on open lists that should be done by `day`."""
    due = select(CallList.id).where(CallList.state == CallListState.OPEN, CallList.due_on <= day)
    if groups is not None:
        due = due.where(CallList.group_id.in_(groups))
    waiting = (CallEntry.list_id.in_(due), CallEntry.state == EntryState.WAITING)
    return session.scalar(select(func.count()).select_from(CallEntry).where(*waiting)) or 0


def figures_of(lists: Sequence[CallList]) -> dict[uuid.UUID, Figures]:
    """How far each is, in two statements; of lists whose people are erased as it was then."""
    ids = [each.id for each in lists]
    found: dict[uuid.UUID, dict[str, int]] = {each.id: dict(each.summary or {}) for each in lists}
    rows = session.execute(
        select(CallEntry.list_id, CallEntry.state, func.count())
        .where(CallEntry.list_id.in_(ids))
        .group_by(CallEntry.list_id, CallEntry.state)
    )
    for list_id, state, many in rows:
        found[list_id][state] = many
    calls = session.execute(
        select(CallAttempt.list_id, func.count(), func.count().filter(CallAttempt.was_reached))
        .where(CallAttempt.list_id.in_(ids))
        .group_by(CallAttempt.list_id)
    )
    for list_id, many, reached in calls:
        found[list_id] |= {"calls": many, "reached": reached}
    return {list_id: Figures(**figures) for list_id, figures in found.items()}


def outcomes_of(list_id: uuid.UUID) -> Sequence[tuple[str, int]]:
    """How often each outcome came about, the most frequent first."""
    many = func.count()
    statement = select(CallAttempt.outcome, many).where(CallAttempt.list_id == list_id).group_by(CallAttempt.outcome)
    return [(word, amount) for word, amount in session.execute(statement.order_by(many.desc(), CallAttempt.outcome))]


def by_day(list_id: uuid.UUID) -> Sequence[tuple[date, int, int]]:
    """Calls of each day from the first to the last, and in how many somebody answered; days without count 0."""
    rows = session.execute(
        select(CallAttempt.happened_on, func.count(), func.count().filter(CallAttempt.was_reached))
        .where(CallAttempt.list_id == list_id)
        .group_by(CallAttempt.happened_on)
    )
    found = {day: (many, reached) for day, many, reached in rows}
    if not found:
        return []
    first, last = min(found), max(found)
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return [(day, *found.get(day, (0, 0))) for day in days]


def outcomes_by_day(list_id: uuid.UUID) -> Sequence[tuple[date, Mapping[str, int]]]:
    """For each day on which somebody called, the newest first, how often each outcome came about."""
    rows = session.execute(
        select(CallAttempt.happened_on, CallAttempt.outcome, func.count())
        .where(CallAttempt.list_id == list_id)
        .group_by(CallAttempt.happened_on, CallAttempt.outcome)
        .order_by(CallAttempt.happened_on.desc())
    )
    found: dict[date, dict[str, int]] = {}
    for day, word, many in rows:
        found.setdefault(day, {})[word] = many
    return list(found.items())


def by_caller(list_id: uuid.UUID) -> Sequence[tuple[uuid.UUID | None, int, int]]:
    """Who called how many, and how many of them answered; the most first."""
    many = func.count()
    rows = session.execute(
        select(CallAttempt.actor_id, many, func.count().filter(CallAttempt.was_reached))
        .where(CallAttempt.list_id == list_id)
        .group_by(CallAttempt.actor_id)
        .order_by(many.desc(), CallAttempt.actor_id)
    )
    return [(actor, calls, reached) for actor, calls, reached in rows]


def list_fills(list_id: uuid.UUID) -> Sequence[CallFill]:
    """From where people came onto a list, the newest first."""
    statement = select(CallFill).where(CallFill.list_id == list_id)
    return session.scalars(statement.order_by(CallFill.made_at.desc(), CallFill.id)).all()


def entries_of(list_id: uuid.UUID, *, state: str = "", within: Within = None) -> Select[CallEntry]:
    """Who is on a list, in the order in which they came; of those who may be seen alone."""
    statement = select(CallEntry).where(CallEntry.list_id == list_id)
    if state:
        statement = statement.where(CallEntry.state == state)
    if within is not None:
        statement = statement.where(CallEntry.person_id.in_(within))
    return statement.order_by(CallEntry.position)


def may_be_called(person: Any) -> ColumnElement[bool]:
    """Whether they agree to be called, and a number of theirs is known; `person` is the column of their id."""
    agreed = select(Consent.id).where(
        Consent.person_id == person, Consent.purpose == Purpose.CALLS, Consent.ended_on.is_(None)
    )
    return agreed.exists() & select(PersonIdentity.id).where(*_numbers(person)).exists()


def numbers_of(person_id: uuid.UUID) -> Sequence[PersonIdentity]:
    """The numbers at which somebody can be called, still sealed."""
    statement = select(PersonIdentity).where(*_numbers(person_id))
    return session.scalars(statement.order_by(PersonIdentity.id)).all()


def find_in_hand(list_id: uuid.UUID, account: uuid.UUID, *, within: Within = None) -> CallEntry | None:
    """Whom somebody has in hand, as long as they may be called."""
    statement = select(CallEntry).where(
        CallEntry.list_id == list_id, CallEntry.state == EntryState.WAITING, CallEntry.claimed_by == account,
        CallEntry.claimed_until > clock.now(), may_be_called(CallEntry.person_id),
    )  # fmt: skip
    if within is not None:
        statement = statement.where(CallEntry.person_id.in_(within))
    return session.scalar(statement.order_by(CallEntry.claimed_until.desc()).limit(1))


def are_next(list_id: uuid.UUID, *, within: Within = None) -> Select[CallEntry]:
    """Who could be called now: first those who asked for it and whose day has come, then whoever was tried least."""
    now = clock.now()
    in_hand = (CallEntry.claimed_by.is_not(None), CallEntry.claimed_until > now)
    other = select(CallEntry.person_id).where(CallEntry.list_id != list_id, *in_hand)
    statement = select(CallEntry).where(
        CallEntry.list_id == list_id, CallEntry.state == EntryState.WAITING, may_be_called(CallEntry.person_id),
        or_(CallEntry.claimed_until.is_(None), CallEntry.claimed_until <= now),
        or_(CallEntry.rests_until.is_(None), CallEntry.rests_until <= now),
        or_(CallEntry.call_on.is_(None), CallEntry.call_on <= clock.today()),
        CallEntry.person_id.not_in(other),
    )  # fmt: skip
    if within is not None:
        statement = statement.where(CallEntry.person_id.in_(within))
    return statement.order_by(CallEntry.call_on.asc().nulls_last(), CallEntry.attempts, CallEntry.position)


def count_next(list_id: uuid.UUID, *, within: Within = None) -> int:
    """How many could be called now."""
    return session.scalar(select(func.count()).select_from(are_next(list_id, within=within).subquery())) or 0


def find_last_attempt(list_id: uuid.UUID, account: uuid.UUID) -> CallAttempt | None:
    """The last call that somebody wrote down today: the one they can take back."""
    statement = select(CallAttempt).where(
        CallAttempt.list_id == list_id, CallAttempt.actor_id == account, CallAttempt.happened_on == clock.today()
    )
    return session.scalar(statement.order_by(CallAttempt.id.desc()).limit(1))


def lists_with(person_id: uuid.UUID, groups: Groups) -> Sequence[tuple[CallEntry, CallList]]:
    """On which lists somebody is, of those that one may see."""
    statement = select(CallEntry, CallList).join(CallList, CallList.id == CallEntry.list_id)
    statement = statement.where(CallEntry.person_id == person_id)
    if groups is not None:
        statement = statement.where(CallList.group_id.in_(groups))
    return [(entry, of) for entry, of in session.execute(statement.order_by(CallList.created_on.desc(), CallList.id))]


def people_of(entries: Sequence[CallEntry]) -> dict[uuid.UUID, Person]:
    """The records of those on a page of entries, by id."""
    statement = select(Person).where(Person.id.in_([each.person_id for each in entries]))
    return {each.id: each for each in session.scalars(statement)}


def list_titles() -> Sequence[tuple[str, str]]:
    """Every list that is not closed, for the options of a condition."""
    statement = select(CallList.id, CallList.title).where(CallList.state.in_(ALIVE)).order_by(CallList.title)
    return [(str(list_id), title) for list_id, title in session.execute(statement)]


def list_own_outcomes() -> list[str]:
    """Words for outcomes that lists have of their own, each once."""
    words = {word for words in session.scalars(select(CallList.outcomes)) for word in words}
    return sorted(words, key=str.casefold)


def called_with(values: Mapping[str, Any]) -> Select[uuid.UUID]:
    """Who was called with an outcome, in so many days or ever: a condition of segments."""
    found = select(Interaction.person_id).where(
        Interaction.kind == InteractionKind.CALLED, Interaction.word == values["outcome"]
    )
    days = values["days"]
    return found if days is None else found.where(Interaction.happened_on >= clock.today() - timedelta(days=days))


def on_list(values: Mapping[str, Any]) -> Select[uuid.UUID]:
    """Who is still to be called for one list, or for any: a condition of segments."""
    waiting = select(CallEntry.person_id).join(CallList, CallList.id == CallEntry.list_id)
    waiting = waiting.where(CallList.state.in_(ALIVE), CallEntry.state == EntryState.WAITING)
    chosen = values["list"]
    return waiting if chosen == ANY_LIST else waiting.where(CallList.id == uuid.UUID(chosen))


def _numbers(person: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        PersonIdentity.person_id == person,
        PersonIdentity.kind == IdentityKind.PHONE,
        PersonIdentity.wrong_on.is_(None),
    )
