"""What a writer sees of their own letters and of what came back."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.letters.models import Letter, LetterEvent, LetterState, LetterThread, Reply, ReplyState
from campaign.penpals.models import Assignment, AssignmentState
from campaign.penpals.queries.reservations import list_open
from campaign.penpals.smoothing import next_anniversary
from campaign.prisoners.models import Precision, Prisoner, Publicity

RUNNING = (AssignmentState.ACCEPTED, AssignmentState.ACTIVE, AssignmentState.PAUSED)
BIRTHDAY_WITHIN = 45


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Somebody one writes to, with what is next."""

    prisoner: Prisoner
    thread: LetterThread | None
    assignment: Assignment | None
    last: Letter | None
    """The newest letter that is not a draft."""
    draft: Letter | None
    unread: int
    """Answers that were not opened."""
    has_promised: bool
    """One letter, by a promise that holds still."""
    birthday_on: date | None
    """The next one, where it is near and may be told."""


def list_correspondents(volunteer_id: uuid.UUID, today: date) -> list[Correspondent]:
    """Everybody one writes to or wrote to: those first for whom something is to be done."""
    threads = {
        each.prisoner_id: each
        for each in session.scalars(select(LetterThread).where(LetterThread.volunteer_id == volunteer_id))
    }
    assignments = {
        each.prisoner_id: each
        for each in session.scalars(
            select(Assignment).where(Assignment.volunteer_id == volunteer_id, Assignment.state.in_(RUNNING))
        )
    }
    promised = {each.prisoner_id for each in list_open(volunteer_id, clock.now())}
    people = session.scalars(select(Prisoner).where(Prisoner.id.in_({*threads, *assignments, *promised}))).all()
    letters = _letters([each.id for each in threads.values()])
    replies = _unread([each.id for each in threads.values()])
    found = [
        _correspondent(
            person, threads.get(person.id), assignments.get(person.id), letters, replies, person.id in promised, today
        )
        for person in people
    ]
    return sorted(found, key=_urgency)


def get_thread(thread_id: uuid.UUID, volunteer_id: uuid.UUID) -> LetterThread | None:
    """The thread, when it is this writer's."""
    found = session.get(LetterThread, thread_id)
    return found if found is not None and found.volunteer_id == volunteer_id else None


def find_thread(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID) -> LetterThread | None:
    """The letters between these two, where there are any."""
    mine = select(LetterThread).where(
        LetterThread.prisoner_id == prisoner_id, LetterThread.volunteer_id == volunteer_id
    )
    return session.scalar(mine)


def groups_of(threads: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The group within which each of these threads is, where there is one."""
    mine = select(LetterThread.id, LetterThread.group_id).where(LetterThread.id.in_(threads))
    return {thread: group for thread, group in session.execute(mine) if group is not None}


def find_handed_in(reservation_id: uuid.UUID) -> Letter | None:
    """The letter by which a promise was kept here, whatever became of it since."""
    mine = select(Letter).where(Letter.reservation_id == reservation_id, Letter.submitted_on.is_not(None))
    return session.scalar(mine.order_by(Letter.number).limit(1))


def list_letters(thread_id: uuid.UUID) -> Sequence[Letter]:
    """The letters of a thread, oldest first."""
    return session.scalars(select(Letter).where(Letter.thread_id == thread_id).order_by(Letter.number)).all()


def list_replies(thread_id: uuid.UUID) -> Sequence[Reply]:
    """The answers that were passed on, oldest first."""
    mine = select(Reply).where(Reply.thread_id == thread_id, Reply.state == ReplyState.FORWARDED)
    return session.scalars(mine.order_by(Reply.number)).all()


def list_events(letter_id: uuid.UUID) -> Sequence[LetterEvent]:
    """Every step of a letter, oldest first."""
    mine = select(LetterEvent).where(LetterEvent.letter_id == letter_id)
    return session.scalars(mine.order_by(LetterEvent.id)).all()


def get_person(prisoner_id: uuid.UUID) -> Prisoner:
    """Whom a letter is for, with what is told of them."""
    options = (selectinload(Prisoner.texts), selectinload(Prisoner.interests))
    return session.scalars(select(Prisoner).where(Prisoner.id == prisoner_id).options(*options)).one()


def _letters(threads: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Letter]]:
    by_thread: dict[uuid.UUID, list[Letter]] = {}
    for letter in session.scalars(select(Letter).where(Letter.thread_id.in_(threads)).order_by(Letter.number)):
        by_thread.setdefault(letter.thread_id, []).append(letter)
    return by_thread


def _unread(threads: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    counts: dict[uuid.UUID, int] = {}
    rows = session.scalars(
        select(Reply.thread_id).where(
            Reply.thread_id.in_(threads), Reply.state == ReplyState.FORWARDED, Reply.read_on.is_(None)
        )
    )
    for thread_id in rows:
        if thread_id is not None:
            counts[thread_id] = counts.get(thread_id, 0) + 1
    return counts


def _correspondent(
    person: Prisoner, thread: LetterThread | None, assignment: Assignment | None,
    letters: dict[uuid.UUID, list[Letter]], replies: dict[uuid.UUID, int], has_promised: bool, today: date,
) -> Correspondent:  # fmt: skip
    mine = letters.get(thread.id, []) if thread is not None else []
    sent = [each for each in mine if each.state != LetterState.DRAFT]
    drafts = [each for each in mine if each.state == LetterState.DRAFT]
    return Correspondent(
        person, thread, assignment, sent[-1] if sent else None, drafts[-1] if drafts else None,
        replies.get(thread.id, 0) if thread is not None else 0, has_promised, _birthday(person, today),
    )  # fmt: skip


def _birthday(person: Prisoner, today: date) -> date | None:
    if person.born_on is None or person.born_precision != Precision.DAY or person.publicity != Publicity.PUBLIC:
        return None
    day = next_anniversary(person.born_on, today)
    return day if (day - today).days <= BIRTHDAY_WITHIN else None


def _urgency(each: Correspondent) -> tuple[bool, bool, date, str]:
    needs = each.last is not None and each.last.state == LetterState.CHANGES_REQUESTED
    due = each.assignment.next_letter_on if each.assignment is not None else None
    return (not each.unread, not needs, due or date.max, each.prisoner.slug)
