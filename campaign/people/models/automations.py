"""Automations: rules that do something when something happened, what they would do, and what they did to whom."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of

LONGEST_RULE_TITLE, MOST_WAIT, MOST_BACK, MOST_A_DAY = 80, 90, 30, 1_000


class AutomationState(StrEnum):
    """draft > on <> off."""

    DRAFT = "draft"
    ON = "on"
    OFF = "off"


class OffReason(StrEnum):
    """Why one is off: a person, or what the platform found by itself."""

    BY_HAND = "by_hand"
    EDITED = "edited"
    ROLE_LOST = "role_lost"
    SEGMENT_GONE = "segment_gone"
    SEGMENT_CHANGED = "segment_changed"
    SEGMENT_BROKEN = "segment_broken"
    TOO_SLOW = "too_slow"
    OCCASION_GONE = "occasion_gone"
    ACT_GONE = "act_gone"


BY_PERSON = frozenset({OffReason.BY_HAND, OffReason.EDITED})


class Automation(Base):
    """When something happened, and if somebody is in a segment, then do something. Nobody's id stands in it."""

    __tablename__ = "automation"
    __table_args__ = (
        CheckConstraint(one_of("state", AutomationState), name="state_known"),
        CheckConstraint(f"off_reason = '' OR {one_of('off_reason', OffReason)}", name="off_reason_known"),
        CheckConstraint(f"title <> '' AND length(title) <= {LONGEST_RULE_TITLE}", name="title_length"),
        CheckConstraint(f"wait_days BETWEEN 0 AND {MOST_WAIT}", name="wait_in_range"),
        CheckConstraint(f"back_days BETWEEN 0 AND {MOST_BACK}", name="back_in_range"),
        CheckConstraint(f"most_a_day BETWEEN 1 AND {MOST_A_DAY}", name="most_in_range"),
        CheckConstraint("state <> 'on' OR (on_by IS NOT NULL AND on_since IS NOT NULL)", name="on_by_somebody"),
        CheckConstraint("state <> 'on' OR deleted_on IS NULL", name="deleted_is_off"),
        Index("ix_automation_segment_id", "segment_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default=AutomationState.DRAFT)
    trigger: Mapped[str]
    """A name of `automation_triggers`."""
    trigger_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    needs_segment: Mapped[bool] = mapped_column(default=False)
    segment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("segment.id", ondelete="SET NULL"))
    act: Mapped[str]
    """A name of `automation_acts`."""
    act_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    wait_days: Mapped[int] = mapped_column(default=0)
    back_days: Mapped[int] = mapped_column(default=0)
    """Also for what happened in so many days before it was turned on."""
    most_a_day: Mapped[int] = mapped_column(default=50)
    tree: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The steps of the segment as they were at the dry run after which it was turned on."""
    on_by: Mapped[uuid.UUID | None]
    """In whose name and with whose rights it acts."""
    on_since: Mapped[date | None]
    off_reason: Mapped[str] = mapped_column(default="")
    off_on: Mapped[date | None]
    off_by: Mapped[uuid.UUID | None]
    """None: it went off by itself."""
    last_run_at: Mapped[datetime | None]
    seen_deed_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Up to which line staff have looked at whom it told them about."""
    deleted_on: Mapped[date | None]
    """Shown no more; it goes with its last line."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    """Counts what was saved, not what it does: a dry run is of one version."""


class HistoryKind(StrEnum):
    """What was done with a rule itself."""

    SAVED = "saved"
    DRY_RUN = "dry_run"
    ON = "on"
    OFF = "off"
    DELETED = "deleted"


class AutomationStep(Base):
    """One line of a rule's own history. Append-only."""

    __tablename__ = "automation_step"
    __table_args__ = (
        CheckConstraint(one_of("kind", HistoryKind), name="kind_known"),
        Index("ix_automation_step_automation_id", "automation_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    automation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("automation.id", ondelete="CASCADE"))
    kind: Mapped[str]
    version: Mapped[int]
    rule: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What was saved; None for every other step."""
    reason: Mapped[str] = mapped_column(default="")
    actor_id: Mapped[uuid.UUID | None]
    """None: by itself."""
    happened_on: Mapped[date]


class DryRunState(StrEnum):
    """waiting > done | failed."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class AutomationDryRun(Base):
    """What one version would do, computed for one person; it changes nobody. Kept for thirty days."""

    __tablename__ = "automation_dry_run"
    __table_args__ = (
        CheckConstraint(one_of("state", DryRunState), name="state_known"),
        Index("ix_automation_dry_run_automation_id", "automation_id", "asked_at"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    automation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("automation.id", ondelete="CASCADE"))
    version: Mapped[int]
    made_by: Mapped[uuid.UUID]
    state: Mapped[str] = mapped_column(default=DryRunState.WAITING)
    error: Mapped[str] = mapped_column(default="")
    """A word of OffReason."""
    days: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """One a day, the oldest first: {"day", "amount"}."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By outcome, how many occasions; "now": how many people if it were turned on at that moment."""
    tree: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Outcome(StrEnum):
    """What a dry run says of one occasion."""

    MET = "met"
    ALREADY = "already"
    """It is so already."""
    CONDITION = "condition"
    """They are not in the segment."""
    REFUSED = "refused"
    """Not now, for a reason of the act's: a cool-down, no consent."""
    LIMIT = "limit"
    """The daily limit left no room for so long that it lapsed."""


class AutomationDryLine(Base):
    """One occasion that a dry run looked at."""

    __tablename__ = "automation_dry_line"
    __table_args__ = (
        CheckConstraint(one_of("outcome", Outcome), name="outcome_known"),
        UniqueConstraint("dry_run_id", "person_id", "occasion_on"),
        Index("ix_automation_dry_line_person_id", "person_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    dry_run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("automation_dry_run.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    occasion_on: Mapped[date]
    due_on: Mapped[date]
    outcome: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    is_now: Mapped[bool] = mapped_column(default=False)


class DeedState(StrEnum):
    """done > undone; unchanged; failed > done, three times at most."""

    DONE = "done"
    UNCHANGED = "unchanged"
    """It was so already."""
    FAILED = "failed"
    UNDONE = "undone"


class AutomationDeed(Base):
    """What an automation did to somebody on one occasion: once, however often a job runs. Days, never minutes."""

    __tablename__ = "automation_deed"
    __table_args__ = (
        UniqueConstraint("automation_id", "person_id", "occasion_on"),
        CheckConstraint(one_of("state", DeedState), name="state_known"),
        CheckConstraint("(state = 'undone') = (undone_on IS NOT NULL)", name="undone_on_a_day"),
        Index("ix_automation_deed_person_id", "person_id"),
        Index("ix_automation_deed_acted_on", "automation_id", "acted_on"),
        Index("ix_automation_deed_round", "round", "person_id"),
        Index("ix_automation_deed_failed", "automation_id", postgresql_where=text("state = 'failed'")),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    automation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("automation.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    occasion_on: Mapped[date]
    version: Mapped[int]
    act: Mapped[str]
    act_values: Mapped[dict[str, Any]]
    """As the rule said on that day, so that it can be told and taken back when the rule has changed."""
    state: Mapped[str]
    memory: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    attempts: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(default="")
    """Why it failed."""
    round: Mapped[int] = mapped_column(BigInteger)
    """A number drawn for each hourly run: within one, nobody is met by two automations, so that none starts another."""
    acted_on: Mapped[date]
    undone_on: Mapped[date | None]
    undone_by: Mapped[uuid.UUID | None]
