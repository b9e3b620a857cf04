"""Reads of answers: the queue, one of them, and what its writer may see."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.letters.models import (
    GONE_OUT,
    Letter,
    LetterThread,
    PublicationState,
    Reply,
    ReplyEvent,
    ReplyPage,
    ReplyScan,
    ReplyState,
    ReplyText,
    ReportedNeed,
    ScanState,
    TextKind,
)
from campaign.people.models import Volunteer
from campaign.prisoners.models import Prisoner

DONE = (ReplyState.FORWARDED, ReplyState.CLOSED)
UNSCREENED = (ReplyState.SCANNED, ReplyState.MATCHED)
WORDS_STATES = {"words-asked": PublicationState.ASKED, "words-shown": PublicationState.PUBLISHED}
"""Lists by what of an answer is shown, or proposed to be."""
MOST_LETTERS = 60


class Candidate(NamedTuple):
    """A letter that an answer may answer, and who wrote it."""

    letter: Letter
    pseudonym: str | None


def select_replies(*, state: str = "", number: int | None = None) -> Select[Reply, Prisoner]:
    """Answers with whoever wrote them, where that is known: without a state those that need something, oldest first;
    else the newest first."""
    statement = select(Reply, Prisoner).outerjoin(Prisoner, Prisoner.id == Reply.prisoner_id)
    if number is not None:
        return statement.where(Reply.number == number).order_by(Reply.number)
    if state in set(ReplyState):
        statement = statement.where(Reply.state == state)
        is_done = state in DONE
        return statement.order_by(Reply.number.desc() if is_done else Reply.number)
    if state in WORDS_STATES:
        return statement.where(Reply.publication == WORDS_STATES[state]).order_by(Reply.number.desc())
    if state == "all":
        return statement.order_by(Reply.number.desc())
    return statement.where(Reply.state.not_in(DONE)).order_by(Reply.logged_on, Reply.number)


def get_reply(reply_id: uuid.UUID) -> Reply:
    """An answer. Raises NotFound."""
    found = session.get(Reply, reply_id)
    if found is None:
        raise NotFound
    return found


def list_page_rows(reply_id: uuid.UUID, *, shown_only: bool = False) -> Sequence[ReplyPage]:
    """Its pages in order, without what is on them."""
    mine = select(ReplyPage).where(ReplyPage.reply_id == reply_id).options(defer(ReplyPage.content_sealed))
    if shown_only:
        mine = mine.where(~ReplyPage.is_withheld)
    return session.scalars(mine.order_by(ReplyPage.position)).all()


def list_scans(reply_id: uuid.UUID) -> Sequence[ReplyScan]:
    """Files whose pages are not drawn yet or cannot be, oldest first, without what is in them."""
    mine = select(ReplyScan).where(ReplyScan.reply_id == reply_id).options(defer(ReplyScan.content_sealed))
    return session.scalars(mine.order_by(ReplyScan.number)).all()


def count_waiting_scans(reply_id: uuid.UUID) -> int:
    """How many files wait for a worker to draw their pages."""
    statement = select(func.count()).select_from(ReplyScan)
    waiting = statement.where(ReplyScan.reply_id == reply_id, ReplyScan.state == ScanState.WAITING)
    return session.scalar(waiting) or 0


def list_events(reply_id: uuid.UUID) -> Sequence[ReplyEvent]:
    """Every step, oldest first."""
    mine = select(ReplyEvent).where(ReplyEvent.reply_id == reply_id)
    return session.scalars(mine.order_by(ReplyEvent.id)).all()


def list_answers(letter_id: uuid.UUID) -> Sequence[Reply]:
    """Answers to one letter that are logged."""
    return session.scalars(select(Reply).where(Reply.letter_id == letter_id).order_by(Reply.number)).all()


def list_candidates(prisoner_id: uuid.UUID) -> list[Candidate]:
    """Letters to somebody that left, the newest first, with the writer's pseudonym."""
    statement = (
        select(Letter, Volunteer.pseudonym)
        .join(LetterThread, LetterThread.id == Letter.thread_id)
        .outerjoin(Volunteer, Volunteer.id == LetterThread.volunteer_id)
        .where(Letter.prisoner_id == prisoner_id, Letter.state.in_(GONE_OUT))
        .order_by(Letter.dispatched_on.desc(), Letter.number.desc())
        .limit(MOST_LETTERS)
    )
    return [Candidate(letter, pseudonym) for letter, pseudonym in session.execute(statement)]


def find_letter(letter_id: uuid.UUID) -> Candidate | None:
    """One of them, whatever its state."""
    statement = (
        select(Letter, Volunteer.pseudonym)
        .join(LetterThread, LetterThread.id == Letter.thread_id)
        .outerjoin(Volunteer, Volunteer.id == LetterThread.volunteer_id)
        .where(Letter.id == letter_id)
    )
    row = session.execute(statement).one_or_none()
    return Candidate(row[0], row[1]) if row is not None else None


def find_writer_name(reply: Reply) -> str:
    """The pseudonym of whoever an answer is for; empty where nobody has one."""
    mine = select(Volunteer.pseudonym).join(LetterThread, LetterThread.volunteer_id == Volunteer.id)
    return session.scalar(mine.where(LetterThread.id == reply.thread_id)) or ""


def newest_text(reply_id: uuid.UUID, kind: TextKind, language: str) -> ReplyText | None:
    """The last revision of a text."""
    mine = select(ReplyText).where(
        ReplyText.reply_id == reply_id, ReplyText.kind == kind, ReplyText.language == language
    )
    return session.scalar(mine.order_by(ReplyText.revision.desc()).limit(1))


def list_texts(reply_id: uuid.UUID) -> list[ReplyText]:
    """The newest approved revision of each text: what was typed first, then translations."""
    mine = select(ReplyText).where(ReplyText.reply_id == reply_id, ReplyText.approved_by.is_not(None))
    newest: dict[tuple[str, str], ReplyText] = {}
    for each in session.scalars(mine.order_by(ReplyText.revision)):
        newest[each.kind, each.language] = each
    return sorted(newest.values(), key=lambda each: (each.kind, each.language))


def list_needs(reply_id: uuid.UUID) -> Sequence[ReportedNeed]:
    """What was asked for in an answer."""
    mine = select(ReportedNeed).where(ReportedNeed.reply_id == reply_id)
    return session.scalars(mine.order_by(ReportedNeed.reported_on, ReportedNeed.kind)).all()


def list_pages_for_letter(letter_id: uuid.UUID) -> list[tuple[Reply, Sequence[ReplyPage]]]:
    """Answers to a letter that were passed on, with the pages that its writer may see; for one without an account."""
    mine = select(Reply).where(Reply.letter_id == letter_id, Reply.state == ReplyState.FORWARDED)
    replies = session.scalars(mine.order_by(Reply.number)).all()
    return [(each, list_page_rows(each.id, shown_only=True)) for each in replies]


def count_by_state() -> dict[str, int]:
    """How many answers there are in each state that needs something."""
    rows = select(Reply.state, func.count()).where(Reply.state.not_in(DONE)).group_by(Reply.state)
    return dict(session.execute(rows).all())
