"""Opaque addresses go with whom they stand for."""

import uuid

from sqlalchemy import delete, func, select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry import PersonEraser, person_erasers
from campaign.mailings.models import ShortLink


def count(prisoner_id: uuid.UUID) -> int:
    """Whether mails have an address for somebody."""
    return session.scalar(select(func.count()).where(ShortLink.subject_id == prisoner_id)) or 0


def erase(prisoner_id: uuid.UUID) -> int:
    """Take it away: links in mails that have left lead nowhere."""
    gone = delete(ShortLink).where(ShortLink.subject_id == prisoner_id).returning(ShortLink.alias)
    return len(session.execute(gone).all())


LINKS = PersonEraser(N_("Opaque addresses in mailings that lead nowhere: %(count)s"), count, erase)


def register() -> None:
    """Fill the registry."""
    person_erasers.register("short-links", LINKS)
