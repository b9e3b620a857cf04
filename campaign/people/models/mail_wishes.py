"""What somebody said about our mails: how often, and until which day none."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of

PETITION_NEWS = "petition-updates"
"""The purpose of a consent to news of one petition, its subject; petitions themselves are a feature above."""


class Topic(StrEnum):
    """What a mail that goes out under a consent is about; a link to unsubscribe ends one of these."""

    NEWS = "news"
    EVENTS = "events"
    ASKS = "asks"
    """Being asked for help; only while they agree to news."""
    PETITION = PETITION_NEWS
    """News of one petition."""
    ALL = "all"
    """Everything at once; the link that somebody without a mail at hand asks for."""


class MailRhythm(StrEnum):
    """How often somebody wants to be mailed, whatever about."""

    ANY = "any"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def days(self) -> int:
        """So many days lie between two mails, at least."""
        return {MailRhythm.ANY: 0, MailRhythm.WEEKLY: 7, MailRhythm.MONTHLY: 30}[self]


class MailWish(Base):
    """What somebody wished for; without a row mails come as they come."""

    __tablename__ = "mail_wish"
    __table_args__ = (
        CheckConstraint(one_of("rhythm", MailRhythm), name="rhythm_known"),
        CheckConstraint("mailed_on IS NULL OR rhythm <> 'any'", name="mailed_on_for_rhythm_alone"),
        {"info": SUPPORTER},
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    rhythm: Mapped[str] = mapped_column(default=MailRhythm.ANY)
    paused_until: Mapped[date | None]
    """The last day without mails."""
    mailed_on: Mapped[date | None]
    """The last day on which something was owed to them; kept of those alone who chose a rhythm."""
