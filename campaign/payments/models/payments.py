"""Payments out: each with its persons, its way, what is odd about it, its evidence, and the file it left in."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.funds.models import Expense
from campaign.funds.models.ledger import CURRENCY_SHAPE
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

SCOPE = "payments"
"""Notes and evidence are sealed under a key of their own and not to the vault: three persons look at them before money
leaves, and at a receipt afterwards, while the vault is opened for accounts alone."""
NOTE, FILE = Field("payment", "note_sealed"), Field("payment_file", "content_sealed")
EXPENSES = tuple(each for each in Expense if each != Expense.FEES)
"""What a payment can be for; fees stand apart."""


class PaymentState(StrEnum):
    """draft > submitted > reviewed > approved > scheduled > sent > confirmed > reconciled; failed, returned, cancelled.

    Up to the limit a reviewed one is scheduled without a third person's approval.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENT = "sent"
    CONFIRMED = "confirmed"
    RECONCILED = "reconciled"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


_S = PaymentState
MOVABLE = frozenset({_S.SUBMITTED, _S.REVIEWED, _S.APPROVED, _S.SCHEDULED})
"""Under way and not sent: whatever changes makes a draft of it again."""
LIVE = MOVABLE | {_S.SENT}
PAID = frozenset({_S.SENT, _S.CONFIRMED, _S.RECONCILED})
"""The money has left and has not come back."""
OVER = frozenset({_S.RECONCILED, _S.FAILED, _S.RETURNED, _S.CANCELLED})


class Descriptor(StrEnum):
    """What stands on a statement of account, before the number: a list, so that nobody and no fund is ever named."""

    REFERENCE = "reference"
    INVOICE = "invoice"
    ORDER = "order"
    SERVICES = "services"


class Reason(StrEnum):
    """Why a payment went back or ended: a list, since a text would name somebody."""

    CHANGED = "changed"
    """Somebody wrote it anew."""
    PAYEE_CHANGED = "payee_changed"
    TAKEN_BACK = "taken_back"
    AMOUNT = "amount"
    PAYEE = "payee"
    FUND = "fund"
    EVIDENCE = "evidence"
    CHECK = "check"
    """Somebody answered a check with no."""
    NOT_NEEDED = "not_needed"
    NOT_SAFE = "not_safe"
    BANK_REFUSED = "bank_refused"
    CAME_BACK = "came_back"
    OTHER = "other"


class ConfirmedBy(StrEnum):
    """What says that it arrived."""

    RECEIPT = "receipt"
    RELATIVE = "relative"
    LAWYER = "lawyer"


_PASSED = "'scheduled', 'sent', 'confirmed', 'reconciled', 'failed', 'returned'"
_SENT = "'sent', 'confirmed', 'reconciled', 'failed', 'returned'"


class Payment(Base):
    """One payment. The persons are columns and constraints: no service can forget one of them."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(one_of("state", PaymentState), name="state_known"),
        CheckConstraint(one_of("category", Expense) + " AND category <> 'expenses:fees'", name="category_known"),
        CheckConstraint(one_of("descriptor", Descriptor), name="descriptor_known"),
        CheckConstraint(one_of("confirmed_how", ConfirmedBy), name="confirmed_how_known"),
        CheckConstraint(CURRENCY_SHAPE, name="currency_shape"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        CheckConstraint("(source_kind IS NULL) = (source_id IS NULL)", name="source_whole"),
        CheckConstraint("source_kind ~ '^[a-z_]{1,40}$'", name="source_shape"),
        CheckConstraint(
            "state IN ('draft', 'cancelled') OR (asked_by IS NOT NULL AND payee_id IS NOT NULL)",
            name="submitted_by_somebody",
        ),
        CheckConstraint(
            "state NOT IN ('reviewed', 'approved') OR reviewed_by IS NOT NULL", name="reviewed_by_somebody"
        ),
        CheckConstraint("reviewed_by NOT IN (asked_by, written_by)", name="reviewer_is_another"),
        CheckConstraint("approved_by NOT IN (asked_by, written_by, reviewed_by)", name="approver_is_a_third"),
        CheckConstraint("approved_by IS NULL OR reviewed_by IS NOT NULL", name="approved_after_review"),
        CheckConstraint("state <> 'approved' OR approved_by IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint(
            f"state NOT IN ({_PASSED}) OR (reviewed_by IS NOT NULL AND (approved_by IS NOT NULL OR NOT needs_third))",
            name="has_its_persons",
        ),
        CheckConstraint(f"state NOT IN ({_PASSED}) OR pay_on IS NOT NULL", name="scheduled_for_a_day"),
        CheckConstraint(
            f"(state IN ({_SENT})) = (entry_number IS NOT NULL) AND (entry_number IS NULL) = (sent_on IS NULL)"
            " AND (entry_number IS NULL) = (account IS NULL)",
            name="sent_is_posted",
        ),
        CheckConstraint("(state IN ('failed', 'returned')) = (back_number IS NOT NULL)", name="back_is_posted"),
        CheckConstraint("state NOT IN ('confirmed', 'reconciled') OR confirmed_how IS NOT NULL", name="confirmed_how"),
        UniqueConstraint("source_kind", "source_id"),
        # Two at once for the same need would help twice; what arrived may have been a part of it.
        Index(
            "uq_payment_need_id", "need_id", unique=True,
            postgresql_where=text("state IN ('submitted', 'reviewed', 'approved', 'scheduled', 'sent')"),
        ),
        Index("ix_payment_state", "state", "number"),
        Index("ix_payment_payee_id", "payee_id", "state"),
        Index("ix_payment_fund_id", "fund_id", "number"),
        Index("ix_payment_order_id", "order_id"),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    state: Mapped[str] = mapped_column(default=PaymentState.DRAFT)
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"))
    need_id: Mapped[uuid.UUID | None]
    """Of campaign/needs; no foreign key, so that a need can be erased with its person and the payment stays."""
    payee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payee.id"))
    category: Mapped[str]
    """The account of the books it is posted to."""
    amount: Mapped[int]
    currency: Mapped[str]
    descriptor: Mapped[str] = mapped_column(default=Descriptor.REFERENCE)
    note_sealed: Mapped[bytes | None]
    """What whoever asks wants the others to know."""
    source_kind: Mapped[str | None]
    source_id: Mapped[uuid.UUID | None]
    """What made this draft, a round for instance: it makes one."""
    needs_third: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """Above the limit of its currency; a trigger refuses to schedule or send it with a wrong answer."""
    written_by: Mapped[uuid.UUID | None]
    """Who wrote what it says last."""
    asked_by: Mapped[uuid.UUID | None]
    """Who submitted it."""
    reviewed_by: Mapped[uuid.UUID | None]
    approved_by: Mapped[uuid.UUID | None]
    pay_on: Mapped[date | None]
    account: Mapped[str | None]
    """The account of ours it was paid from."""
    fee: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    sent_on: Mapped[date | None]
    entry_number: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"), unique=True)
    back_number: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"), unique=True)
    """The entry by which it came back, or by which it is said that it never left."""
    confirmed_how: Mapped[str | None]
    ended_on: Mapped[date | None]
    """Since when nothing is open; notes and evidence are erased so long after it."""
    order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payment_order.id"))
    """The file for the bank it left in."""
    created_on: Mapped[date]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def reference(self) -> str:
        """What books, statements and lists call it."""
        return f"P-{self.number}"


class PaymentEvent(Base):
    """One step of a payment. Append-only."""

    __tablename__ = "payment_event"
    __table_args__ = (
        CheckConstraint(one_of("now", PaymentState), name="now_known"),
        CheckConstraint(f"reason IS NULL OR {one_of('reason', Reason)}", name="reason_known"),
        Index("ix_payment_event_payment_id", "payment_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"))
    was: Mapped[str]
    now: Mapped[str]
    reason: Mapped[str | None]
    actor_id: Mapped[uuid.UUID | None]
    happened_at: Mapped[datetime]


class CheckKind(StrEnum):
    """What is odd about a payment."""

    SAME_PAYEE = "same_payee"
    """Another payment to the same payee within a week."""
    MONTH_SUM = "month_sum"
    """Together with the others of the month above the limit, and by itself not."""
    ROUND_NUMBER = "round_number"
    NEW_PAYEE = "new_payee"
    FUND_SHORT = "fund_short"
    """The fund has less than that."""


class CheckAnswer(StrEnum):
    """What a person found; a list, since a text would name somebody."""

    EXPECTED = "expected"
    EVIDENCE = "evidence"
    """The papers explain it."""
    ASKED = "asked"
    """Somebody who knows the case was asked."""
    STOP = "stop"


class PaymentCheck(Base):
    """A question that the rules raise when a payment is submitted; a person answers it before money is scheduled."""

    __tablename__ = "payment_check"
    __table_args__ = (
        CheckConstraint(one_of("kind", CheckKind), name="kind_known"),
        CheckConstraint(f"answer IS NULL OR {one_of('answer', CheckAnswer)}", name="answer_known"),
        CheckConstraint(
            "(answer IS NULL) = (answered_by IS NULL) AND (answer IS NULL) = (answered_at IS NULL)",
            name="answered_by_a_person",
        ),
        CheckConstraint("answered_by <> asked_by", name="answered_by_another"),
        UniqueConstraint("payment_id", "round", "kind"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"))
    round: Mapped[int] = mapped_column(SmallInteger)
    """The how manieth time it was submitted: what was answered before counts no more."""
    kind: Mapped[str]
    facts: Mapped[dict[str, Any]]
    """Figures alone."""
    asked_by: Mapped[uuid.UUID]
    raised_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[uuid.UUID | None]
    answered_at: Mapped[datetime | None]


class FileKind(StrEnum):
    """What a file shows."""

    BILL = "bill"
    REQUEST = "request"
    RECEIPT = "receipt"
    OTHER = "other"


class PaymentFile(Base):
    """A page of evidence: drawn anew, sealed, opened by a look that is on record."""

    __tablename__ = "payment_file"
    __table_args__ = (
        CheckConstraint(one_of("kind", FileKind), name="kind_known"),
        Index("ix_payment_file_payment_id", "payment_id", "number"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"))
    kind: Mapped[str]
    content_sealed: Mapped[bytes]
    """A WebP picture."""
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    added_by: Mapped[uuid.UUID | None]
    added_on: Mapped[date]


class PaymentOrder(Base):
    """A file of payments that was handed out once for a bank. The file itself is kept nowhere."""

    __tablename__ = "payment_order"
    __table_args__ = (
        CheckConstraint("(voided_by IS NULL) = (voided_at IS NULL)", name="voided_whole"),
        CheckConstraint("voided_by <> made_by", name="voided_by_another"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    pay_on: Mapped[date]
    payments: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[int]
    """In cents of a euro: SEPA knows no other currency."""
    made_by: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    voided_by: Mapped[uuid.UUID | None]
    voided_at: Mapped[datetime | None]

    @property
    def reference(self) -> str:
        """What the bank sees of it."""
        return f"PO-{self.number}"


class BankedLine(Base):
    """A line of a statement that is this payment, or a part of it, or with which it came back."""

    __tablename__ = "payment_banked"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "was IS NULL OR (is_back AND was IN ('sent', 'confirmed', 'reconciled'))", name="was_of_what_came_back"
        ),
        Index("uq_payment_banked_back", "payment_id", unique=True, postgresql_where=text("is_back")),
        {"info": SUPPORTER},
    )

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    line_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """Of campaign/banking, which keeps the match."""
    amount: Mapped[int]
    is_back: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """It came in: with it the payment came back."""
    was: Mapped[str | None]
    """Where the payment stood before this line said that it came back; None where a person had said so already."""
    taken_by: Mapped[uuid.UUID | None]
    taken_on: Mapped[date]
