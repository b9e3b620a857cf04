"""Needs of prisoners and their families, and every step of each. What is written of them is sealed."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.kernel.money import Money

SCOPE = "needs"
WORDS, NOTE = Field("need", "words_sealed"), Field("need_event", "note_sealed")
LONGEST_WORDS, LONGEST_NOTE = 4_000, 1_000


class NeedCategory(StrEnum):
    """What it is for. Each is the word of an account of expenses, by which a payment for it is entered."""

    LAWYER = "lawyer"
    LOCATING = "locating"
    """A lawyer's first visit, to find out where somebody is."""
    PARCELS = "parcels"
    SHOP = "prison-shop"
    MEDICINE = "medicine"
    LETTERS = "letters"
    TRAVEL = "travel"
    FINES = "fines"
    LIVING = "living"
    """Children, rent, and what a lost income leaves uncovered."""
    EVACUATION = "evacuation"
    RELEASE = "release"
    OTHER = "other"


class NeedSource(StrEnum):
    """Who told us."""

    LETTER = "letter"
    RELATIVE = "relative"
    LAWYER = "lawyer"
    OTHER = "other"


class Urgency(StrEnum):
    """How long it can wait."""

    URGENT = "urgent"
    SOON = "soon"
    CAN_WAIT = "can_wait"


class NeedVisibility(StrEnum):
    """What the public may see of it once it is approved, and only while the prisoner's consent to that holds."""

    HIDDEN = "hidden"
    CATEGORY = "category"
    AMOUNT = "amount"


class PayeeKind(StrEnum):
    """To whom a payment for it could go; who that is stands with the payments."""

    RELATIVE = "relative"
    LAWYER = "lawyer"
    FACILITY_ACCOUNT = "facility_account"
    VENDOR = "vendor"
    CRYPTO = "crypto"


class CheckedBy(StrEnum):
    """How somebody made sure of it."""

    LETTER = "letter"
    RELATIVE = "relative"
    LAWYER = "lawyer"
    DOCUMENT = "document"
    FACILITY = "facility"
    KNOWN = "known"


class NeedState(StrEnum):
    """reported > verified > approved > in_fulfilment > fulfilled | declined | expired.

    Back to reported by a change of what was looked at, or when one is taken up again; back to approved when what was to
    fulfil it failed or came back, or to in fulfilment while a part of it stays paid. What is paid in part stays there.
    """

    REPORTED = "reported"
    VERIFIED = "verified"
    APPROVED = "approved"
    IN_FULFILMENT = "in_fulfilment"
    FULFILLED = "fulfilled"
    DECLINED = "declined"
    EXPIRED = "expired"


ENDED = frozenset({NeedState.FULFILLED, NeedState.DECLINED, NeedState.EXPIRED})
WAITING = frozenset({NeedState.REPORTED, NeedState.VERIFIED, NeedState.APPROVED})
"""Nobody has begun to fulfil it: it can be changed, declined, and it expires."""
PROVEN = frozenset({NeedState.VERIFIED, NeedState.APPROVED, NeedState.IN_FULFILMENT, NeedState.FULFILLED})
DECIDED = PROVEN - {NeedState.VERIFIED}


def _among(states: frozenset[NeedState]) -> str:
    return "state IN (" + ", ".join(sorted(f"'{each.value}'" for each in states)) + ")"


class Need(Base):
    """One need. The prisoner is unknown only once they were erased: then nothing is left but figures."""

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint(one_of("category", NeedCategory), name="category_known"),
        CheckConstraint(one_of("source", NeedSource), name="source_known"),
        CheckConstraint(one_of("urgency", Urgency), name="urgency_known"),
        CheckConstraint(one_of("visibility", NeedVisibility), name="visibility_known"),
        CheckConstraint(one_of("state", NeedState), name="state_known"),
        CheckConstraint("is_in_kind OR amount IS NOT NULL", name="amount_or_in_kind"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("covered >= 0 AND (covered = 0 OR amount IS NOT NULL)", name="covered_in_range"),
        CheckConstraint("(amount IS NULL) = (currency IS NULL)", name="amount_with_currency"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
        CheckConstraint("(origin_kind = '') = (origin_id IS NULL)", name="origin_whole"),
        CheckConstraint(
            "prisoner_id IS NOT NULL OR (visibility = 'hidden' AND words_sealed IS NULL)", name="nobody_is_shown"
        ),
        # Whoever wrote it as it stands is none of the two who made sure of it, and does not approve it.
        CheckConstraint(
            f"NOT ({_among(PROVEN)}) OR (first_verified_by IS NOT NULL AND second_verified_by IS NOT NULL)",
            name="verified_by_two",
        ),
        CheckConstraint("first_verified_by <> second_verified_by", name="two_persons"),
        CheckConstraint("author_id NOT IN (first_verified_by, second_verified_by)", name="author_does_not_verify"),
        CheckConstraint(f"NOT ({_among(DECIDED)}) OR approved_by IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("approved_by <> author_id", name="author_does_not_approve"),
        CheckConstraint(f"({_among(ENDED)}) = (ended_on IS NOT NULL)", name="ended_on_a_day"),
        Index("ix_need_state", "state", "expires_on"),
        Index("ix_need_prisoner_id", "prisoner_id"),
        Index(
            "uq_need_origin", "origin_kind", "origin_id", unique=True, postgresql_where=text("origin_id IS NOT NULL")
        ),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    prisoner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("prisoner.id", ondelete="SET NULL"))
    category: Mapped[str]
    is_in_kind: Mapped[bool]
    amount: Mapped[int | None]
    """In minor units of `currency`; of a need in kind about what it is worth, if that is known."""
    currency: Mapped[str | None]
    covered: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    """How much of the amount has arrived, in its currency; what came in another at about what it was worth."""
    urgency: Mapped[str]
    visibility: Mapped[str] = mapped_column(default=NeedVisibility.HIDDEN)
    source: Mapped[str]
    origin_kind: Mapped[str] = mapped_column(default="")
    """A word of kernel/registry_needs.py, where it was first heard of; empty: reported here."""
    origin_id: Mapped[uuid.UUID | None]
    payees: Mapped[list[str]] = mapped_column(default=list)
    """Words of PayeeKind, the best first."""
    words_sealed: Mapped[bytes | None]
    """What exactly is needed; None: nothing was said, or it is erased."""
    state: Mapped[str] = mapped_column(default=NeedState.REPORTED)
    author_id: Mapped[uuid.UUID]
    """Who wrote it as it stands: the one who reported it, or who changed it last."""
    first_verified_by: Mapped[uuid.UUID | None]
    second_verified_by: Mapped[uuid.UUID | None]
    approved_by: Mapped[uuid.UUID | None]
    reported_on: Mapped[date]
    expires_on: Mapped[date]
    """The last day on which it is still true as it stands, for all that is known."""
    ended_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def code(self) -> str:
        """What it is called where nobody must be named."""
        return f"N{self.number}"

    @property
    def money(self) -> Money | None:
        """How much is asked for, or about what it is worth."""
        return None if self.amount is None or self.currency is None else Money(self.amount, self.currency)

    @property
    def is_in_part(self) -> bool:
        """Whether some of the amount has arrived, and some has not."""
        return not self.is_in_kind and self.amount is not None and 0 < self.covered < self.amount

    @property
    def still_open(self) -> Money | None:
        """What of the amount is still to come; None unless a part of it has arrived and the rest is waited for."""
        is_waited_for = self.state in {NeedState.APPROVED, NeedState.IN_FULFILMENT}
        if self.money is None or not (self.is_in_part and is_waited_for):
            return None
        return Money(self.money.minor - self.covered, self.money.currency)


class NeedEvent(Base):
    """One step of a need, with what was said at it. Append-only."""

    __tablename__ = "need_event"
    __table_args__ = (
        CheckConstraint(one_of("now", NeedState), name="now_known"),
        Index("ix_need_event_need_id", "need_id", "number"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    need_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    was: Mapped[str]
    """Empty: it was reported."""
    now: Mapped[str]
    word: Mapped[str]
    """What happened: reported, changed, verified, approved …"""
    how: Mapped[str] = mapped_column(default="")
    """Of a verification: a word of CheckedBy."""
    actor_id: Mapped[uuid.UUID | None]
    happened_on: Mapped[date]
    note_sealed: Mapped[bytes | None]
