"""Tables of activities."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.activities.models.calls import (
    ALIVE,
    LONGEST_CALL_TITLE,
    LONGEST_OUTCOME,
    LONGEST_PURPOSE,
    LONGEST_SCRIPT,
    MOST_ATTEMPTS,
    MOST_OUTCOMES,
    NOT_OWN,
    NOT_REACHED,
    CallAttempt,
    CallEntry,
    CallFill,
    CallList,
    CallListEvent,
    CallListState,
    EntryState,
    Outcome,
)
from campaign.activities.models.giving import (
    GivenOutcome,
    GivingState,
    RuleUnit,
    TaskGiving,
    TaskGivingPerson,
    TaskTemplate,
    TemplateState,
)
from campaign.activities.models.signups import (
    EMAIL,
    LIVE,
    NAME,
    SCOPE,
    TAKING,
    VENUE,
    Attendance,
    EventShift,
    EventSignup,
    EventSignupStep,
    SignupState,
)
from campaign.activities.models.tasks import (
    LETTER_KINDS,
    OPEN_TASKS,
    OfferAnswer,
    Task,
    TaskEvent,
    TaskKind,
    TaskOffer,
    TaskOutcome,
    TaskRefusal,
    TaskState,
)
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.kernel.languages import KNOWN_LANGUAGE

__all__ = [
    "ALIVE",
    "EMAIL",
    "LETTER_KINDS",
    "LIVE",
    "LONGEST_CALL_TITLE",
    "LONGEST_OUTCOME",
    "LONGEST_PURPOSE",
    "LONGEST_SCRIPT",
    "MOST_ATTEMPTS",
    "MOST_OUTCOMES",
    "NAME",
    "NOT_OWN",
    "NOT_REACHED",
    "OPEN_TASKS",
    "SCOPE",
    "TAKING",
    "VENUE",
    "Attendance",
    "CallAttempt",
    "CallEntry",
    "CallFill",
    "CallList",
    "CallListEvent",
    "CallListState",
    "EntryState",
    "Event",
    "EventKind",
    "EventShift",
    "EventSignup",
    "EventSignupStep",
    "EventState",
    "GivenOutcome",
    "GivingState",
    "OfferAnswer",
    "Outcome",
    "RuleUnit",
    "SignupState",
    "Task",
    "TaskEvent",
    "TaskGiving",
    "TaskGivingPerson",
    "TaskKind",
    "TaskOffer",
    "TaskOutcome",
    "TaskRefusal",
    "TaskState",
    "TaskTemplate",
    "TemplateState",
]  # fmt: skip


class EventKind(StrEnum):
    """What people come together for."""

    LETTER_EVENING = "letter_evening"
    HEARING = "hearing"
    VIGIL = "vigil"
    TRAINING = "training"


class EventState(StrEnum):
    """planned > held | cancelled."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Event(Base):
    """One meeting on one day. Who signed up stands in event_signup and is erased 30 days after it."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint(one_of("kind", EventKind), name="kind_known"),
        CheckConstraint(one_of("state", EventState), name="state_known"),
        CheckConstraint("title <> ''", name="has_title"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug_shape"),
        CheckConstraint(KNOWN_LANGUAGE, name="language_known"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL) AND starts_at <= ends_at", name="ends_after_start"),
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
    """The day it begins, where it is held."""
    starts_at: Mapped[datetime | None]
    """None: the hour is not said."""
    ends_at: Mapped[datetime | None]
    timezone: Mapped[str] = mapped_column(default="Europe/Berlin", server_default="Europe/Berlin")
    """Of the place; times are shown in it."""
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    """Which is spoken there."""
    about: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Markdown by language."""
    venue_sealed: Mapped[bytes | None] = mapped_column(info=SUPPORTER)
    """The exact place; where it is not public, only those who have a place are told."""
    is_venue_public: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    is_public: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    group_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The group that holds it; no foreign key, since activities knows no groups."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
