"""In which of its languages a mailing comes to somebody."""

from collections.abc import Collection

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.mailings.models import Mailing, MailingText


def written_in(mailing: Mailing) -> frozenset[str]:
    """The languages in which it has both a subject and a text."""
    whole = (MailingText.subject != "", MailingText.body != "")
    found = session.scalars(select(MailingText.language).where(MailingText.mailing_id == mailing.id, *whole))
    return frozenset(found)


def language_for(written: Collection[str], own: str, fallback: str) -> str | None:
    """Their own language, else the one that the mailing chose for everybody else; None where it is written in neither,
    and they get nothing."""
    return own if own in written else fallback if fallback in written else None
