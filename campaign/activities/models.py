"""Tables of activities."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base, one_of


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
