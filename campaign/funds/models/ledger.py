"""The ledger: accounts, entries with their postings, and sums kept by the database (docs/funds.md)."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base, one_of

GENESIS = b"\x00" * 32
MOST_LINES = 100
LONGEST_ACCOUNT_TITLE = 80
CURRENCY_SHAPE = "currency ~ '^[A-Z]{3}$'"
REFERENCE = "[A-Z]{1,3}-?[0-9][0-9A-F-]{0,30}"
"""A number with up to three letters before it: no name fits."""


class AccountKind(StrEnum):
    """The five kinds of double entry. Debits are positive: what is in assets and expenses; the others are negative."""

    ASSETS = "assets"
    LIABILITIES = "liabilities"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSES = "expenses"


class Rail(StrEnum):
    """How an account of ours is held; which rail is open does not decide what a gift is for."""

    BANK = "bank"
    SERVICE = "service"
    CASH = "cash"
    CRYPTO = "crypto"


class Memo(StrEnum):
    """All that an entry can say of itself. A list and not a text, so that nobody is ever named in it."""

    GIFT = "gift"
    GRANT = "grant"
    GIFT_RETURNED = "gift_returned"
    PAYMENT = "payment"
    PAYMENT_RETURNED = "payment_returned"
    FEE = "fee"
    INTEREST = "interest"
    TRANSFER = "transfer"
    EXCHANGE = "exchange"
    ASSIGNED = "assigned"
    """Money whose purpose was not known has found its fund."""
    OPENING = "opening"
    LEFT_OVER = "left_over"
    """What a fund had left when it was closed."""
    WRONG_AMOUNT = "wrong_amount"
    WRONG_FUND = "wrong_fund"
    WRONG_ACCOUNT = "wrong_account"
    WRONG_DAY = "wrong_day"
    TWICE = "twice"
    DID_NOT_HAPPEN = "did_not_happen"


REVERSAL_MEMOS = frozenset(
    {
        Memo.WRONG_AMOUNT, Memo.WRONG_FUND, Memo.WRONG_ACCOUNT, Memo.WRONG_DAY, Memo.TWICE, Memo.DID_NOT_HAPPEN,
    }
)  # fmt: skip
"""Why an entry was taken back: each reversal has one of these, and nothing else has."""
_REVERSAL_LIST = ", ".join(sorted(f"'{memo.value}'" for memo in REVERSAL_MEMOS))


class Span(StrEnum):
    """Over which stretch of days a sum is kept."""

    YEAR = "year"
    MONTH = "month"


class LedgerAccount(Base):
    """One account of the chart. The fund is no part of it: each posting names its fund beside the account."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        CheckConstraint(
            f"code ~ '^({'|'.join(AccountKind)}):[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 60", name="code_shape"
        ),
        CheckConstraint("split_part(code, ':', 1) = kind", name="code_says_kind"),
        CheckConstraint(f"(kind = 'assets') = (rail IS NOT NULL) AND {one_of('rail', Rail)}", name="rail_of_assets"),
        CheckConstraint(f"currency IS NULL OR {CURRENCY_SHAPE}", name="currency_shape"),
        CheckConstraint(f"length(title) <= {LONGEST_ACCOUNT_TITLE}", name="title_length"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    """Of an account that a treasurer opened; the fixed ones are called in the reader's language."""
    rail: Mapped[str | None]
    currency: Mapped[str | None]
    """The one currency it holds; None: any."""
    is_open: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class LedgerEntry(Base):
    """One link of the chain: something that happened, with two postings or more. Triggers refuse any change.

    Numbers have no gaps. A deferred trigger refuses, at the commit, an entry whose postings are fewer than it says or
    do not sum to zero in every fund and currency, and a reversal that is not the exact opposite.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("number", "lines", "happened_on"),
        UniqueConstraint("source_kind", "source_id"),
        CheckConstraint(f"lines BETWEEN 2 AND {MOST_LINES}", name="lines_in_range"),
        CheckConstraint(one_of("memo", Memo), name="memo_known"),
        CheckConstraint(f"(reverses IS NOT NULL) = (memo IN ({_REVERSAL_LIST}))", name="reversal_says_why"),
        CheckConstraint("reverses < number", name="reverses_earlier"),
        CheckConstraint(f"reference = '' OR reference ~ '^{REFERENCE}$'", name="reference_shape"),
        CheckConstraint("(source_kind IS NULL) = (source_id IS NULL)", name="source_whole"),
        CheckConstraint("source_kind ~ '^[a-z_]{1,40}$'", name="source_shape"),
        CheckConstraint("length(digest) = 32 AND length(previous) = 32", name="digest_length"),
        Index("ix_ledger_entry_happened_on", "happened_on", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    happened_on: Mapped[date]
    """The day on which the money moved, which decides in which month it counts."""
    posted_at: Mapped[datetime]
    memo: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    source_kind: Mapped[str | None]
    """What it was posted for, as a kind and an id: nothing is posted twice for the same."""
    source_id: Mapped[uuid.UUID | None]
    reverses: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"), unique=True)
    posted_by: Mapped[uuid.UUID | None]
    lines: Mapped[int] = mapped_column(SmallInteger)
    previous: Mapped[bytes]
    digest: Mapped[bytes] = mapped_column(unique=True)


class LedgerPosting(Base):
    """One line of an entry. No line can be added later: each has a number within those the entry was written with."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        PrimaryKeyConstraint("entry_number", "line"),
        ForeignKeyConstraint(
            ["entry_number", "lines", "happened_on"],
            ["ledger_entry.number", "ledger_entry.lines", "ledger_entry.happened_on"],
        ),
        CheckConstraint("line BETWEEN 1 AND lines", name="line_in_range"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint(CURRENCY_SHAPE, name="currency_shape"),
        Index("ix_ledger_posting_fund_id", "fund_id", "happened_on", "entry_number", "line"),
        Index("ix_ledger_posting_account_id", "account_id", "happened_on"),
        # Covers what balances at a day read of the day's own month.
        Index(
            "ix_ledger_posting_happened_on", "happened_on",
            postgresql_include=["fund_id", "account_id", "currency", "amount"],
        ),
    )  # fmt: skip

    entry_number: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int] = mapped_column(SmallInteger)
    lines: Mapped[int] = mapped_column(SmallInteger)
    happened_on: Mapped[date]
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"))
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"))
    currency: Mapped[str]
    amount: Mapped[int]
    """In minor units; a debit is positive."""


class LedgerTotal(Base):
    """The sum of one fund's postings on one account in one year or month. Kept by a trigger, and by nothing else."""

    __tablename__ = "ledger_total"
    __table_args__ = (
        PrimaryKeyConstraint("span", "starts_on", "fund_id", "account_id", "currency"),
        CheckConstraint(one_of("span", Span), name="span_known"),
        Index("ix_ledger_total_fund_id", "fund_id", "span", "starts_on"),
    )

    span: Mapped[str]
    starts_on: Mapped[date]
    fund_id: Mapped[uuid.UUID]
    account_id: Mapped[int]
    currency: Mapped[str]
    amount: Mapped[int]


class ProposalState(StrEnum):
    """waiting > posted | refused | withdrawn."""

    WAITING = "waiting"
    POSTED = "posted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class LedgerProposal(Base):
    """An entry made by hand: written by one person, posted when another has looked at it (SAFETY.md 13)."""

    __tablename__ = "ledger_proposal"
    __table_args__ = (
        CheckConstraint(one_of("state", ProposalState), name="state_known"),
        CheckConstraint(one_of("memo", Memo), name="memo_known"),
        CheckConstraint(f"(reverses IS NOT NULL) = (memo IN ({_REVERSAL_LIST}))", name="reversal_says_why"),
        CheckConstraint(f"reference = '' OR reference ~ '^{REFERENCE}$'", name="reference_shape"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_with_time"),
        CheckConstraint("(state = 'posted') = (entry_number IS NOT NULL)", name="posted_with_entry"),
        CheckConstraint(
            "state NOT IN ('posted', 'refused') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name="two_persons",
        ),
        Index("ix_ledger_proposal_state", "state", "asked_at"),
        Index(
            "uq_ledger_proposal_reverses", "reverses", unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default=ProposalState.WAITING)
    memo: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    happened_on: Mapped[date]
    lines: Mapped[list[dict[str, Any]]]
    """account, fund, currency, amount; empty for a reversal."""
    reverses: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"))
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    entry_number: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.number"), unique=True)
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
