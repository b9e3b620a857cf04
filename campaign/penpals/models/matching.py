"""Runs of the matching, what each proposed, and who stayed without."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of


class MatchLevel(StrEnum):
    """What is matched with whom."""

    GROUPS = "groups"
    """Prisoners to groups."""
    WRITERS = "writers"
    """Writers to prisoners, within their group or on their own."""


class RunState(StrEnum):
    """waiting > running > ready > closed; waiting, running > cancelled | failed."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ProposalState(StrEnum):
    """open > accepted | refused | overtaken (something changed since, and the line says what)."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"


class MatchRun(Base):
    """One run: its input, its seed, how far it is, and what came of it in figures."""

    __tablename__ = "match_run"
    __table_args__ = (
        CheckConstraint(one_of("level", MatchLevel), name="level_known"),
        CheckConstraint(one_of("state", RunState), name="state_known"),
        CheckConstraint("done >= 0 AND total >= 0", name="progress_in_range"),
        # Two runs of one level at the same time would propose the same places twice.
        Index("uq_match_run_at_work", "level", unique=True, postgresql_where=text("state IN ('waiting', 'running')")),
        Index("ix_match_run_asked_at", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    level: Mapped[str]
    state: Mapped[str] = mapped_column(default=RunState.WAITING)
    seed: Mapped[int] = mapped_column(BigInteger)
    settings: Mapped[dict[str, Any]]
    """The weights and limits it ran with."""
    input_digest: Mapped[str] = mapped_column(default="")
    """SHA-256 of what it read: the same digest, settings and seed give the same proposals."""
    stage: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Counts, and attention before and after, as the pages show them."""
    problem: Mapped[str] = mapped_column(default="")
    """Why it failed: a code."""
    follows_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("match_run.id", ondelete="SET NULL"))
    """The run whose pins it kept."""
    asked_by: Mapped[uuid.UUID | None]
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class MatchProposal(Base):
    """One line of a proposal: this prisoner to this writer or group, and why."""

    __tablename__ = "match_proposal"
    __table_args__ = (
        CheckConstraint(one_of("state", ProposalState), name="state_known"),
        CheckConstraint("num_nonnulls(volunteer_id, group_id) >= 1", name="to_somebody"),
        CheckConstraint("(state = 'accepted') = (assignment_id IS NOT NULL)", name="accepted_makes_assignment"),
        Index(
            "uq_match_proposal_pair", "run_id", "prisoner_id", "volunteer_id", "group_id", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_match_proposal_rank", "run_id", "rank"),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("match_run.id", ondelete="CASCADE"))
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    """None on the level of groups."""
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pen_group.id", ondelete="CASCADE"))
    rank: Mapped[int]
    """Place in the list, whose attention is least first."""
    reasons: Mapped[dict[str, Any]]
    """Codes with their figures: {"never_written": {}, "shared_language": {"language": "ru"}}; in the order of weight by
    the code, since JSONB keeps none."""
    is_pinned: Mapped[bool] = mapped_column(default=False)
    is_added: Mapped[bool] = mapped_column(default=False)
    """Put in by a person instead of the solver."""
    state: Mapped[str] = mapped_column(default=ProposalState.OPEN)
    note: Mapped[str] = mapped_column(default="")
    """Why it was refused, or what overtook it (a code)."""
    decided_by: Mapped[uuid.UUID | None]
    assignment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))


class MatchUnplaced(Base):
    """A prisoner who stays below the floor after a run, and which condition was to blame."""

    __tablename__ = "match_unplaced"
    __table_args__ = (CheckConstraint("shortfall > 0", name="short_of_something"),)

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("match_run.id", ondelete="CASCADE"), primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), primary_key=True)
    shortfall: Mapped[int]
    """Quarters of a letter below the floor."""
    blame: Mapped[dict[str, Any]]
    """How many otherwise possible writers or groups each condition ruled out, by its code."""
