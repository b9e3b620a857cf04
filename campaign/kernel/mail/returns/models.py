"""What came back and waits, sealed; and what it did, by mail, without an address."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.kernel.mail.returns.classes import ReturnKind

SCOPE = "mail-returns"
CONTENT = Field("mail_return", "content_sealed")


class ReturnState(StrEnum):
    """waiting > settled | quarantined > seen | reply > answered | not_ours; what a person decided can be taken back."""

    WAITING = "waiting"
    SETTLED = "settled"
    QUARANTINED = "quarantined"
    SEEN = "seen"
    REPLY = "reply"
    ANSWERED = "answered"
    NOT_OURS = "not_ours"


class MailReturn(Base):
    """One message that came in. Its content is sealed, and erased once nobody needs to read it."""

    __tablename__ = "mail_return"
    __table_args__ = (
        CheckConstraint(one_of("state", ReturnState), name="state_known"),
        CheckConstraint(f"kind = '' OR {one_of('kind', ReturnKind)}", name="kind_known"),
        CheckConstraint(f"claims = '' OR {one_of('claims', ReturnKind)}", name="claims_known"),
        CheckConstraint("(kind = '') = (state = 'waiting')", name="waits_without_kind"),
        CheckConstraint("(content_sealed IS NULL) = (state = 'settled')", name="settled_is_erased"),
        CheckConstraint("length(digest) = 32", name="digest_length"),
        CheckConstraint(r"code = '' OR code ~ '^[245]\.[0-9]{1,3}\.[0-9]{1,3}$'", name="code_is_a_code"),
        Index("ix_mail_return_kept", "state", "received_on", "id", postgresql_where=text("state <> 'settled'")),
        Index("ix_mail_return_received_on", "received_on"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """HMAC over recipient and content: what a server hands over twice is one row."""
    content_sealed: Mapped[bytes | None]
    """The recipient, a line feed, and the message as it came."""
    received_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=ReturnState.WAITING)
    kind: Mapped[str] = mapped_column(default="")
    claims: Mapped[str] = mapped_column(default="")
    """Of a forged one: what it says it is."""
    code: Mapped[str] = mapped_column(default="")
    mail_kind: Mapped[str] = mapped_column(default="")
    """The kind of the mail it is about, while that is known."""
    decided_by: Mapped[uuid.UUID | None]
    decided_on: Mapped[date | None]


class MailReturned(Base):
    """That one mail came back in one way, once, however many messages say so."""

    __tablename__ = "mail_returned"
    __table_args__ = (
        CheckConstraint(one_of("kind", ReturnKind), name="kind_known"),
        CheckConstraint("address_index IS NULL OR length(address_index) = 32", name="index_length"),
        Index("ix_mail_returned_returned_on", "returned_on"),
        Index("ix_mail_returned_address", "address_index", postgresql_where=text("address_index IS NOT NULL")),
        {"info": SUPPORTER},
    )

    mail_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    mail_kind: Mapped[str] = mapped_column(default="")
    ref: Mapped[uuid.UUID | None]
    """What the mail was about, as on its row: for whoever counts what came of one mailing."""
    code: Mapped[str] = mapped_column(default="")
    returned_on: Mapped[date]
    address_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of a soft bounce for 14 days, as in the table of suppressions: several in a row mean a dead mailbox."""
