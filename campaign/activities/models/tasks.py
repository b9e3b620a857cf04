"""Something that one person can take on, every step of it, and to whom it was offered.

Titles are sealed like the rest of a task's words: "call Anna's mother" is a name in the wrong hands. What can be
filtered by is plain: kind, skill, group, days, state.
"""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.people.models import MOST_TRUST, Skill

TITLE, DETAILS, ENDING = Field("task", "title_sealed"), Field("task", "details_sealed"), Field("task", "ending_sealed")
LONGEST_TASK_TITLE, LONGEST_TASK_DETAILS, LONGEST_ENDING = 120, 4_000, 2_000
MOST_MINUTES = 6_000


class TaskKind(StrEnum):
    """What somebody is asked to do."""

    TRANSLATE_LETTER = "translate_letter"
    TRANSCRIBE_REPLY = "transcribe_reply"
    TRANSLATE_REPLY = "translate_reply"
    CALL = "call"
    TRANSLATE = "translate"
    PRINT = "print"
    POST = "post"
    VERIFY_ADDRESS = "verify_address"
    VISIT_HEARING = "visit_hearing"
    OWN = "own"


LETTER_KINDS = frozenset({TaskKind.TRANSLATE_LETTER, TaskKind.TRANSCRIBE_REPLY, TaskKind.TRANSLATE_REPLY})
"""Made and done where the letter is; the board shows them and leaves them alone."""


class TaskState(StrEnum):
    """open > claimed (until a day) > submitted > done | returned (until a day); both > open when their days run out.

    Only work on letters is handed in and looked at; the rest is done when whoever has it says so.
    """

    OPEN = "open"
    CLAIMED = "claimed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN_TASKS = frozenset({TaskState.OPEN, TaskState.CLAIMED, TaskState.SUBMITTED, TaskState.RETURNED})


class TaskOutcome(StrEnum):
    """What came of a task that is done; empty while it is not, and of work on letters."""

    NONE = ""
    DONE = "done"
    PARTLY = "partly"
    IN_VAIN = "in_vain"


class Task(Base):
    """Something one person can take on. What it is about belongs to another feature, which it names by id alone.

    It lies with a volunteer (`claimed_by`), a staff account (`keeper_id`), or, where it is claimed and neither is set,
    with the person it was offered to (`person_id`), who has no account.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint(one_of("kind", TaskKind), name="kind_known"),
        CheckConstraint(one_of("state", TaskState), name="state_known"),
        CheckConstraint(one_of("outcome", TaskOutcome), name="outcome_known"),
        CheckConstraint(f"skill = '' OR {one_of('skill', Skill)}", name="skill_known"),
        CheckConstraint(f"trust BETWEEN 0 AND {MOST_TRUST}", name="trust_in_range"),
        CheckConstraint(f"minutes BETWEEN 0 AND {MOST_MINUTES}", name="minutes_in_range"),
        # Whoever took it has it until a day, so that nothing lies with somebody who left.
        CheckConstraint("(state IN ('claimed', 'returned')) = (claimed_until IS NOT NULL)", name="claimed_until_a_day"),
        CheckConstraint("(subject_kind = 'person') = (about_id IS NOT NULL)", name="person_by_key"),
        CheckConstraint("(template_id IS NULL) OR (occurs_on IS NOT NULL)", name="occurrence_has_day"),
        UniqueConstraint("template_id", "occurs_on"),
        Index(
            "uq_task_open",
            "kind",
            "subject_id",
            "to_language",
            unique=True,
            postgresql_where=text(
                "state IN ('open', 'claimed', 'submitted', 'returned')"
                " AND kind IN ('translate_letter', 'transcribe_reply', 'translate_reply')"
            ),
        ),
        Index("ix_task_open", "kind", "created_on", postgresql_where=text("state = 'open'")),
        Index("ix_task_claimed_by", "claimed_by"),
        Index("ix_task_person_id", "person_id"),
        Index("ix_task_about_id", "about_id"),
        Index("ix_task_state", "state", "due_on"),
        Index("ix_task_giving_id", "giving_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None: of work on letters, and once its words are erased."""
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    subject_kind: Mapped[str] = mapped_column(default="", server_default="")
    """A word under which a feature tells what it is about (kernel/registry_tasks.py); empty: about nothing of ours."""
    subject_id: Mapped[uuid.UUID | None]
    """Of what it is about; no foreign key, since activities knows none of it. Of a person see `about_id`."""
    about_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    """The person it is about: it goes with them."""
    state: Mapped[str] = mapped_column(default=TaskState.OPEN)
    from_language: Mapped[str] = mapped_column(default="")
    to_language: Mapped[str] = mapped_column(default="")
    skill: Mapped[str] = mapped_column(default="", server_default="")
    """A word of Skill that it takes; empty: anybody can."""
    trust: Mapped[int] = mapped_column(default=1)
    """How well somebody must be known to take it."""
    group_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The group whose people do it; no foreign key, since activities knows no groups."""
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    """Whom it is offered to while it is open: for nobody else then."""
    claimed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="SET NULL"))
    keeper_id: Mapped[uuid.UUID | None]
    """The staff account that took it."""
    claimed_until: Mapped[date | None]
    due_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default=TaskOutcome.NONE, server_default="")
    minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    ending_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What was said at its end: the result, or why it was cancelled."""
    reminded_on: Mapped[date | None]
    overdue_told_on: Mapped[date | None]
    giving_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("task_giving.id", ondelete="SET NULL"))
    template_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("task_template.id", ondelete="SET NULL"))
    occurs_on: Mapped[date | None]
    """Which occurrence of its template it is: there is one task of each, ever."""
    created_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    done_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def letter_id(self) -> uuid.UUID:
        """The letter or the answer that work on letters is about. ValueError for anything else."""
        if self.subject_id is None:
            raise ValueError("this task is about no letter")
        return self.subject_id


class TaskEvent(Base):
    """One step of a task. Append-only."""

    __tablename__ = "task_event"
    __table_args__ = (
        CheckConstraint(one_of("now", TaskState), name="now_known"),
        Index("ix_task_event_task_id", "task_id", "id"),
        Index("ix_task_event_volunteer_id", "volunteer_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    was: Mapped[str]
    """Empty: it was made."""
    now: Mapped[str]
    """The same as before for what moved nothing, as an offer."""
    word: Mapped[str] = mapped_column(default="")
    """What happened: taken, ran_out, declined …"""
    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="SET NULL"))
    """Which volunteer had it: on staff pages they have a pseudonym, so their account is not named."""
    actor_id: Mapped[uuid.UUID | None]
    """The staff account that did it; None for volunteers, people behind their link, and what happens by itself."""
    happened_on: Mapped[date]


class OfferAnswer(StrEnum):
    """What somebody said to an offer; empty while they said nothing."""

    NONE = ""
    ACCEPTED = "accepted"
    NOT_NOW = "not_now"
    NEVER = "never"
    LAPSED = "lapsed"
    """Nothing until the link ran out."""
    WITHDRAWN = "withdrawn"
    """We took it back."""


class TaskOffer(Base):
    """That one person was asked to do one task, and what they said. The link of its mail is derived, stored nowhere."""

    __tablename__ = "task_offer"
    __table_args__ = (
        CheckConstraint(one_of("answer", OfferAnswer), name="answer_known"),
        CheckConstraint("(answer = '') = (answered_on IS NULL)", name="answered_on_a_day"),
        Index("ix_task_offer_task_id", "task_id"),
        Index("ix_task_offer_person_id", "person_id", "offered_on"),
        Index("ix_task_offer_waiting", "expires_on", postgresql_where=text("answer = ''")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    offered_on: Mapped[date]
    expires_on: Mapped[date]
    """The last day of the link."""
    answer: Mapped[str] = mapped_column(default=OfferAnswer.NONE)
    answered_on: Mapped[date | None]


class TaskRefusal(Base):
    """ "Do not ask me again for this kind": holds until they take it back."""

    __tablename__ = "task_refusal"
    __table_args__ = (CheckConstraint(one_of("kind", TaskKind), name="kind_known"), {"info": SUPPORTER})

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    since_on: Mapped[date]
