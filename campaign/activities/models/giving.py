"""Many tasks from one form: one for each of many people, or one again and again by a rule."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.activities.models.tasks import TaskKind
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.people.models import MOST_TRUST, Skill

GIVING_TITLE, GIVING_DETAILS = Field("task_giving", "title_sealed"), Field("task_giving", "details_sealed")
TEMPLATE_TITLE, TEMPLATE_DETAILS = Field("task_template", "title_sealed"), Field("task_template", "details_sealed")
MOST_GAP, MOST_EVERY, MOST_DUE_IN = 365, 60, 90


class GivingState(StrEnum):
    """running > done > undoing > undone."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class GivenOutcome(StrEnum):
    """What a giving came to for one person; all but the first two: left out, and why."""

    WAITING = ""
    GIVEN = "given"
    NO_WAY = "no_way"
    """We may write to them nowhere."""
    REFUSED = "refused"
    """They asked not to be asked for this kind."""
    RESTING = "resting"
    """They want to be asked for nothing for a while."""
    HAS_ONE = "has_one"
    ASKED = "asked"
    """Asked for something in the last days."""


class TaskGiving(Base):
    """One task for each of many people: what it says, how far it is, and whether it was taken back."""

    __tablename__ = "task_giving"
    __table_args__ = (
        CheckConstraint(one_of("kind", TaskKind), name="kind_known"),
        CheckConstraint(one_of("state", GivingState), name="state_known"),
        CheckConstraint(f"skill = '' OR {one_of('skill', Skill)}", name="skill_known"),
        CheckConstraint(f"gap BETWEEN 0 AND {MOST_GAP}", name="gap_in_range"),
        Index("ix_task_giving_made_at", "made_at"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title_sealed: Mapped[bytes]
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    group_id: Mapped[uuid.UUID | None]
    skill: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    gap: Mapped[int]
    """Who was asked for anything in so many days is left out; 0: nobody is for that."""
    freeze_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("segment_freeze.id", ondelete="SET NULL"))
    """The use of the segment that it was given to."""
    state: Mapped[str] = mapped_column(default=GivingState.RUNNING)
    amount: Mapped[int]
    """How many people it is about, left out or not."""
    made_by: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    undone_by: Mapped[uuid.UUID | None]
    undone_at: Mapped[datetime | None]


class TaskGivingPerson(Base):
    """One whom a giving is about."""

    __tablename__ = "task_giving_person"
    __table_args__ = (
        CheckConstraint(one_of("outcome", GivenOutcome), name="outcome_known"),
        Index("ix_task_giving_person_person_id", "person_id"),
        {"info": SUPPORTER},
    )

    giving_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task_giving.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    is_done: Mapped[bool] = mapped_column(default=False)
    """Whether the giving, and later its undoing, has come to this person."""
    outcome: Mapped[str] = mapped_column(default=GivenOutcome.WAITING)


class RuleUnit(StrEnum):
    """Every so many of what a task comes again."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class TemplateState(StrEnum):
    """active <> paused; any > ended, which is final."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class TaskTemplate(Base):
    """A task that comes again and again. Its row's lock guards that each occurrence is made once."""

    __tablename__ = "task_template"
    __table_args__ = (
        CheckConstraint(one_of("kind", TaskKind), name="kind_known"),
        CheckConstraint(one_of("unit", RuleUnit), name="unit_known"),
        CheckConstraint(one_of("state", TemplateState), name="state_known"),
        CheckConstraint(f"skill = '' OR {one_of('skill', Skill)}", name="skill_known"),
        CheckConstraint(f"trust BETWEEN 0 AND {MOST_TRUST}", name="trust_in_range"),
        CheckConstraint(f"every BETWEEN 1 AND {MOST_EVERY}", name="every_in_range"),
        CheckConstraint(f"due_in BETWEEN 0 AND {MOST_DUE_IN}", name="due_in_range"),
        CheckConstraint("(unit = 'weeks') = (weekday IS NOT NULL)", name="weeks_have_weekday"),
        CheckConstraint("(unit = 'months') = (month_day IS NOT NULL)", name="months_have_day"),
        CheckConstraint("weekday BETWEEN 0 AND 6 AND month_day BETWEEN 1 AND 31", name="days_in_range"),
        CheckConstraint("(state = 'ended') = (next_on IS NULL)", name="ended_without_next"),
        Index("ix_task_template_next_on", "next_on", postgresql_where=text("state = 'active'")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title_sealed: Mapped[bytes]
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    subject_kind: Mapped[str] = mapped_column(default="", server_default="")
    subject_id: Mapped[uuid.UUID | None]
    """Never a person: what comes again about somebody does not outlive them."""
    from_language: Mapped[str] = mapped_column(default="")
    to_language: Mapped[str] = mapped_column(default="")
    skill: Mapped[str] = mapped_column(default="")
    trust: Mapped[int] = mapped_column(default=1)
    group_id: Mapped[uuid.UUID | None]
    every: Mapped[int]
    unit: Mapped[str]
    weekday: Mapped[int | None]
    """0: Monday."""
    month_day: Mapped[int | None]
    """The last day of a month that has no such day."""
    starts_on: Mapped[date]
    until_on: Mapped[date | None]
    due_in: Mapped[int]
    """So many days after it is made it is due."""
    state: Mapped[str] = mapped_column(default=TemplateState.ACTIVE)
    next_on: Mapped[date | None]
    created_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
