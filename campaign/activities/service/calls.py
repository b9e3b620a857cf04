"""Call lists: making one, changing it, and its way from draft to closed, each step under the lock of its row."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import delete, func, select, update

from campaign.activities.models import (
    ALIVE,
    LONGEST_CALL_TITLE,
    LONGEST_OUTCOME,
    LONGEST_PURPOSE,
    MOST_OUTCOMES,
    CallAttempt,
    CallEntry,
    CallFill,
    CallList,
    CallListEvent,
    CallListState,
    EntryState,
    Outcome,
)
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version

KEPT_DAYS = 30
BATCH = 500
_S = CallListState
MOVES: Mapping[CallListState, frozenset[CallListState]] = {
    _S.DRAFT: frozenset({_S.OPEN, _S.CLOSED}),
    _S.OPEN: frozenset({_S.PAUSED, _S.CLOSED}),
    _S.PAUSED: frozenset({_S.OPEN, _S.CLOSED}),
    _S.CLOSED: frozenset(),
}


class BadList(DomainError):
    """It lacks something without which nobody could be called."""


class NotThatState(Conflict):
    """The list is not where this step begins."""


@dataclass(frozen=True, slots=True)
class CallListDraft:
    """What staff say of a list."""

    title: str
    purpose: str = ""
    scripts: Mapping[str, str] = field(default_factory=dict)
    outcomes: Sequence[str] = ()
    most_attempts: int = 3
    hour_from: int = 10
    hour_to: int = 20
    due_on: date | None = None
    group_id: uuid.UUID | None = None


def create_list(draft: CallListDraft, *, actor: uuid.UUID | None, is_demo: bool = False) -> CallList:
    """A new list with nobody on it. Raises BadList."""
    made = CallList(
        id=uuid.uuid4(), state=_S.DRAFT, created_by=actor, created_on=clock.today(), is_demo=is_demo
    )  # fmt: skip
    _fill_in(made, draft)
    session.add(made)
    session.flush()
    _note(made, was="", actor=actor)
    if actor is not None:
        audit.record("call_list.make", actor=actor, about=f"call-list:{made.id}")
    return made


def edit_list(list_id: uuid.UUID, draft: CallListDraft, *, seen_version: int, actor: uuid.UUID) -> CallList:
    """Change what it says, also while people are being called. Raises NotFound, Conflict, NotThatState, BadList."""
    found = lock_list(list_id)
    check_version(found.version, seen_version)
    check_alive(found)
    _fill_in(found, draft)
    session.flush()
    audit.record("call_list.edit", actor=actor, about=f"call-list:{list_id}")
    return found


def move_list(list_id: uuid.UUID, to: CallListState, *, actor: uuid.UUID) -> CallList:
    """Open, pause, go on or close. Closing gives back whom somebody has in hand. Raises NotThatState, NotFound."""
    found = lock_list(list_id)
    was = CallListState(found.state)
    if to not in MOVES[was]:
        raise NotThatState(N_("Somebody else has changed the list a moment ago. Nothing was done twice."))
    if to == _S.OPEN:
        _check_ready(found)
    found.state, found.closed_on = to, clock.today() if to == _S.CLOSED else None
    session.flush()
    if to == _S.CLOSED:
        give_back_all(CallEntry.list_id == list_id)
    _note(found, was=was, actor=actor)
    audit.record("call_list.move", actor=actor, about=f"call-list:{list_id}", reason=f"{was} > {to}")
    return found


def lock_list(list_id: uuid.UUID, *, shared: bool = False) -> CallList:
    """The list under the lock of its row; `shared` with others who only call from it. Raises NotFound."""
    statement = select(CallList).where(CallList.id == list_id).with_for_update(read=shared)
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def check_alive(found: CallList) -> None:
    """Raise NotThatState where the list is closed."""
    if found.state not in ALIVE:
        raise NotThatState(N_("This list is closed. Nothing was changed."))


def words_of(found: CallList) -> list[str]:
    """The outcomes of a call in which somebody was reached, in their order."""
    return list(found.outcomes) or [Outcome.YES, Outcome.NO]


def give_back_all(*which: object) -> int:
    """Give back whom somebody has in hand; gives how many that were."""
    claimed = update(CallEntry).where(CallEntry.claimed_by.is_not(None), *which)  # type: ignore[arg-type]
    rows = session.execute(claimed.values(claimed_by=None, claimed_until=None).returning(CallEntry.id)).all()
    return len(rows)


def give_back_of(account: uuid.UUID) -> None:
    """Whoever leaves, or is locked, has nobody in hand any more."""
    give_back_all(CallEntry.claimed_by == account)


def erase_old(today: date) -> int:
    """Erase who was on lists that were closed 30 days ago, and who called; how many, and what came of it, stays."""
    before = today - timedelta(days=KEPT_DAYS)
    due = select(CallList).where(CallList.closed_on <= before, CallList.summary.is_(None))
    erased = 0
    for found in session.scalars(due.limit(BATCH).with_for_update()):
        states = select(CallEntry.state, func.count()).where(CallEntry.list_id == found.id).group_by(CallEntry.state)
        found.summary = dict(session.execute(states).all())
        gone = delete(CallEntry).where(CallEntry.list_id == found.id).returning(CallEntry.id)
        erased += len(session.execute(gone).all())
        session.execute(
            update(CallAttempt)
            .where(CallAttempt.list_id == found.id)
            .values(actor_id=None, before=None, interaction_id=None)
        )
        session.flush()
    return erased


def _check_ready(found: CallList) -> None:
    if not any(found.scripts.values()):
        raise BadList(N_("Write a script first: what the caller says, in at least one language."))
    running = select(CallFill.id).where(CallFill.list_id == found.id, CallFill.is_done.is_(False)).limit(1)
    if session.scalar(running) is not None:
        raise BadList(N_("People are still being put onto the list. Wait until that is done."))
    waiting = select(CallEntry.id).where(CallEntry.list_id == found.id, CallEntry.state == EntryState.WAITING)
    if session.scalar(waiting.limit(1)) is None:
        raise BadList(N_("Nobody on this list is to be called. Put people onto it first."))


def _fill_in(found: CallList, draft: CallListDraft) -> None:
    found.title = one_line(draft.title, LONGEST_CALL_TITLE)
    if not found.title:
        raise BadList(N_("A call list needs a title."))
    found.purpose = draft.purpose.strip()[:LONGEST_PURPOSE]
    found.scripts = {language: text.strip() for language, text in draft.scripts.items() if text.strip()}
    found.outcomes = check_outcomes(draft.outcomes)
    found.most_attempts, found.hour_from, found.hour_to = draft.most_attempts, draft.hour_from, draft.hour_to
    found.due_on, found.group_id = draft.due_on, draft.group_id


def check_outcomes(typed: Sequence[str]) -> list[str]:
    """Own words for outcomes, each on a line of its own; empty for yes and no. Raises BadList."""
    words = [word for word in (one_line(each, 10 * LONGEST_OUTCOME) for each in typed) if word]
    if len(words) > MOST_OUTCOMES or any(len(word) > LONGEST_OUTCOME for word in words):
        raise BadList(N_("Eight outcomes at most, each of 40 characters at most."))
    if len({word.casefold() for word in words}) < len(words) or set(words) & set(Outcome):
        raise BadList(N_("Each outcome needs a word of its own."))
    return words


def _note(found: CallList, *, was: str, actor: uuid.UUID | None) -> None:
    session.add(
        CallListEvent(list_id=found.id, was=was, now=found.state, actor_id=actor, happened_on=clock.today())
    )  # fmt: skip
    session.flush()
