"""Calling: the next person for one caller alone, what came of the call, and taking that back.

Whoever is called is held for half an hour. Every step that writes something down holds the list (shared), then the
person, then the place on the list, in this order, so that it fits erasing and the end of a consent.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from campaign.activities.models import (
    NOT_OWN,
    NOT_REACHED,
    CallAttempt,
    CallEntry,
    CallList,
    CallListState,
    EntryState,
    Outcome,
)
from campaign.activities.queries import calls as queries
from campaign.activities.service.calls import check_alive, give_back_all, lock_list, words_of
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.people.models import Consent, InteractionKind, Purpose
from campaign.people.service.access import Within
from campaign.people.service.consents import end_one_consent
from campaign.people.service.details import add_note, delete_interaction, record_interaction
from campaign.people.service.identities import mark_right, mark_wrong
from campaign.people.service.records import lock_person

HELD_FOR = timedelta(minutes=30)
RESTS_UNANSWERED = timedelta(hours=3)
"""Nobody tries again so soon after a call that was not answered."""
RESTS_TODAY = timedelta(hours=1)
"""Nor when they asked to be called again on the same day."""
LONGEST_AHEAD = timedelta(days=365)


class NotYours(Conflict):
    """Somebody else has them, or it was written down already, or they may not be called any more."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This person is not yours to call any more: it was written down already, somebody else has them now, or"
                " they have left the list. Nothing was changed, and what you typed is still here."
            )
        )


class NotOpen(Conflict):
    """Nobody is called from this list now."""

    def __init__(self) -> None:
        super().__init__(N_("Nobody is called from this list at the moment: it is not open."))


class BadOutcome(DomainError):
    """Something about the outcome is missing."""


class CannotUndo(Conflict):
    """The last call cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the caller says of a call."""

    outcome: str
    note: str = ""
    call_on: date | None = None
    identity_id: uuid.UUID | None = None
    """Which number is wrong; where there is one alone it is that one."""


def take_next(list_id: uuid.UUID, account: uuid.UUID, *, within: Within) -> CallEntry | None:
    """Whom `account` calls next, held for half an hour: whoever they have in hand already, else the first who waits.

    None where nobody can be called now. Two who ask at once never get the same person. Raises NotOpen, NotFound.
    """
    _open_list(list_id)
    mine = queries.find_in_hand(list_id, account, within=within)
    if mine is None:
        first = queries.are_next(list_id, within=within).limit(1)
        mine = session.scalar(
            first.with_for_update(skip_locked=True, of=CallEntry).execution_options(populate_existing=True)
        )
    if mine is not None:
        mine.claimed_by, mine.claimed_until = account, clock.now() + HELD_FOR
        session.flush()
    return mine


def write_down(
    entry_id: uuid.UUID, result: Result, account: uuid.UUID, *, seen_attempts: int, within: Within
) -> CallEntry:
    """What came of a call. Raises NotYours, NotThatState, BadOutcome, BadValue (the note), NotFound."""
    found, entry = _lock_mine(entry_id, account, seen_attempts=seen_attempts, within=within)
    _check(found, result)
    wrong = _wrong_number(entry, result)
    before = _memory(entry, wrong)
    if result.note.strip():
        add_note(entry.person_id, result.note, actor=account)
    line = record_interaction(
        entry.person_id, InteractionKind.CALLED, word=result.outcome, subject=found.id, actor=account
    )
    session.add(
        CallAttempt(
            list_id=found.id, entry_id=entry.id, outcome=result.outcome, actor_id=account,
            was_reached=result.outcome not in NOT_REACHED, happened_on=clock.today(), interaction_id=line,
            before=None if result.outcome == Outcome.NO_CALLS else before,
        )
    )  # fmt: skip
    entry.attempts, entry.last_outcome, entry.last_called_on = entry.attempts + 1, result.outcome, clock.today()
    entry.claimed_by = entry.claimed_until = entry.call_on = entry.rests_until = None
    _go_on(found, entry, result, wrong, account)
    session.flush()
    if result.outcome == Outcome.NO_CALLS:
        # Last, since the record itself goes where nothing else keeps it, and all of this with it.
        _end_consents(entry.person_id, account)
        session.expire_all()
    return entry


def take_back(list_id: uuid.UUID, account: uuid.UUID, *, within: Within) -> CallEntry:
    """Undo the last call that `account` wrote down today, and hold the person once more. Raises CannotUndo, NotFound.

    A note that was written with it stays.
    """
    attempt = queries.find_last_attempt(list_id, account)
    if attempt is None or attempt.before is None or attempt.entry_id is None:
        raise CannotUndo(N_("There is no call of today that you could take back."))
    found, entry = _lock(attempt.entry_id, within=within)
    check_alive(found)
    newest = session.scalar(select(func.max(CallAttempt.id)).where(CallAttempt.entry_id == entry.id))
    is_others = entry.claimed_by not in {None, account} and _is_live(entry)
    attempt = session.get(CallAttempt, attempt.id, populate_existing=True, with_for_update=True)
    if attempt is None or attempt.before is None or newest != attempt.id or is_others:
        raise CannotUndo(N_("Somebody has called them since, so this cannot be taken back any more."))
    before: dict[str, Any] = attempt.before
    entry.state, entry.attempts, entry.last_outcome = EntryState.WAITING, before["attempts"], before["last_outcome"]
    entry.last_called_on, entry.call_on = _day(before["last_called_on"]), _day(before["call_on"])
    entry.rests_until = None
    entry.claimed_by, entry.claimed_until = account, clock.now() + HELD_FOR
    if before["wrong"] is not None:
        mark_right(entry.person_id, uuid.UUID(before["wrong"]), actor=account)
    if attempt.interaction_id is not None:
        delete_interaction(entry.person_id, attempt.interaction_id)
    session.delete(attempt)
    session.flush()
    return entry


def skip(entry_id: uuid.UUID, account: uuid.UUID, *, within: Within) -> None:
    """Not now: they come again in half an hour, to whoever calls then. Twice is once."""
    _found, entry = _lock(entry_id, within=within)
    if entry.claimed_by == account:
        entry.claimed_by, entry.claimed_until = None, None
        entry.rests_until = clock.now() + HELD_FOR
        session.flush()


def stop(list_id: uuid.UUID, account: uuid.UUID) -> None:
    """Give back whom one has in hand. Twice is once."""
    give_back_all(CallEntry.list_id == list_id, CallEntry.claimed_by == account)


def _open_list(list_id: uuid.UUID) -> CallList:
    found = lock_list(list_id, shared=True)
    if found.state != CallListState.OPEN:
        raise NotOpen
    return found


def _lock(entry_id: uuid.UUID, *, within: Within) -> tuple[CallList, CallEntry]:
    """List, person and entry under their locks. Raises NotFound where one is gone, or not to be seen."""
    row = session.execute(select(CallEntry.list_id, CallEntry.person_id).where(CallEntry.id == entry_id)).one_or_none()
    if row is None:
        raise NotFound
    found = lock_list(row.list_id, shared=True)
    lock_person(row.person_id)
    statement = select(CallEntry).where(CallEntry.id == entry_id, CallEntry.person_id == row.person_id)
    if within is not None:
        statement = statement.where(CallEntry.person_id.in_(within))
    entry = session.scalar(statement.with_for_update(of=CallEntry).execution_options(populate_existing=True))
    if entry is None:
        raise NotFound
    return found, entry


def _lock_mine(
    entry_id: uuid.UUID, account: uuid.UUID, *, seen_attempts: int, within: Within
) -> tuple[CallList, CallEntry]:
    """The same for whoever has them in hand, or had until a moment ago and nobody else has called them since."""
    try:
        found, entry = _lock(entry_id, within=within)
    except NotFound:
        raise NotYours from None
    check_alive(found)
    is_others = entry.claimed_by not in {None, account} and _is_live(entry)
    if is_others or entry.state != EntryState.WAITING or entry.attempts != seen_attempts:
        raise NotYours
    return found, entry


def _is_live(entry: CallEntry) -> bool:
    return entry.claimed_until is not None and entry.claimed_until > clock.now()


def _check(found: CallList, result: Result) -> None:
    if result.outcome not in {*words_of(found), *NOT_OWN}:
        raise BadOutcome(N_("Choose what came of the call."))
    if result.outcome != Outcome.AGAIN:
        return
    today = clock.today()
    if result.call_on is None or not today <= result.call_on <= today + LONGEST_AHEAD:
        raise BadOutcome(N_("Choose the day on which they want to be called: today or later, within a year."))


def _wrong_number(entry: CallEntry, result: Result) -> uuid.UUID | None:
    if result.outcome != Outcome.WRONG_NUMBER:
        return None
    numbers = [each.id for each in queries.numbers_of(entry.person_id)]
    if result.identity_id in numbers:
        return result.identity_id
    if len(numbers) != 1 or result.identity_id is not None:
        raise BadOutcome(N_("Choose which of the numbers is wrong."))
    return numbers[0]


def _go_on(
    found: CallList, entry: CallEntry, result: Result, wrong: uuid.UUID | None, account: uuid.UUID
) -> None:  # fmt: skip
    """Where the outcome leaves the person on the list."""
    if result.outcome == Outcome.AGAIN and result.call_on is not None:
        entry.call_on = result.call_on
        entry.rests_until = _later(RESTS_TODAY) if result.call_on == clock.today() else None
    elif result.outcome == Outcome.NO_ANSWER:
        entry.rests_until = _later(RESTS_UNANSWERED)
        if entry.attempts >= found.most_attempts:
            entry.state = EntryState.ENDED
    elif wrong is not None:
        mark_wrong(entry.person_id, wrong, actor=account)
        if not queries.numbers_of(entry.person_id):
            entry.state = EntryState.GONE
    elif result.outcome == Outcome.NO_CALLS:
        entry.state = EntryState.GONE
    else:
        entry.state = EntryState.DONE


def _end_consents(person_id: uuid.UUID, account: uuid.UUID) -> None:
    current = select(Consent.id).where(
        Consent.person_id == person_id, Consent.purpose == Purpose.CALLS, Consent.ended_on.is_(None)
    )
    for consent in session.scalars(current).all():
        end_one_consent(person_id, consent, actor=account)


def _memory(entry: CallEntry, wrong: uuid.UUID | None) -> dict[str, Any]:
    return {
        "attempts": entry.attempts, "last_outcome": entry.last_outcome,
        "last_called_on": _iso(entry.last_called_on), "call_on": _iso(entry.call_on),
        "wrong": None if wrong is None else str(wrong),
    }  # fmt: skip


def _later(span: timedelta) -> datetime:
    return clock.now() + span


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
