"""Tables of activities."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.people.models import MOST_TRUST


class EventKind(StrEnum):
    """What people come together for."""

    LETTER_EVENING = "letter_evening"


class EventState(StrEnum):
    """planned > held | cancelled."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Event(Base):
    """One meeting on one day. Whoever comes is not recorded."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint(one_of("kind", EventKind), name="kind_known"),
        CheckConstraint(one_of("state", EventState), name="state_known"),
        CheckConstraint("title <> ''", name="has_title"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug_shape"),
        Index("ix_event_held_on", "held_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=EventState.PLANNED)
    title: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    """A town or a venue, as its hosts want it known."""
    held_on: Mapped[date]
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class TaskKind(StrEnum):
    """What somebody is asked to do."""

    TRANSLATE_LETTER = "translate_letter"
    TRANSCRIBE_REPLY = "transcribe_reply"
    TRANSLATE_REPLY = "translate_reply"


class TaskState(StrEnum):
    """open > claimed (until a day) > submitted > done | returned (until a day); both > open when their days run out."""

    OPEN = "open"
    CLAIMED = "claimed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN_TASKS = frozenset({TaskState.OPEN, TaskState.CLAIMED, TaskState.SUBMITTED, TaskState.RETURNED})


class Task(Base):
    """Something one volunteer can take on. What it is about belongs to another feature, which it names by id alone."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint(one_of("kind", TaskKind), name="kind_known"),
        CheckConstraint(one_of("state", TaskState), name="state_known"),
        CheckConstraint(f"trust BETWEEN 0 AND {MOST_TRUST}", name="trust_in_range"),
        # Whoever took it has it until a day, so that nothing lies with somebody who left.
        CheckConstraint("(state IN ('claimed', 'returned')) = (claimed_until IS NOT NULL)", name="claimed_until_a_day"),
        Index(
            "uq_task_open",
            "kind",
            "subject_id",
            "to_language",
            unique=True,
            postgresql_where=text("state IN ('open', 'claimed', 'submitted', 'returned')"),
        ),
        Index("ix_task_open", "kind", "created_on", postgresql_where=text("state = 'open'")),
        Index("ix_task_claimed_by", "claimed_by"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    """Of the letter or the answer; no foreign key, since activities knows neither."""
    state: Mapped[str] = mapped_column(default=TaskState.OPEN)
    from_language: Mapped[str] = mapped_column(default="")
    to_language: Mapped[str] = mapped_column(default="")
    trust: Mapped[int] = mapped_column(default=1)
    """How well somebody must be known to take it."""
    claimed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="SET NULL"))
    claimed_until: Mapped[date | None]
    due_on: Mapped[date | None]
    created_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    done_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
