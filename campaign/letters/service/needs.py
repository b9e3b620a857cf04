"""What prisoners ask for in answers: written down sealed, closed, and its words forgotten half a year after that."""

import uuid
from datetime import date, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.letters.models import SCOPE, NeedKind, ReplyEvent, ReportedNeed
from campaign.letters.models.incoming import NEED_NOTE
from campaign.letters.service.errors import NotThatStep
from campaign.letters.service.reply_moves import locked, note

AFTER_CLOSED = 180
BATCH = 200
OPEN, DISMISSED, TAKEN_OVER = "reported", "dismissed", "taken_over"
REPORTED, CLOSED = "need", "need_closed"
"""Words in the history of the answer; the second one's day is that of closing."""


def report_need(
    reply_id: uuid.UUID, kind: NeedKind, words: str, *, is_urgent: bool, actor: uuid.UUID
) -> ReportedNeed:  # fmt: skip
    """Write down what is asked for, for those who run the funds. The same kind from the same answer is one need.

    Raises NotThatStep while nobody knows who wrote it.
    """
    reply = locked(reply_id)
    if reply.prisoner_id is None:
        raise NotThatStep(N_("Say first who wrote this: a need is somebody’s."))
    same = select(ReportedNeed).where(
        ReportedNeed.reply_id == reply.id, ReportedNeed.kind == kind, ReportedNeed.state != DISMISSED
    )
    known = session.scalar(same)
    if known is not None:
        return known
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    need = ReportedNeed(
        id=row, prisoner_id=reply.prisoner_id, reply_id=reply.id, kind=kind, is_urgent=is_urgent, reported_by=actor,
        reported_on=clock.today(), note_sealed=NEED_NOTE.seal(SCOPE, row, words) if words else None,
    )  # fmt: skip
    session.add(need)
    note(reply, f"{REPORTED}:{kind}", actor=actor)
    audit.record("need.report", actor=actor, about=f"need:{row}", reason=kind)
    return need


def dismiss_need(need_id: uuid.UUID, *, actor: uuid.UUID) -> ReportedNeed:
    """Nobody works on it any more: met otherwise, or a slip. Twice is once. Raises NotFound, NotThatStep."""
    reply_id = session.scalar(select(ReportedNeed.reply_id).where(ReportedNeed.id == need_id))
    # The answer before what hangs on it, as everywhere.
    reply = locked(reply_id) if reply_id is not None else None
    need = session.get(ReportedNeed, need_id, with_for_update=True, populate_existing=True)
    if need is None:
        raise NotFound
    if need.state == DISMISSED:
        return need
    if need.state != OPEN:
        raise NotThatStep(N_("A fund has taken this over: it is closed there."))
    need.state = DISMISSED
    session.flush()
    if reply is not None:
        note(reply, f"{CLOSED}:{need.kind}", actor=actor)
    audit.record("need.dismiss", actor=actor, about=f"need:{need.id}", reason=need.kind)
    return need


def take_over(need_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """It is looked after as a need (campaign/needs), which keeps its words. Raises NotFound, NotThatStep."""
    reply_id = session.scalar(select(ReportedNeed.reply_id).where(ReportedNeed.id == need_id))
    reply = locked(reply_id) if reply_id is not None else None
    need = session.get(ReportedNeed, need_id, with_for_update=True, populate_existing=True)
    if need is None:
        raise NotFound
    if need.state != OPEN:
        raise NotThatStep(N_("This was reported as a need already, or closed."))
    need.state = TAKEN_OVER
    session.flush()
    if reply is not None:
        note(reply, f"{CLOSED}:{need.kind}", actor=actor)
    audit.record("need.take_over", actor=actor, about=f"need:{need.id}", reason=need.kind)


def words_of(need: ReportedNeed) -> str:
    """What was written down, opened."""
    return NEED_NOTE.unseal(SCOPE, need.id, need.note_sealed) if need.note_sealed is not None else ""


def erased_on(need: ReportedNeed) -> date | None:
    """The day on which its words go; None while it is open, or where there are none."""
    if need.state == OPEN or need.note_sealed is None:
        return None
    day = session.scalar(select(_closed_on()).where(ReportedNeed.id == need.id))
    return (day or need.reported_on) + timedelta(days=AFTER_CLOSED)


def erase_old(today: date) -> int:
    """Erase the words of what was closed so long ago; gives how many. Kind and days stay."""
    due = (
        select(ReportedNeed)
        .where(
            ReportedNeed.state != OPEN, ReportedNeed.note_sealed.is_not(None),
            _closed_on() <= today - timedelta(days=AFTER_CLOSED),
        )
        .order_by(ReportedNeed.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    found = session.scalars(due).all()
    for need in found:
        need.note_sealed = None
    session.flush()
    return len(found)


def _closed_on() -> ColumnElement[date]:
    """The day on which it was closed, as the history of its answer tells; without one the day it was written down."""
    told: ScalarSelect[date] = (
        select(func.max(ReplyEvent.happened_on))
        .where(ReplyEvent.reply_id == ReportedNeed.reply_id, ReplyEvent.reason == f"{CLOSED}:" + ReportedNeed.kind)
        .correlate(ReportedNeed)
        .scalar_subquery()
    )
    return func.coalesce(told, ReportedNeed.reported_on)
