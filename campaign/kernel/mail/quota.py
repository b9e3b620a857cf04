"""At most three confirmation mails a day to one address (SAFETY.md 20).

Counted under a key of the day, so that two days cannot be linked; key and rows are destroyed after two days. The count
itself is part of the signing statement (signatures/service/sign.py).
"""

from datetime import date, timedelta

from sqlalchemy import CheckConstraint, LargeBinary, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import clock
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.errors import KeyDestroyed
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import SUPPORTER, Base, session

MAILS_A_DAY = 3
KEPT_DAYS = 2


class MailQuota(Base):
    """How many mails an address, unknown by name, was given on a day."""

    __tablename__ = "mail_quota"
    __table_args__ = (
        CheckConstraint(f"used BETWEEN 1 AND {MAILS_A_DAY}", name="used_in_range"),
        {"info": SUPPORTER},
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used: Mapped[int]


def day_scope(day: date) -> str:
    """The key scope of one day's quota."""
    return f"day:{day.isoformat()}"


def open_day(day: date) -> str:
    """The same with a key to count under.

    Where a clock ran ahead and was set back, the day's key is gone with all that was counted under it, and counting
    begins again: else nobody could sign until the day is over. Raises KeyDestroyed after the emergency wipe.
    """
    scope = day_scope(day)
    try:
        keyring.ensure(scope)
    except KeyDestroyed:
        if not keyring.scopes():
            raise
        keyring.begin_anew(scope)
    return scope


def take_mail(canonical: str) -> bool:
    """Count one mail of today to an address (in its canonical form); False when it has had its three."""
    today = clock.today()
    index = blind_index(open_day(today), canonical)
    statement = insert(MailQuota).values(day=today, address_index=index, used=1)
    counted = statement.on_conflict_do_update(
        index_elements=["day", "address_index"], set_={"used": MailQuota.used + 1}, where=MailQuota.used < MAILS_A_DAY
    )
    return session.execute(counted.returning(MailQuota.used)).first() is not None


def forget_old_days(today: date) -> int:
    """Destroy keys and rows of days that are over; gives how many rows went."""
    oldest = today - timedelta(days=KEPT_DAYS - 1)
    for scope in keyring.scopes("day:"):
        if date.fromisoformat(scope.removeprefix("day:")) < oldest:
            keyring.destroy(scope)
    return len(session.execute(delete(MailQuota).where(MailQuota.day < oldest).returning(MailQuota.day)).all())
