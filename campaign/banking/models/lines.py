"""Lines of statements: what each was found to be, and what is still open of it."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign.banking.models.statements import CURRENCY_SHAPE
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

SAID = Field("bank_line", "said_sealed")
NOTE = Field("bank_line", "note_sealed")


class LineState(StrEnum):
    """open > matched | own | ignored | on_hold; each goes back to open."""

    OPEN = "open"
    """Nothing, or not all of it, is known yet."""
    MATCHED = "matched"
    """All of it stands for gifts or payments."""
    OWN = "own"
    """All of it is ours: a transfer between accounts, a fee, interest; in part perhaps."""
    IGNORED = "ignored"
    ON_HOLD = "on_hold"


SETTLED = (LineState.MATCHED, LineState.OWN, LineState.IGNORED)


class IgnoreReason(StrEnum):
    """Why a line is left out of the books."""

    TWICE = "twice"
    """It stands in another line, or another file, too."""
    OPENING = "opening"
    """It is in the books already, from before statements were read."""
    CANCELLED_OUT = "cancelled_out"
    """The bank took it back itself, in another line."""
    NOT_OURS = "not_ours"
    OTHER = "other"


class BankLine(Base):
    """One line of an account of ours. Who it came from and what it says is sealed, and goes after a time."""

    __tablename__ = "bank_line"
    __table_args__ = (
        # Two lines that are alike in all are told apart by their occurrence; the same one never comes in twice.
        UniqueConstraint("account_id", "fingerprint", "occurrence"),
        CheckConstraint(one_of("state", LineState), name="state_known"),
        CheckConstraint(f"reason = '' OR {one_of('reason', IgnoreReason)}", name="reason_known"),
        CheckConstraint("(state = 'ignored') = (reason <> '')", name="ignored_with_reason"),
        CheckConstraint(CURRENCY_SHAPE, name="currency_shape"),
        CheckConstraint("amount <> 0 AND sign(amount) * open_amount BETWEEN 0 AND abs(amount)", name="open_within"),
        CheckConstraint("state NOT IN ('matched', 'own') OR open_amount = 0", name="settled_whole"),
        CheckConstraint("(state IN ('matched', 'own', 'ignored')) = (settled_on IS NOT NULL)", name="settled_on_day"),
        CheckConstraint("NOT awaits_look OR state IN ('own', 'ignored')", name="look_at_what_is_settled"),
        CheckConstraint(
            "looked_by <> settled_by AND NOT (awaits_look AND looked_by IS NOT NULL)", name="look_by_another"
        ),
        Index("ix_bank_line_awaits_look", "day", postgresql_where=text("awaits_look")),
        Index("ix_bank_line_open", "day", "id", postgresql_where=text("state IN ('open', 'on_hold')")),
        Index("ix_bank_line_account_id", "account_id", "day", "amount"),
        Index("ix_bank_line_statement_id", "statement_id", "number"),
        Index(
            "ix_bank_line_to_erase", "settled_on",
            postgresql_where=text("said_sealed IS NOT NULL AND settled_on IS NOT NULL"),
        ),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"))
    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bank_statement.id"))
    number: Mapped[int]
    """Its place in the file."""
    day: Mapped[date]
    """On which the bank booked it."""
    amount: Mapped[int]
    """In minor units: above zero what came in."""
    currency: Mapped[str]
    open_amount: Mapped[int]
    """What of it stands for nothing yet; of the same sign."""
    fingerprint: Mapped[bytes]
    """A blind index of all that it says, by which it is known again after that is erased."""
    occurrence: Mapped[int] = mapped_column(default=1)
    codes: Mapped[list[str]] = mapped_column(default=list)
    """What in its text has the shape of our references."""
    said_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON: who (counterparty), their account, the text, and the line as it came."""
    state: Mapped[str] = mapped_column(default=LineState.OPEN)
    reason: Mapped[str] = mapped_column(default="")
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Why it waits, or is left out, in somebody's own words."""
    best_score: Mapped[int | None] = mapped_column(SmallInteger)
    """Of its suggestions; None: there is none."""
    settled_on: Mapped[date | None]
    settled_by: Mapped[uuid.UUID | None]
    awaits_look: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Money went out, and where to stands on the word of one person: another looks before the month is closed."""
    looked_by: Mapped[uuid.UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    """Goes up with every act; tells two people who act on the same line apart."""
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class BankLineEvent(Base):
    """One act on a line. Append-only."""

    __tablename__ = "bank_line_event"
    __table_args__ = (Index("ix_bank_line_event_line_id", "line_id", "id"), {"info": SUPPORTER})

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bank_line.id", ondelete="CASCADE"))
    act: Mapped[str]
    was: Mapped[str]
    now: Mapped[str]
    amount: Mapped[int | None]
    actor_id: Mapped[uuid.UUID | None]
    """None: by itself."""
    at: Mapped[datetime]


class BankMatch(Base):
    """So much of a line is this gift or this payment. Undone ones stay, for the history."""

    __tablename__ = "bank_match"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name="kind_shape"),
        Index(
            "uq_bank_match_live", "line_id", "kind", "candidate_id", unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_bank_match_candidate_id", "candidate_id", "kind"),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bank_line.id", ondelete="CASCADE"))
    kind: Mapped[str]
    """The name of a `LineTaker`."""
    candidate_id: Mapped[uuid.UUID]
    amount: Mapped[int]
    """In minor units of the line's currency, with its sign."""
    made_by: Mapped[uuid.UUID | None]
    """None: by itself, since reference, amount and currency were exactly those of one thing."""
    made_at: Mapped[datetime]
    undone_by: Mapped[uuid.UUID | None]
    undone_at: Mapped[datetime | None]


class BankSuggestion(Base):
    """What a line may stand for, as it was found last; computed anew at any time."""

    __tablename__ = "bank_suggestion"
    __table_args__ = (
        PrimaryKeyConstraint("line_id", "kind", "candidate_id"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_in_range"),
        {"info": SUPPORTER},
    )

    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bank_line.id", ondelete="CASCADE"))
    kind: Mapped[str]
    candidate_id: Mapped[uuid.UUID]
    amount: Mapped[int]
    score: Mapped[int] = mapped_column(SmallInteger)
    reasons: Mapped[list[str]]


class OwnKind(StrEnum):
    """What banking posts by itself, without anybody outside."""

    TRANSFER = "transfer"
    FEE = "fee"
    INTEREST = "interest"


class BankOwn(Base):
    """A line, or two of a transfer, that stand for what is ours alone; with its entry. Undone ones stay."""

    __tablename__ = "bank_own"
    __table_args__ = (
        CheckConstraint(one_of("kind", OwnKind), name="kind_known"),
        CheckConstraint("(kind = 'transfer') = (other_account_id IS NOT NULL)", name="transfer_goes_somewhere"),
        CheckConstraint("kind = 'transfer' OR other_line_id IS NULL", name="two_lines_of_transfers"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("uq_bank_own_line_id", "line_id", unique=True, postgresql_where=text("undone_at IS NULL")),
        Index(
            "uq_bank_own_other_line_id", "other_line_id", unique=True, postgresql_where=text("undone_at IS NULL"),
        ),
        Index(
            "ix_bank_own_waiting", "other_account_id", "currency", "amount",
            postgresql_where=text("undone_at IS NULL AND kind = 'transfer' AND other_line_id IS NULL"),
        ),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bank_line.id", ondelete="CASCADE"))
    other_account_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_account.id"))
    other_line_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bank_line.id", ondelete="CASCADE"))
    """The same transfer on the other account, once its statement has come."""
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"))
    day: Mapped[date]
    amount: Mapped[int]
    """Of the first line."""
    currency: Mapped[str]
    entry_number: Mapped[int | None]
    """None only within the transaction that posts it, and after an emergency wipe of what it was for."""
    made_by: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    undone_by: Mapped[uuid.UUID | None]
    undone_at: Mapped[datetime | None]
