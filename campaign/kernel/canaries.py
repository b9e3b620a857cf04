"""Canaries: addresses in our own mail host's domain that stand in one export and belong to nobody (SAFETY.md 14).

Derived from the export under a key of their own and remembered by blind index only, so that whoever reads the database
cannot strike them from a stolen list. Mail to one says which export has leaked.
"""

import hashlib
import hmac
import uuid
from datetime import date

from sqlalchemy import CheckConstraint, LargeBinary, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import audit, clock
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import SUPPORTER, Base, session

SCOPE = "canary"
CANARIES_A_PART = 2
FIRST = [
    "anna",
    "elena",
    "irina",
    "julia",
    "katja",
    "lena",
    "maria",
    "nadja",
    "olga",
    "sonja",
    "tanja",
    "vera",
    "alex",
    "anton",
    "boris",
    "ilja",
    "max",
    "pavel",
    "roman",
]
LAST = [
    "becker",
    "berg",
    "braun",
    "falk",
    "frank",
    "grau",
    "keller",
    "koch",
    "lang",
    "lind",
    "meyer",
    "nord",
    "orlov",
    "petrov",
    "reimer",
    "sokol",
    "stein",
    "vogel",
]


class Canary(Base):
    """An address that stands in one export and belongs to nobody: mail to it shows that the list has leaked."""

    __tablename__ = "canary"
    __table_args__ = (CheckConstraint("length(address_index) = 32", name="index_length"), {"info": SUPPORTER})

    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    export_id: Mapped[uuid.UUID]
    """No foreign key: the trap outlives whatever it was about."""
    since_on: Mapped[date]


def canaries_of(export: uuid.UUID, part: int, host: str) -> list[str]:
    """The addresses in one part of an export: the same at each download."""
    return [_address(export, part, number, host) for number in range(CANARIES_A_PART)]


def remember_canaries(export: uuid.UUID, parts: int, host: str) -> None:
    """Note the addresses by blind index, in the open transaction, before any of them leaves."""
    keyring.ensure(SCOPE)
    rows = [
        {"address_index": _index(address), "export_id": export, "since_on": clock.today()}
        for part in range(parts)
        for address in canaries_of(export, part, host)
    ]
    session.execute(insert(Canary).values(rows).on_conflict_do_nothing())


def report_mail_to(address: str) -> bool:
    """Raise an alarm if `address`, which somebody has written to, is a canary; whether it was one."""
    keyring.ensure(SCOPE)
    export = session.scalar(select(Canary.export_id).where(Canary.address_index == _index(address)))
    if export is None:
        return False
    raise_alarm(AlarmKind.CANARY_MAILED, about=f"export:{export}")
    audit.record("export.leaked", about=f"export:{export}")
    return True


def record_id(export: uuid.UUID, part: int, number: int) -> uuid.UUID:
    """The number of a canary where records have one: found again by whoever has the key, like any other to all else."""
    return uuid.UUID(bytes=_digest(export, part, number)[12:28], version=4)


def place_of(export: uuid.UUID, part: int, number: int, rows: int) -> int:
    """After how many of `rows` rows a canary stands; the same at each download, and not at an end by rule."""
    return int.from_bytes(_digest(export, part, number)[8:12], "big") % (rows + 1)


def _address(export: uuid.UUID, part: int, number: int, host: str) -> str:
    digest = _digest(export, part, number)
    first, last = FIRST[digest[0] % len(FIRST)], LAST[digest[1] % len(LAST)]
    return f"{first}.{last}{int.from_bytes(digest[2:5], 'big') % 9000 + 1000}@{host}"


def _digest(export: uuid.UUID, part: int, number: int) -> bytes:
    keyring.ensure(SCOPE)
    message = export.bytes + part.to_bytes(2, "big") + number.to_bytes(2, "big")
    return hmac.digest(keyring.key(SCOPE, "addresses"), message, hashlib.sha256)


def _index(address: str) -> bytes:
    # The host is ours and may have a name that no public address has, so the rules for other addresses do not fit.
    return blind_index(SCOPE, address.strip().lower())
