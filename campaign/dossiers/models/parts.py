"""What a dossier is made of: answers, sources, papers, and who agreed to it."""

import uuid
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.dossiers.models.words import ConsentFrom, ConsentProof, Mark, Origin, PaperKind
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

ANSWER, NOTE = Field("dossier_answer", "text_sealed"), Field("dossier_answer", "note_sealed")
FILLED = Field("dossier_answer", "filled_sealed")
CONSENT_NOTE = Field("dossier_consent", "note_sealed")
TITLE, PAGE = Field("dossier_paper", "title_sealed"), Field("dossier_page", "content_sealed")


class DossierAnswer(Base):
    """The answer to one question of the body's form."""

    __tablename__ = "dossier_answer"
    __table_args__ = (
        UniqueConstraint("dossier_id", "question"),
        CheckConstraint(one_of("origin", Origin), name="origin_known"),
        CheckConstraint(one_of("mark", Mark), name="mark_known"),
        CheckConstraint("(origin = 'empty') = (text_sealed IS NULL)", name="empty_without_text"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"))
    question: Mapped[str]
    """A key of the form (campaign/dossiers/bodies)."""
    origin: Mapped[str]
    mark: Mapped[str]
    text_sealed: Mapped[bytes | None]
    note_sealed: Mapped[bytes | None]
    """For colleagues, in any language; it never leaves."""
    filled_sealed: Mapped[bytes | None]
    """What the case said when it was asked last: what differs from it now has changed since."""
    written_by: Mapped[uuid.UUID | None]
    written_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)


class DossierSource(Base):
    """A public source of the annex, with the day on which somebody last read it."""

    __tablename__ = "dossier_source"
    __table_args__ = (
        UniqueConstraint("dossier_id", "url"),
        CheckConstraint("url ~ '^https?://'", name="url_shape"),
        CheckConstraint("title <> ''", name="has_title"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"))
    title: Mapped[str]
    url: Mapped[str]
    retrieved_on: Mapped[date]
    is_from_case: Mapped[bool]


class DossierPaper(Base):
    """A paper that goes with it, or stays: its title and its pages are sealed."""

    __tablename__ = "dossier_paper"
    __table_args__ = (
        CheckConstraint(one_of("kind", PaperKind), name="kind_known"),
        CheckConstraint("mark IN ('body', 'never')", name="mark_known"),
        CheckConstraint("pages > 0", name="pages_positive"),
        Index("ix_dossier_paper_dossier_id", "dossier_id", "number"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"))
    kind: Mapped[str]
    mark: Mapped[str]
    title_sealed: Mapped[bytes]
    pages: Mapped[int] = mapped_column(SmallInteger)
    added_by: Mapped[uuid.UUID | None]
    added_on: Mapped[date]


class DossierPage(Base):
    """A page of a paper: drawn anew, sealed, a WebP picture."""

    __tablename__ = "dossier_page"
    __table_args__ = (UniqueConstraint("paper_id", "place"), {"info": SUPPORTER})

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    paper_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier_paper.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(SmallInteger)
    content_sealed: Mapped[bytes]
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)


class DossierConsent(Base):
    """Who agreed to this submission, and how we know. Withdrawn rather than deleted; one holds at most."""

    __tablename__ = "dossier_consent"
    __table_args__ = (
        CheckConstraint(one_of("given_by", ConsentFrom), name="giver_known"),
        CheckConstraint(one_of("proof", ConsentProof), name="proof_known"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= given_on", name="withdrawn_after_given"),
        Index(
            "uq_dossier_consent_current", "dossier_id", unique=True, postgresql_where=text("withdrawn_on IS NULL")
        ),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"), index=True)
    given_by: Mapped[str]
    given_on: Mapped[date]
    proof: Mapped[str]
    note_sealed: Mapped[bytes | None]
    """Names and circumstances."""
    recorded_by: Mapped[uuid.UUID | None]
    withdrawn_on: Mapped[date | None]
    withdrawn_by: Mapped[uuid.UUID | None]
