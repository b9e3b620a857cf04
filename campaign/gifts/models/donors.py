"""Who gives: sealed, with a day on which it is erased. Nothing here says for whom."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.kernel.languages import KNOWN_LANGUAGE

SCOPE = "donors"
NAME = Field("donor", "name_sealed")
EMAIL = Field("donor", "email_sealed")
ALIAS = Field("donor", "alias_sealed")
LONGEST_NAME, LONGEST_ALIAS = 120, 40
KEPT_DAYS = 180
"""After the last gift, or the end of the pledge."""
MOST_KEPT_DAYS = 730
"""As far ahead as somebody can set the day by hand."""


class Visibility(StrEnum):
    """Who may know that somebody gave; nobody but treasurers on record unless they say otherwise."""

    SECRET = "secret"  # noqa: S105 - a choice of visibility, no password
    PRIVATE = "private"
    """Those whom the fund helps may be told the alias: a treasurer passes it on, and says that it was."""
    PUBLIC = "public"
    """The alias may stand on the fund's page, among others and a month later, once staff have released it."""


class Donor(Base):
    """Somebody who gives or has pledged. The row goes on its day, and with it all that leads to a person."""

    __tablename__ = "donor"
    __table_args__ = (
        CheckConstraint(one_of("visibility", Visibility), name="visibility_known"),
        CheckConstraint(KNOWN_LANGUAGE, name="language_known"),
        CheckConstraint("visibility <> 'public' OR alias_sealed IS NOT NULL", name="public_has_alias"),
        CheckConstraint("email_index IS NULL OR email_sealed IS NOT NULL", name="index_has_address"),
        CheckConstraint("(released_by IS NULL) = (released_on IS NULL)", name="released_by_somebody"),
        CheckConstraint("released_on IS NULL OR visibility = 'public'", name="released_is_public"),
        CheckConstraint("(passed_on_by IS NULL) = (passed_on IS NULL)", name="passed_on_by_somebody"),
        CheckConstraint("passed_on IS NULL OR visibility = 'private'", name="passed_on_is_private"),
        Index("ix_donor_keep_until", "keep_until"),
        # One fund and one address; made of both, so that two funds cannot be joined by it.
        Index("ix_donor_email_index", "email_index", postgresql_where=text("email_index IS NOT NULL")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name_sealed: Mapped[bytes | None]
    email_sealed: Mapped[bytes | None]
    email_index: Mapped[bytes | None]
    alias_sealed: Mapped[bytes | None]
    visibility: Mapped[str] = mapped_column(default=Visibility.SECRET)
    language: Mapped[str]
    keep_until: Mapped[date]
    made_on: Mapped[date]
    released_by: Mapped[uuid.UUID | None]
    """The account that let the alias be shown; until somebody has, it stands nowhere in public."""
    released_on: Mapped[date | None]
    passed_on_by: Mapped[uuid.UUID | None]
    """The account that said that those who are helped were told the alias."""
    passed_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
