"""Reads of what volunteers type and translate of answers: what is open to whom, what stands where. No text."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import defer

from campaign.activities.models import OPEN_TASKS, Task, TaskKind, TaskState
from campaign.activities.service.tasks import HELD
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.letters.models import (
    Incident,
    IncidentState,
    LetterThread,
    Reply,
    ReplyPage,
    ReplyState,
    ReplyText,
    TextKind,
)
from campaign.penpals.models import PairBlock, WriterProfile
from campaign.people.models import Volunteer

KINDS = {TaskKind.TRANSCRIBE_REPLY: TextKind.TRANSCRIPTION, TaskKind.TRANSLATE_REPLY: TextKind.TRANSLATION}
READABLE = (ReplyState.SCREENED, ReplyState.FORWARDED)
"""Every page was read by staff before others see any."""


class Offer(NamedTuple):
    """Something of an answer to type or to translate."""

    task: Task
    reply: Reply
    pages: int
    is_to_them: bool
    """It answers a letter of this very volunteer."""


class Work(NamedTuple):
    """The same as staff see it."""

    task: Task
    reply: Reply
    pseudonym: str | None
    """Of who has it or handed it in."""


def text_of(task: Task) -> tuple[TextKind, str]:
    """What is made: its kind and language."""
    kind = KINDS[TaskKind(task.kind)]
    return kind, task.to_language if kind is TextKind.TRANSLATION else task.from_language


def select_open(me: Volunteer, profile: WriterProfile) -> Select[Task, Reply, int, bool]:
    """What this volunteer may take, the oldest first."""
    return _offers(me).where(_fits(me, profile), Task.state == TaskState.OPEN)


def count_open(me: Volunteer, profile: WriterProfile) -> int:
    """How much that is."""
    return session.scalar(select(func.count()).select_from(select_open(me, profile).order_by(None).subquery())) or 0


def list_open_of(reply_id: uuid.UUID, me: Volunteer, profile: WriterProfile) -> list[Offer]:
    """What of one answer they may take."""
    rows = session.execute(select_open(me, profile).where(Reply.id == reply_id))
    return [Offer(*row) for row in rows]


def may_take(task_id: uuid.UUID, me: Volunteer, profile: WriterProfile) -> bool:
    """Whether it is open to them."""
    return session.execute(select_open(me, profile).where(Task.id == task_id)).first() is not None


def list_mine(me: Volunteer, profile: WriterProfile) -> list[Offer]:
    """What they have taken and may go on with, what ends first before the rest."""
    rows = session.execute(_mine(me, profile).order_by(None).order_by(Task.claimed_until, Reply.number))
    return [Offer(*row) for row in rows]


def list_handed_in(me: Volunteer) -> Sequence[Task]:
    """What they have handed in and nobody has compared yet."""
    mine = select(Task).where(Task.kind.in_(KINDS), Task.claimed_by == me.id, Task.state == TaskState.SUBMITTED)
    return session.scalars(mine.order_by(Task.created_on, Task.id)).all()


def find_work(task_id: uuid.UUID, me: Volunteer, profile: WriterProfile) -> Offer | None:
    """The task while this volunteer has it and the answer may be seen by others."""
    row = session.execute(_mine(me, profile).where(Task.id == task_id)).one_or_none()
    return Offer(*row) if row is not None else None


def list_shown_pages(reply_id: uuid.UUID) -> Sequence[ReplyPage]:
    """Pages that volunteers see, in order, without what is on them."""
    mine = select(ReplyPage).where(ReplyPage.reply_id == reply_id, *SHOWN).options(defer(ReplyPage.content_sealed))
    return session.scalars(mine.order_by(ReplyPage.position)).all()


def shows_all(reply_id: uuid.UUID) -> bool:
    """Whether volunteers see whatever its reader sees, so that the words of all pages tell them no more."""
    hidden = select(ReplyPage.id).where(
        ReplyPage.reply_id == reply_id, ~ReplyPage.is_withheld, ~ReplyPage.is_for_volunteers
    )
    return session.scalar(hidden.limit(1)) is None


def has_open_incident(reply_id: uuid.UUID) -> bool:
    """Whether few may read it just now."""
    return bool(session.scalar(select(_incident(reply_id))))


def list_revisions(reply_id: uuid.UUID, kind: TextKind, language: str) -> Sequence[ReplyText]:
    """Every revision of one text, oldest first."""
    mine = select(ReplyText).where(
        ReplyText.reply_id == reply_id, ReplyText.kind == kind, ReplyText.language == language
    )
    return session.scalars(mine.order_by(ReplyText.revision)).all()


def pseudonyms_of(accounts: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What volunteers are called, by account."""
    found = select(Volunteer.account_id, Volunteer.pseudonym).where(Volunteer.account_id.in_(accounts))
    return {account: name for account, name in session.execute(found) if account is not None}


def select_work(state: str = "") -> Select[Task, Reply, str]:
    """Tasks about answers for staff: in one state, else those that are not over; what was handed in stands first."""
    statement = (
        select(Task, Reply, Volunteer.pseudonym)
        .join(Reply, Reply.id == Task.subject_id)
        .outerjoin(Volunteer, Volunteer.id == Task.claimed_by)
        .where(Task.kind.in_(KINDS))
    )
    if state in set(TaskState):
        return statement.where(Task.state == state).order_by(Task.created_on.desc(), Task.id)
    waits = case((Task.state == TaskState.SUBMITTED, 0), else_=1)
    return statement.where(Task.state.in_(OPEN_TASKS)).order_by(waits, Task.created_on, Task.id)


def list_work_of(reply_id: uuid.UUID) -> list[Work]:
    """What volunteers are asked for of one answer."""
    return [Work(*row) for row in session.execute(select_work().where(Reply.id == reply_id))]


def get_task(task_id: uuid.UUID, reply_id: uuid.UUID) -> Task | None:
    """A task about this answer, whatever its state."""
    mine = select(Task).where(Task.id == task_id, Task.subject_id == reply_id, Task.kind.in_(KINDS))
    return session.scalar(mine)


def count_handed_in() -> int:
    """How many wait for somebody to compare them."""
    statement = select(func.count()).select_from(Task)
    waiting = statement.where(Task.kind.in_(KINDS), Task.state == TaskState.SUBMITTED)
    return session.scalar(waiting) or 0


SHOWN = (~ReplyPage.is_withheld, ReplyPage.is_for_volunteers)


def _mine(me: Volunteer, profile: WriterProfile) -> Select[Task, Reply, int, bool]:
    return _offers(me).where(
        _fits(me, profile), Task.claimed_by == me.id, Task.state.in_(HELD), Task.claimed_until >= clock.today()
    )


def _offers(me: Volunteer) -> Select[Task, Reply, int, bool]:
    pages = select(func.count()).select_from(ReplyPage).where(ReplyPage.reply_id == Reply.id, *SHOWN)
    return (
        select(Task, Reply, pages.scalar_subquery(), _is_to(me))
        .join(Reply, Reply.id == Task.subject_id)
        .outerjoin(LetterThread, LetterThread.id == Reply.thread_id)
        .where(Task.kind.in_(KINDS))
        .order_by(Task.created_on, Reply.number, Task.kind)
    )


def _fits(me: Volunteer, profile: WriterProfile) -> ColumnElement[bool]:
    """Whether this volunteer may see the answer at all: asked at every step, so that what changes ends the view."""
    is_known = and_(~_is_to(me), Task.trust <= me.trust)
    # Its own reader knows it already; whether they may is the coordinators' to say.
    is_reader = and_(_is_to(me), Reply.writer_may_type, Reply.state == ReplyState.FORWARDED)
    return and_(
        Reply.state.in_(READABLE), Reply.body_erased_on.is_(None), ~_incident(Reply.id),
        exists().where(ReplyPage.reply_id == Reply.id, *SHOWN),
        ~exists().where(PairBlock.prisoner_id == Reply.prisoner_id, PairBlock.volunteer_id == me.id),
        Task.from_language.in_(profile.languages),
        or_(Task.to_language == "", Task.to_language.in_(profile.languages)),
        or_(is_known, is_reader),
    )  # fmt: skip


def _is_to(me: Volunteer) -> ColumnElement[bool]:
    return func.coalesce(LetterThread.volunteer_id == me.id, False)


def _incident(reply_id: object) -> ColumnElement[bool]:
    return exists().where(Incident.reply_id == reply_id, Incident.state != IncidentState.CLOSED)
