"""Pen-pal groups: who belongs to one, what they tell each other, whose turn it is."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

SCOPE = "penpals"
MESSAGE = Field("group_message", "body_sealed")
LEAST_LEADS = 2


class GroupKind(StrEnum):
    """What holds a group together."""

    PENPAL = "penpal"
    REGIONAL = "regional"
    EVENT = "event"


class GroupState(StrEnum):
    """open <> closed; a closed group takes nobody and holds nobody."""

    OPEN = "open"
    CLOSED = "closed"


class MemberRole(StrEnum):
    """What a member does in a group."""

    LEAD = "lead"
    MODERATOR = "moderator"
    WRITER = "writer"
    OBSERVER = "observer"


class TurnState(StrEnum):
    """scheduled > written | skipped | reassigned."""

    SCHEDULED = "scheduled"
    WRITTEN = "written"
    SKIPPED = "skipped"
    REASSIGNED = "reassigned"


class Group(Base):
    """People who write together to some prisoners."""

    __tablename__ = "pen_group"
    __table_args__ = (
        CheckConstraint(one_of("kind", GroupKind), name="kind_known"),
        CheckConstraint(one_of("state", GroupState), name="state_known"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug_shape"),
        CheckConstraint("capacity BETWEEN 0 AND 200", name="capacity_in_range"),
        CheckConstraint("turn_days BETWEEN 7 AND 180", name="turn_days_in_range"),
        CheckConstraint("names ? 'en' OR names ? 'ru'", name="has_name"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=GroupState.OPEN)
    names: Mapped[dict[str, Any]]
    """By language."""
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the public page says, Markdown by language; never who belongs to it."""
    is_public: Mapped[bool] = mapped_column(default=False)
    languages: Mapped[list[str]] = mapped_column(default=list)
    """ISO 639-1, those the group writes."""
    channels: Mapped[list[str]] = mapped_column(default=list)
    """Words of WriterChannel."""
    capacity: Mapped[int]
    """Prisoners at most; a trigger keeps new assignments within it."""
    turn_days: Mapped[int] = mapped_column(default=30)
    """A letter in so many days to each of its prisoners, the members taking turns."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    def name_in(self, language: str) -> str:
        """The name in `language`, else in English, else in Russian."""
        return str(self.names.get(language) or self.names.get("en") or self.names["ru"])


class GroupMember(Base):
    """One volunteer's time in a group; who left is kept as a row until the volunteer goes."""

    __tablename__ = "group_member"
    __table_args__ = (
        CheckConstraint(one_of("role", MemberRole), name="role_known"),
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="leaves_after_joining"),
        Index(
            "uq_group_member_current", "group_id", "volunteer_id", unique=True, postgresql_where=text("left_on IS NULL")
        ),
        Index("ix_group_member_volunteer_id", "volunteer_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pen_group.id", ondelete="CASCADE"))
    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    role: Mapped[str]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    reads_after: Mapped[int] = mapped_column(default=0)
    """The group's newest message when they joined: a newcomer sees no history, and a day alone would show some."""


class GroupInvitation(Base):
    """A link into a group: used once, 72 hours, listed, revocable (SAFETY.md 16)."""

    __tablename__ = "group_invitation"
    __table_args__ = (
        CheckConstraint(one_of("role", MemberRole), name="role_known"),
        CheckConstraint("length(token_digest) = 32", name="digest_length"),
        CheckConstraint("used_on IS NULL OR revoked_on IS NULL", name="one_end"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pen_group.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[uuid.UUID | None]
    invited_on: Mapped[date]
    expires_at: Mapped[datetime]
    used_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="SET NULL"))
    used_on: Mapped[date | None]
    revoked_on: Mapped[date | None]


class GroupMessage(Base):
    """One entry of the thread that a group keeps on one of its prisoners. A newcomer sees those since they joined."""

    __tablename__ = "group_message"
    __table_args__ = (
        Index("ix_group_message_thread", "group_id", "prisoner_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    """What the text is sealed to."""
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pen_group.id", ondelete="CASCADE"))
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="SET NULL"))
    body_sealed: Mapped[bytes]
    written_on: Mapped[date]


class GroupTurn(Base):
    """Whose turn it is to write to one of a group's prisoners, and by when."""

    __tablename__ = "group_turn"
    __table_args__ = (
        CheckConstraint(one_of("state", TurnState), name="state_known"),
        CheckConstraint("(state = 'scheduled') = (done_on IS NULL)", name="done_when_over"),
        # One turn at a time for each prisoner of a group.
        Index(
            "uq_group_turn_scheduled", "assignment_id", unique=True, postgresql_where=text("state = 'scheduled'")
        ),
        Index("ix_group_turn_due", "due_on", postgresql_where=text("state = 'scheduled'")),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"), index=True)
    """The group's assignment."""
    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"), index=True)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=TurnState.SCHEDULED)
    reminded_on: Mapped[date | None]
    done_on: Mapped[date | None]
