"""Texts that are used again."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base
from campaign.mailings.models.mailing import LONGEST_TITLE


class MailingTemplate(Base):
    """A text to begin a mailing with."""

    __tablename__ = "mailing_template"
    __table_args__ = (
        CheckConstraint(f"title <> '' AND length(title) <= {LONGEST_TITLE}", name="title_length"),
        Index("ix_mailing_template_title", text("lower(title)")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By language: {"subject", "body"}."""
    made_by: Mapped[uuid.UUID | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    archived_on: Mapped[date | None]
    changed_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
