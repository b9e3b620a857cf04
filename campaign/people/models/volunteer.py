"""Volunteers: people who help under a pseudonym, and their way from the offer to the leaving."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of


class VolunteerState(StrEnum):
    """applied > screening > probation > active <> paused > inactive > left; left is final."""

    APPLIED = "applied"
    SCREENING = "screening"
    PROBATION = "probation"
    ACTIVE = "active"
    PAUSED = "paused"
    INACTIVE = "inactive"
    LEFT = "left"


# Who may be given somebody to write to.
AT_WORK = frozenset({VolunteerState.PROBATION, VolunteerState.ACTIVE})
MOST_TRUST = 2


class Volunteer(Base):
    """Someone who helps, under a pseudonym and an account of their own; an address is theirs to give (accounts)."""

    __tablename__ = "volunteer"
    __table_args__ = (
        CheckConstraint(one_of("state", VolunteerState), name="state_known"),
        CheckConstraint(f"trust BETWEEN 0 AND {MOST_TRUST}", name="trust_in_range"),
        CheckConstraint("pseudonym <> '' AND length(pseudonym) <= 40", name="pseudonym_length"),
        CheckConstraint("(state = 'left') = (account_id IS NULL)", name="left_without_account"),
        Index("ix_volunteer_state", "state"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="RESTRICT"), unique=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), unique=True)
    """The CRM record, where there is one."""
    pseudonym: Mapped[str]
    state: Mapped[str] = mapped_column(default=VolunteerState.APPLIED)
    trust: Mapped[int] = mapped_column(default=0)
    """0: new; 1: known; 2: may write to people for whom a careless letter is a danger. Set by coordinators."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    applied_on: Mapped[date]
    state_since_on: Mapped[date]
    seen_on: Mapped[date | None]
    """The last day on which they signed in or changed something; copied from their sessions, which are deleted."""
    warned_on: Mapped[date | None]
    """When they were told that they will count as gone; None once they were here again."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def is_at_work(self) -> bool:
        """Whether they may be given somebody to write to."""
        return self.state in AT_WORK


class VolunteerEvent(Base):
    """One step of a volunteer's way. Append-only."""

    __tablename__ = "volunteer_event"
    __table_args__ = (
        CheckConstraint(one_of("now", VolunteerState), name="now_known"),
        Index("ix_volunteer_event_volunteer_id", "volunteer_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    was: Mapped[str]
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    """The account that did it; None for what happens by itself."""
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
