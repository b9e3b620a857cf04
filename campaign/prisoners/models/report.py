"""What people outside tell us: a case, a correction, a family in need. Sealed to the vault from the first moment."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of


class ReportKind(StrEnum):
    """What somebody came to say."""

    CASE = "case"
    CORRECTION = "correction"
    FAMILY_HELP = "family_help"


class ReportState(StrEnum):
    """received > in_triage > accepted | declined > closed."""

    RECEIVED = "received"
    IN_TRIAGE = "in_triage"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CLOSED = "closed"


class Report(Base):
    """One report. The server can write it and not read it (SAFETY.md 9)."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(one_of("kind", ReportKind), name="kind_known"),
        CheckConstraint(one_of("state", ReportState), name="state_known"),
        CheckConstraint("length(code_hash) = 32", name="code_length"),
        Index("ix_report_state", "state", "received_on"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of the code that its sender comes back with."""
    language: Mapped[str]
    prisoner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("prisoner.id", ondelete="SET NULL"), index=True)
    body_sealed: Mapped[bytes]
    contact_sealed: Mapped[bytes | None]
    received_on: Mapped[date]
    taken_by: Mapped[uuid.UUID | None]
    answered_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class ReportMessage(Base):
    """One message of the conversation behind a code. The sender's go to the vault; ours are sealed under a key of the
    report's own, since its sender must be able to read them here."""

    __tablename__ = "report_message"
    __table_args__ = (
        CheckConstraint("from_staff OR vault_sealed IS NOT NULL", name="sender_to_vault"),
        CheckConstraint("NOT from_staff OR answer_sealed IS NOT NULL", name="answer_readable"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    from_staff: Mapped[bool]
    vault_sealed: Mapped[bytes | None]
    answer_sealed: Mapped[bytes | None]
    sent_on: Mapped[date]


class ReportAttachment(Base):
    """A picture or document that came with a report, decoded and written anew, then sealed to the vault."""

    __tablename__ = "report_attachment"
    __table_args__ = (
        CheckConstraint("length(content_sealed) <= 4000000", name="content_small"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    media_type: Mapped[str]
    size: Mapped[int]
    content_sealed: Mapped[bytes] = mapped_column(deferred=True)
