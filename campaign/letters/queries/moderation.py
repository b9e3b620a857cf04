"""Reads for moderators: what waits to be read, since when, and who reads it now. No text."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select

from campaign.kernel.db import session
from campaign.letters.models import Letter, LetterFinding, LetterState, LetterThread, Severity
from campaign.letters.queries.by_group import Within, of_groups
from campaign.penpals.service.assignments.mails import reader_of
from campaign.prisoners.models import Prisoner

WAITS = Letter.state == LetterState.IN_MODERATION
TRIED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the queue is narrowed; empty words narrow nothing, the others are yes or no."""

    channel: str = ""
    blocks: str = ""
    """Whether the checker would stop it."""
    translated: str = ""
    group: str = ""
    """The id of the group that it was handed to, or NO_GROUP."""
    within: Within = None
    """The groups whose letters this moderator reads."""


def select_waiting(wanted: Wanted) -> Select[Letter, Prisoner, int, int]:
    """What waits, the longest first, with how many rules would stop it and how many warn."""
    statement = select(Letter, Prisoner, _count(Severity.BLOCK), _count(Severity.WARN)).join(
        Prisoner, Prisoner.id == Letter.prisoner_id
    )
    return statement.where(*_narrowed(wanted)).order_by(Letter.submitted_on, Letter.number)


def list_next(
    wanted: Wanted, *, actor: uuid.UUID, now: datetime, leaving: uuid.UUID | None = None
) -> Sequence[uuid.UUID]:
    """What somebody may take next, the best first: what they hold already, then the longest waiting that is free."""
    is_mine = and_(Letter.held_by == actor, Letter.held_until > now)
    is_free = or_(Letter.held_by.is_(None), Letter.held_until <= now)
    statement = select(Letter.id).where(
        *_narrowed(wanted), Letter.written_by.is_distinct_from(actor), or_(is_mine, is_free),
        Letter.id.is_distinct_from(leaving),
    )  # fmt: skip
    first = func.coalesce(is_mine, False).desc()
    return session.scalars(statement.order_by(first, Letter.submitted_on, Letter.number).limit(TRIED_AT_ONCE)).all()


def list_groups(within: Within = None) -> frozenset[uuid.UUID]:
    """The groups of which letters wait."""
    theirs = select(LetterThread.group_id).join(Letter, Letter.thread_id == LetterThread.id)
    found = session.scalars(theirs.where(WAITS, LetterThread.group_id.is_not(None), *of_groups(within)).distinct())
    return frozenset(each for each in found if each is not None)


def count_waiting(within: Within = None) -> tuple[int, date | None]:
    """How many letters wait to be read, and the day on which the oldest was handed in."""
    waiting = select(func.count(), func.min(Letter.submitted_on)).where(WAITS, *of_groups(within))
    found = session.execute(waiting).one()
    return found[0], found[1]


def is_held(letter: Letter, now: datetime) -> bool:
    """Whether somebody reads it now."""
    return letter.held_by is not None and letter.held_until is not None and letter.held_until > now


def is_open_to(letter: Letter, actor: uuid.UUID, now: datetime) -> bool:
    """Whether this moderator holds it, so that they see its text."""
    is_theirs = is_held(letter, now) and letter.held_by == actor and letter.written_by != actor
    return is_theirs and letter.state == LetterState.IN_MODERATION


def list_blocking(letter_id: uuid.UUID) -> Sequence[str]:
    """The rules that would stop it, as it was handed in."""
    mine = select(LetterFinding.rule).where(
        LetterFinding.letter_id == letter_id, LetterFinding.severity == Severity.BLOCK
    )
    return session.scalars(mine.order_by(LetterFinding.rule)).all()


def language_of_writer(letter: Letter) -> str:
    """In which whoever wrote it reads what we say to them."""
    reader = reader_of(session.get_one(LetterThread, letter.thread_id).volunteer_id)
    return reader.language if reader is not None else letter.contact_language


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    blocked = (
        select(LetterFinding.rule)
        .where(LetterFinding.letter_id == Letter.id, LetterFinding.severity == Severity.BLOCK)
        .exists()
    )
    conditions: list[ColumnElement[bool]] = [WAITS, *of_groups(wanted.within, wanted.group)]
    if wanted.channel:
        conditions.append(Letter.channel == wanted.channel)
    if wanted.blocks in {"yes", "no"}:
        conditions.append(blocked if wanted.blocks == "yes" else ~blocked)
    if wanted.translated in {"yes", "no"}:
        conditions.append(Letter.original_sealed.is_not(None) == (wanted.translated == "yes"))
    return conditions


def _count(severity: Severity) -> ScalarSelect[int]:
    mine = select(func.count()).where(LetterFinding.letter_id == Letter.id, LetterFinding.severity == severity)
    return mine.correlate(Letter).scalar_subquery()
