"""What lists of people need besides the people: views that were saved, and acts on many with how it was before."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of

LONGEST_TITLE = 60


class PeopleView(Base):
    """A list with its filters, order and columns, under a title. What was searched for is never part of it."""

    __tablename__ = "people_view"
    __table_args__ = (
        CheckConstraint(f"title <> '' AND length(title) <= {LONGEST_TITLE}", name="title_length"),
        CheckConstraint("NOT query ?| ARRAY['q', 'find']", name="without_search"),
        Index("uq_people_view_title", "owner_id", text("lower(title)"), unique=True),
        Index("uq_people_view_default", "owner_id", unique=True, postgresql_where=text("is_default")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    title: Mapped[str]
    query: Mapped[dict[str, Any]]
    """The parameters of its address, text by text."""
    is_shared: Mapped[bool] = mapped_column(default=False)
    is_default: Mapped[bool] = mapped_column(default=False)
    """What its owner sees who opens the list without saying more."""
    created_on: Mapped[date]


class BulkKind(StrEnum):
    """What can be done to many people at once. Forgetting them is not among it."""

    ADD_TAG = "add_tag"
    TAKE_TAG = "take_tag"
    SET_FIELD = "set_field"
    END_CONSENT = "end_consent"


class BulkState(StrEnum):
    """running > done > undoing > undone."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class BulkAct(Base):
    """One act on many people: who did what to how many, and when; kept for thirty days."""

    __tablename__ = "bulk_act"
    __table_args__ = (
        CheckConstraint(one_of("kind", BulkKind), name="kind_known"),
        CheckConstraint(one_of("state", BulkState), name="state_known"),
        CheckConstraint("changed BETWEEN 0 AND amount AND restored BETWEEN 0 AND changed", name="counts_fit"),
        Index("ix_bulk_act_made_at", "made_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    what: Mapped[dict[str, Any]]
    """By kind: the tag, the field with its value, or the purpose, each with its words of that day."""
    state: Mapped[str] = mapped_column(default=BulkState.RUNNING)
    amount: Mapped[int]
    """How many people it was about."""
    changed: Mapped[int] = mapped_column(default=0)
    """How many of them it changed: of the others it was so already."""
    restored: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    undone_by: Mapped[uuid.UUID | None]
    undone_at: Mapped[datetime | None]


class BulkActPerson(Base):
    """One whom such an act is about, and how it was before."""

    __tablename__ = "bulk_act_person"
    __table_args__ = (Index("ix_bulk_act_person_person_id", "person_id"), {"info": SUPPORTER})

    act_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bulk_act.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    is_done: Mapped[bool] = mapped_column(default=False)
    """Whether the act, and later its undoing, has come to this person."""
    was: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """None: it was so already, or the act has not come here yet."""
