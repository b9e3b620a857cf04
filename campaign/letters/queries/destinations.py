"""Where a letter to somebody goes today, or what holds it back. Never a guess: one look at the newest facts."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.letters.models import HoldReason
from campaign.penpals.queries.addressees import Addressee, find_addressees
from campaign.prisoners.models import Channel, Custody, Facility, Prisoner, StrangersPolicy
from campaign.prisoners.queries.reach import Reach

MOVING = frozenset({Reach.IN_TRANSIT, Reach.UNKNOWN})
OVER = frozenset({Reach.DIED, Reach.FREE})
UNSURE = frozenset({Reach.STALE, Reach.PROBABLE})
"""Nobody looked lately: nothing new leaves, and nothing is taken out of an envelope for it."""


class Destination(NamedTuple):
    """What an envelope to somebody says today; whatever is not known is empty."""

    hold: HoldReason | None
    """Why nothing may leave; None where it may."""
    is_sure: bool
    """Whether `hold` rests on something that happened, rather than on nobody having looked lately."""
    custody_id: uuid.UUID | None
    facility_id: uuid.UUID | None
    address_id: uuid.UUID | None
    to: str
    """The line "кому", with the year of birth."""
    is_dative_sure: bool
    facility: str
    lines: tuple[str, ...]
    """Beneath the facility's name: street, locality, region."""
    postal_index: str
    """Six digits."""

    def snapshot(self) -> dict[str, Any]:
        """What is kept of it with a letter (Letter.address)."""
        return {
            "to": self.to, "facility": self.facility, "lines": list(self.lines), "index": self.postal_index,
            "custody_id": str(self.custody_id), "address_id": str(self.address_id),
        }  # fmt: skip


def find_destination(prisoner_id: uuid.UUID, channel: str, today: date) -> Destination:
    """Where a letter by `channel` goes now, and what holds it back, the first that applies."""
    return find_destinations([prisoner_id], channel, today)[prisoner_id]


def find_destinations(
    prisoner_ids: Collection[uuid.UUID], channel: str, today: date
) -> dict[uuid.UUID, Destination]:  # fmt: skip
    """The same for several people, in as many statements as for one."""
    addressees = find_addressees(prisoner_ids, today)
    people = {each.id: each for each in session.scalars(select(Prisoner).where(Prisoner.id.in_(prisoner_ids)))}
    stays = session.scalars(
        select(Custody)
        .where(Custody.prisoner_id.in_(prisoner_ids), Custody.until_on.is_(None))
        .options(selectinload(Custody.facility).selectinload(Facility.addresses))
        .execution_options(populate_existing=True)
    )
    stay_of = {each.prisoner_id: each for each in stays}
    return {
        each: _destination(addressees.get(each), people.get(each), stay_of.get(each), channel) for each in prisoner_ids
    }


def _destination(
    addressee: Addressee | None, person: Prisoner | None, stay: Custody | None, channel: str
) -> Destination:  # fmt: skip
    place = stay.facility if stay is not None else None
    address = place.address if place is not None else None
    return Destination(
        hold=_hold(addressee, channel),
        is_sure=addressee is None or addressee.reach not in UNSURE,
        custody_id=stay.id if stay is not None else None,
        facility_id=place.id if place is not None else None,
        address_id=address.id if address is not None else None,
        to=_to(person) if person is not None else "",
        is_dative_sure=bool(person is not None and person.is_dative_confirmed and person.dative_ru),
        facility=place.name_ru if place is not None else "",
        lines=tuple(filter(None, (address.street, address.locality, address.region_line))) if address else (),
        postal_index=address.postal_index if address is not None else "",
    )


def _hold(addressee: Addressee | None, channel: str) -> HoldReason | None:
    if addressee is None:
        return HoldReason.UNREACHABLE
    if addressee.reach in MOVING:
        return HoldReason.IN_TRANSIT
    if addressee.reach in OVER:
        return HoldReason.GONE
    if addressee.reach is not Reach.OPEN:
        return HoldReason.UNREACHABLE
    return None if _is_open(addressee, channel) else HoldReason.FACILITY_STOP


def _is_open(addressee: Addressee, channel: str) -> bool:
    """Whether the channel takes letters of strangers there; paper goes where nobody found out otherwise."""
    ways = [way for way in addressee.ways_in if way.channel == channel]
    if not ways:
        return channel == Channel.POST
    return any(way.strangers != StrangersPolicy.REFUSED for way in ways)


def _to(person: Prisoner) -> str:
    is_sure = person.is_dative_confirmed and person.dative_ru
    name = person.dative_ru if is_sure else person.full_name_ru or person.name_in("ru")
    return f"{name}, {person.born_on.year}\u00a0г.\u00a0р." if person.born_on else name
