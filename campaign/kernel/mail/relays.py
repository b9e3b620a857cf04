"""Which relays are left alone, as the workers tell it: their breakers live in their own memory, pages elsewhere.

A relay is known by its place (first, second), never by its name. What several processes know of one relay is one row,
the newest word winning; a word that nobody has repeated for a while says nothing any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import CheckConstraint, SmallInteger, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import clock
from campaign.kernel.db import Base, execute_alone, session

log = structlog.get_logger()

HOLDS_FOR = timedelta(minutes=15)
"""While mail waits, an open breaker lets a try through every half minute, and each tells anew."""


class MailRelay(Base):
    """What is known of one relay."""

    __tablename__ = "mail_relay"
    __table_args__ = (CheckConstraint("place BETWEEN 1 AND 2", name="place_known"),)

    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    is_open: Mapped[bool]
    """Whether its breaker is: it is left alone."""
    since: Mapped[datetime]
    seen_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class RelayState:
    """One relay, and since when it is left alone, if it is."""

    place: int
    open_since: datetime | None


_NOTE = """
    INSERT INTO mail_relay AS old (place, is_open, since, seen_at) VALUES (%(place)s, %(is_open)s, %(now)s, %(now)s)
    ON CONFLICT (place) DO UPDATE SET seen_at = excluded.seen_at, is_open = excluded.is_open,
        since = CASE WHEN old.is_open = excluded.is_open THEN old.since ELSE excluded.since END
"""


def note(place: int, is_open: bool) -> None:
    """Write down how a relay is; commits by itself, and never fails: mail matters more than what pages say of it."""
    try:
        execute_alone(_NOTE, {"place": place, "is_open": is_open, "now": clock.now()})
    except (SQLAlchemyError, RuntimeError) as problem:
        # RuntimeError: no application around it, as when a command looks at a relay by itself.
        log.warning("mail.relay_not_noted", place=place, problem=type(problem).__name__)


def list_relays() -> Sequence[RelayState]:
    """Every relay that was used at least once, the first one first."""
    fresh = clock.now() - HOLDS_FOR
    rows = session.scalars(select(MailRelay).order_by(MailRelay.place).execution_options(populate_existing=True))
    return [RelayState(row.place, row.since if row.is_open and row.seen_at > fresh else None) for row in rows]
