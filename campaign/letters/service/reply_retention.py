"""When the pages of an answer go: 90 days after they were read, a year unread, a month after it was closed."""

import uuid
from datetime import date, timedelta

from sqlalchemy import delete, func, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.letters.models import PublicationState, Reply, ReplyEvent, ReplyPage, ReplyState, ReplyText
from campaign.letters.service.reply_moves import note
from campaign.letters.service.reply_publication import Why, take_back
from campaign.letters.service.reply_scans import drop_files
from campaign.letters.service.reply_work import end_work

AFTER_READ = 90
UNREAD = 365
AFTER_CLOSED = 30
BATCH = 200


def erase(reply: Reply, *, actor: uuid.UUID | None) -> bool:
    """Erase pages and typed words for good; gives whether there was anything. The caller holds its lock."""
    if reply.body_erased_on is not None:
        return False
    session.execute(delete(ReplyPage).where(ReplyPage.reply_id == reply.id))
    drop_files(reply)
    end_work(reply, actor=actor)
    session.execute(delete(ReplyText).where(ReplyText.reply_id == reply.id))
    if reply.publication == PublicationState.ASKED:
        # What is shown stays: it is public. What nobody has approved yet goes with the rest.
        take_back(reply, Why.ERASED, actor=actor)
    reply.body_erased_on = clock.today()
    note(reply, "erased", actor=actor)
    if actor is not None:
        audit.record("reply.erase", actor=actor, about=f"reply:{reply.id}")
    return True


def erase_old(today: date) -> int:
    """Erase what is due on that day; gives how many answers."""
    closed = (
        select(func.max(ReplyEvent.happened_on))
        .where(ReplyEvent.reply_id == Reply.id, ReplyEvent.now == ReplyState.CLOSED)
        .scalar_subquery()
    )
    is_closed = Reply.state == ReplyState.CLOSED
    was_read = Reply.read_on <= today - timedelta(days=AFTER_READ)
    unread = Reply.read_on.is_(None) & (Reply.forwarded_on <= today - timedelta(days=UNREAD))
    due = was_read | unread | (is_closed & (closed <= today - timedelta(days=AFTER_CLOSED)))
    statement = (
        select(Reply).where(due, Reply.body_erased_on.is_(None)).order_by(Reply.number).limit(BATCH)
        .with_for_update(skip_locked=True).execution_options(populate_existing=True)
    )  # fmt: skip
    return sum(erase(reply, actor=None) for reply in session.scalars(statement).all())


def erased_on(reply: Reply) -> date | None:
    """The day on which the pages of an answer that was passed on go; None when they went, or nothing is due."""
    if reply.body_erased_on is not None or reply.forwarded_on is None:
        return None
    if reply.read_on is not None:
        return reply.read_on + timedelta(days=AFTER_READ)
    return reply.forwarded_on + timedelta(days=UNREAD)
