"""What a writer can and wants to do, and what a prisoner needs of a writer."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.people.models import MOST_TRUST

MOST_CAPACITY = 20
SHORTEST_PROMISE, LONGEST_PROMISE = 7, 180


class WriterMode(StrEnum):
    """How somebody wants to write."""

    ONE_LETTER = "one_letter"
    PENPAL = "penpal"
    GROUP = "group"


class WriterChannel(StrEnum):
    """What a writer can do to send a letter."""

    PRINT_AND_POST = "print_and_post"
    E_LETTER_CARD = "e_letter_card"
    """Has a bank card that the e-letter services take."""
    HANDWRITING = "handwriting"


class WriterPlace(StrEnum):
    """All that is known of where a writer lives."""

    RUSSIA = "russia"
    OUTSIDE = "outside"


class WriterProfile(Base):
    """What one volunteer offers as a writer; theirs to change at any time."""

    __tablename__ = "writer_profile"
    __table_args__ = (
        CheckConstraint(one_of("mode", WriterMode), name="mode_known"),
        CheckConstraint(one_of("lives", WriterPlace), name="lives_known"),
        CheckConstraint(f"promise_days BETWEEN {SHORTEST_PROMISE} AND {LONGEST_PROMISE}", name="promise_in_range"),
        CheckConstraint(f"capacity BETWEEN 0 AND {MOST_CAPACITY}", name="capacity_in_range"),
        {"info": SUPPORTER},
    )

    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[str]
    lives: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(default=list)
    """ISO 639-1, those they write."""
    channels: Mapped[list[str]] = mapped_column(default=list)
    """Words of WriterChannel."""
    promise_days: Mapped[int]
    """One letter in so many days to each person they write to."""
    capacity: Mapped[int]
    """To how many people at most; a trigger keeps new assignments within it, what runs may stay above."""
    topics: Mapped[list[str]] = mapped_column(default=list)
    """Slugs of prisoners' interests."""
    avoids: Mapped[list[str]] = mapped_column(default=list)
    """Whom they would rather not write to: words of policy.AVOIDABLE."""
    risk_text: Mapped[str]
    """The version of what they were told about risk, and said they had read."""
    risk_read_on: Mapped[date]
    paused_until: Mapped[date | None]
    changed_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class PrisonerCare(Base):
    """What matching has to know of one prisoner beside the register; no row: the defaults."""

    __tablename__ = "prisoner_care"
    __table_args__ = (
        CheckConstraint(f"trust_needed BETWEEN 0 AND {MOST_TRUST}", name="trust_in_range"),
        CheckConstraint("most_writers BETWEEN 1 AND 50", name="most_writers_in_range"),
    )

    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), primary_key=True)
    trust_needed: Mapped[int] = mapped_column(default=0)
    is_risky_in_russia: Mapped[bool] = mapped_column(default=False)
    """Charged under something for which a writer in Russia could be followed up: only writers outside."""
    most_writers: Mapped[int] = mapped_column(default=5)
    is_broadcast_welcome: Mapped[bool] = mapped_column(default=True)
    changed_by: Mapped[uuid.UUID | None]
    changed_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
