"""Who is never mailed: known by a blind index only, and kept when everything else about a person is erased."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from functools import cache

from sqlalchemy import ARRAY, CheckConstraint, LargeBinary, any_, cast, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import clock
from campaign.kernel.addresses import canonical_address, canonical_of_stored
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import SUPPORTER, Base, session

SCOPE = "suppression"


class SuppressionReason(StrEnum):
    """Why an address is never mailed."""

    ASKED = "asked"
    COMPLAINED = "complained"
    BOUNCED = "bounced"


class Suppression(Base):
    """One address that is not to be mailed, until `expires_on` or for good."""

    __tablename__ = "suppression"
    __table_args__ = (
        CheckConstraint("reason IN ('asked', 'complained', 'bounced')", name="reason_known"),
        CheckConstraint("length(address_index) = 32", name="index_length"),
        {"info": SUPPORTER},
    )

    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    reason: Mapped[str]
    since_on: Mapped[date]
    expires_on: Mapped[date | None]


def suppression_index(address: str) -> bytes:
    """The blind index under which an address would be suppressed."""
    return index_of_canonical(canonical_address(address))


def index_of_canonical(canonical: str) -> bytes:
    """The same for an address that is canonical already."""
    _ensure_scope()
    return blind_index(SCOPE, canonical)


@cache
def _ensure_scope() -> None:
    keyring.ensure(SCOPE)


def suppress(address: str, reason: SuppressionReason, *, expires_on: date | None = None) -> None:
    """Never mail `address` again; a second call keeps the first date and the longer term, with that one's reason."""
    statement = insert(Suppression).values(
        address_index=suppression_index(address), reason=reason, since_on=clock.today(), expires_on=expires_on
    )
    longer = statement.excluded.expires_on.is_(None) | (statement.excluded.expires_on > Suppression.expires_on)
    update = statement.on_conflict_do_update(
        index_elements=["address_index"],
        set_={"expires_on": statement.excluded.expires_on, "reason": statement.excluded.reason},
        where=Suppression.expires_on.is_not(None) & longer,
    )
    session.execute(update)


def lift(address: str) -> bool:
    """Mail `address` again, at its owner's wish; False when it was not suppressed."""
    statement = delete(Suppression).where(Suppression.address_index == suppression_index(address))
    return session.execute(statement.returning(Suppression.reason)).first() is not None


def suppressed_among(addresses: Iterable[str]) -> set[str]:
    """Those of the stored addresses that must not be mailed today, however each is spelled."""
    spellings: defaultdict[str, set[str]] = defaultdict(set)
    for address in addresses:
        spellings[canonical_of_stored(address)].add(address)
    return {address for each in suppressed_among_canonical(spellings) for address in spellings[each]}


def suppressed_among_canonical(canonicals: Collection[str]) -> set[str]:
    """The same for addresses that are canonical already."""
    if not canonicals:
        return set()
    by_index = {index_of_canonical(each): each for each in canonicals}
    found = session.scalars(
        select(Suppression.address_index).where(
            # As one array: thousands of parameters take longer to be written down than to be looked up.
            Suppression.address_index == any_(cast(list(by_index), ARRAY(LargeBinary))),
            Suppression.expires_on.is_(None) | (Suppression.expires_on > clock.today()),
        )
    )
    return {by_index[index] for index in found}


def delete_expired(today: date) -> int:
    """Forget suppressions whose term is over; gives how many."""
    rows = session.execute(delete(Suppression).where(Suppression.expires_on <= today).returning(Suppression.reason))
    return len(rows.all())
