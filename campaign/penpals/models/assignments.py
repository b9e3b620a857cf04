"""Who writes to whom, from the proposal to the end."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of


class AssignmentState(StrEnum):
    """proposed > offered > accepted > active <> paused > ended; offered > declined | expired; proposed > withdrawn.

    A group is not asked: its assignment begins as active.
    """

    PROPOSED = "proposed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    """Accepted, and no letter yet."""
    ACTIVE = "active"
    PAUSED = "paused"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


LIVE = frozenset(
    {
        AssignmentState.PROPOSED,
        AssignmentState.OFFERED,
        AssignmentState.ACCEPTED,
        AssignmentState.ACTIVE,
        AssignmentState.PAUSED,
    }
)
IS_LIVE = "state IN ('proposed', 'offered', 'accepted', 'active', 'paused')"


class Health(StrEnum):
    """How the promised rhythm is kept: at risk after one and a half times it, lapsed after two and a half times.

    What has lapsed keeps its pair, and the writer's place, but not the prisoner's: somebody else may be asked. A letter
    brings it back; when there is no room beside who came meanwhile, it ends.
    """

    FINE = "fine"
    AT_RISK = "at_risk"
    LAPSED = "lapsed"


class EndReason(StrEnum):
    """Why it ended; nobody is blamed."""

    RELEASED = "released"
    DIED = "died"
    TRANSFERRED_BLOCKED = "transferred_blocked"
    LOST_CONTACT = "lost_contact"
    MUTUAL = "mutual"
    SAFETY = "safety"
    CAPACITY = "capacity"
    LOST_INTEREST = "lost_interest"
    WRITER_LEFT = "writer_left"
    GROUP_CLOSED = "group_closed"
    PAGE_WITHDRAWN = "page_withdrawn"
    OTHER = "other"


class Mark(StrEnum):
    """What an event says that changes no state; its `reason`."""

    LETTER = "letter"
    """With what stood there before, as queries/noted.py writes it."""
    LETTER_TAKEN_BACK = "letter_taken_back"
    HELD = "held"
    FREED = "freed"
    AT_RISK = "at_risk"
    LAPSED = "lapsed"
    TAKEN_UP = "taken_up"
    """A question was taken back, since whoever had lapsed has written again."""
    REMINDED = "reminded"
    UNDONE = "undone"
    SUCCESSOR_ASKED = "successor_asked"
    SUCCESSOR_SETTLED = "successor_settled"
    ANOTHER_ASKED = "another_asked"
    """The writer would like to write to somebody else."""


class Assignment(Base):
    """A prisoner given to a group, to a writer of a group, or to a writer on their own."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint(one_of("state", AssignmentState), name="state_known"),
        CheckConstraint(one_of("health", Health), name="health_known"),
        CheckConstraint("end_reason IS NULL OR " + one_of("end_reason", EndReason), name="end_reason_known"),
        CheckConstraint("volunteer_id IS NOT NULL OR group_id IS NOT NULL", name="to_somebody"),
        CheckConstraint("state <> 'offered' OR answer_by IS NOT NULL", name="offered_until_a_day"),
        CheckConstraint(f"({IS_LIVE}) = (ended_on IS NULL)", name="ended_when_over"),
        CheckConstraint("(state = 'ended') = (end_reason IS NOT NULL)", name="ended_with_reason"),
        CheckConstraint("volunteer_id IS NULL OR promise_days IS NOT NULL", name="writer_promises"),
        # No double assignment: a prisoner is with one group, and with one writer once.
        Index(
            "uq_assignment_writer", "volunteer_id", "prisoner_id", unique=True,
            postgresql_where=text(f"volunteer_id IS NOT NULL AND {IS_LIVE}"),
        ),
        Index(
            "uq_assignment_group", "prisoner_id", unique=True,
            postgresql_where=text(f"volunteer_id IS NULL AND {IS_LIVE}"),
        ),
        Index("ix_assignment_prisoner_id", "prisoner_id"),
        Index("ix_assignment_group_id", "group_id"),
        Index("ix_assignment_answer_by", "answer_by", postgresql_where=text("state = 'offered'")),
        Index("ix_assignment_due", "next_letter_on", postgresql_where=text("state IN ('accepted', 'active')")),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    """None: the group as a whole."""
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pen_group.id", ondelete="CASCADE"))
    state: Mapped[str]
    health: Mapped[str] = mapped_column(default=Health.FINE)
    promise_days: Mapped[int | None]
    """The rhythm promised when it was made."""
    offered_on: Mapped[date | None]
    answer_by: Mapped[date | None]
    accepted_on: Mapped[date | None]
    last_letter_on: Mapped[date | None]
    next_letter_on: Mapped[date | None]
    """The day by which the next letter is promised; None while paused, held or not accepted."""
    held_since_on: Mapped[date | None]
    """On the way, or where nobody knows: nothing is due and no offer runs out."""
    paused_until: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]
    successor_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assignment.id", ondelete="SET NULL"))
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("match_run.id", ondelete="SET NULL"))
    created_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def is_live(self) -> bool:
        """Whether it holds a place of the writer."""
        return self.state in LIVE

    @property
    def holds_place(self) -> bool:
        """Whether it holds a place of the prisoner as well."""
        return self.is_live and self.health != Health.LAPSED


class AssignmentEvent(Base):
    """One step of an assignment. Append-only."""

    __tablename__ = "assignment_event"
    __table_args__ = (
        CheckConstraint(one_of("now", AssignmentState), name="now_known"),
        Index("ix_assignment_event_assignment_id", "assignment_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    was: Mapped[str]
    """Empty when it was made."""
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")

    @property
    def code(self) -> str:
        """The reason without what it remembers."""
        return self.reason.split(" ", 1)[0]


class PairBlock(Base):
    """Two that must not be brought together (again): a refusal that is remembered, or a matter of safety."""

    __tablename__ = "pair_block"
    __table_args__ = (
        CheckConstraint("num_nonnulls(volunteer_id, group_id) = 1", name="one_side"),
        CheckConstraint("reason <> ''", name="has_reason"),
        Index(
            "uq_pair_block", "prisoner_id", "volunteer_id", "group_id", unique=True, postgresql_nulls_not_distinct=True
        ),
        Index("ix_pair_block_volunteer_id", "volunteer_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pen_group.id", ondelete="CASCADE"))
    reason: Mapped[str]
    blocked_by: Mapped[uuid.UUID | None]
    blocked_on: Mapped[date]
