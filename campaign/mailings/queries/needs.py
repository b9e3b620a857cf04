"""How many mailings want somebody's decision."""

import uuid

from sqlalchemy import ColumnElement, func, select

from campaign.kernel.db import session
from campaign.mailings.models import Mailing, MailingState


def count_approvable(actor: uuid.UUID) -> int:
    """Those that wait for a second person, which this one may be."""
    theirs = [column.is_distinct_from(actor) for column in (Mailing.written_by, Mailing.proposed_by)]
    return _count(Mailing.state == MailingState.PROPOSED, *theirs)


def count_paused() -> int:
    """Those that paused by themselves."""
    return _count(Mailing.state == MailingState.PAUSED, Mailing.paused_reason != "by_hand")


def _count(*conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Mailing).where(*conditions)) or 0
