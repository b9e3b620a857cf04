"""Files of statements: what came in, how far it is read, and what its lines said before any of them was kept."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

SCOPE = "bank"
CHUNK = Field("bank_statement_chunk", "content_sealed")
CURRENCY_SHAPE = "currency ~ '^[A-Z]{3}$'"


class StatementFormat(StrEnum):
    """What kind of file it is, found by what is in it."""

    CSV = "csv"
    MT940 = "mt940"
    CAMT = "camt"
    OFX = "ofx"


class StatementState(StrEnum):
    """receiving > columns (CSV alone) > reading > read > keeping > kept; what cannot be read is refused, and what is
    not wanted given_up. Both keep nothing of the file, which may then come in again.
    """

    RECEIVING = "receiving"
    COLUMNS = "columns"
    READING = "reading"
    READ = "read"
    KEEPING = "keeping"
    KEPT = "kept"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


class BankStatement(Base):
    """One file with its figures. Its lines count once it is kept; until then they stand in `bank_read_line`."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        CheckConstraint(one_of("state", StatementState), name="state_known"),
        CheckConstraint(f"format = '' OR {one_of('format', StatementFormat)}", name="format_known"),
        CheckConstraint(f"currency = '' OR {CURRENCY_SHAPE}", name="currency_shape"),
        CheckConstraint("(state IN ('keeping', 'kept')) = (kept_at IS NOT NULL)", name="kept_with_time"),
        # The very same file twice is refused by the database too, whatever two people press at the same moment.
        Index(
            "uq_bank_statement_file_index", "file_index", unique=True,
            postgresql_where=text("state NOT IN ('receiving', 'refused', 'given_up')"),
        ),
        Index("ix_bank_statement_account_id", "account_id", "last_on"),
        Index("ix_bank_statement_made_at", "made_at"),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_account.id"))
    state: Mapped[str]
    format: Mapped[str] = mapped_column(default="")
    encoding: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    file_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What recognises the very same file: a blind index."""
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What recognises the account that the file itself names: a blind index of its number."""
    size: Mapped[int] = mapped_column(default=0)
    headers: Mapped[list[str]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of a CSV: what its columns mean, and how days and amounts are written in it."""
    currency: Mapped[str] = mapped_column(default="")
    opening: Mapped[int | None]
    closing: Mapped[int | None]
    """What stood on the account before its first line and after its last, in minor units, where the file says so."""
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    lines_read: Mapped[int] = mapped_column(default=0)
    """How many were read so far: the cursor from which an interrupted reading goes on."""
    lines_kept: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Once it is read: came_in, went_out, known, new, alike, without_amount, not_booked; and what is to be known."""
    problems: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Each {"message", "values"}: why it was refused, with the line; without a word of it."""
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    kept_by: Mapped[uuid.UUID | None]
    kept_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class BankStatementChunk(Base):
    """A piece of a file, sealed; erased when its lines are kept or it is given up."""

    __tablename__ = "bank_statement_chunk"
    __table_args__ = (UniqueConstraint("statement_id", "number"), {"info": SUPPORTER})

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bank_statement.id", ondelete="CASCADE"))
    number: Mapped[int]
    content_sealed: Mapped[bytes]


class BankReadLine(Base):
    """A line that was read and is not kept yet. It becomes a `bank_line` of the same id, for which it is sealed."""

    __tablename__ = "bank_read_line"
    __table_args__ = (
        UniqueConstraint("statement_id", "number"),
        Index("ix_bank_read_line_fingerprint", "statement_id", "fingerprint", "number"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bank_statement.id", ondelete="CASCADE"))
    number: Mapped[int]
    day: Mapped[date]
    amount: Mapped[int]
    currency: Mapped[str]
    fingerprint: Mapped[bytes]
    occurrence: Mapped[int] = mapped_column(default=1)
    """The how-manieth of those that are alike in this file; told once all of it is read."""
    codes: Mapped[list[str]]
    said_sealed: Mapped[bytes]


class BankAccountMemory(Base):
    """What is remembered of an account of ours between two statements."""

    __tablename__ = "bank_account_memory"
    __table_args__ = ({"info": SUPPORTER},)

    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"), primary_key=True, autoincrement=False)
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Its number at the bank as a blind index, from the first file that named it."""
    headers: Mapped[list[str]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the columns of its last CSV meant."""
