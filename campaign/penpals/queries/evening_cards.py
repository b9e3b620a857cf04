"""What the cards and the list of an evening say of each addressee."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.penpals.models import Reservation, ReservationState
from campaign.penpals.queries.addressees import list_addressees
from campaign.penpals.queries.evenings import can_be_given_to_strangers, list_reservations
from campaign.prisoners.models import Custody, Facility, Prisoner
from campaign.prisoners.queries.reach import Reach

FOR_THE_TRUSTED = "for_the_trusted"
NOT_PUBLIC = "not_public"


@dataclass(frozen=True, slots=True)
class Seat:
    """One reservation of an evening, with whom it is for and what keeps a letter from them now."""

    reservation: Reservation
    person: Prisoner
    hindrance: str
    """A word of Reach, FOR_THE_TRUSTED or NOT_PUBLIC; empty where a letter reaches them."""


@dataclass(frozen=True, slots=True)
class CardText:
    """What stands on one card."""

    code: str
    name: str
    """In the alphabet of the evening's language."""
    to: str
    """The line "кому": in the dative where a person confirmed it, with the year of birth, for namesakes."""
    is_dative_sure: bool
    address: Sequence[str]
    """The lines "куда", the index last."""
    occupation: str
    summary: str
    interests: Sequence[str]
    languages: Sequence[str]
    """ISO 639-1, those the person reads."""


def list_seats(event_id: uuid.UUID, today: date) -> list[Seat]:
    """Everybody who was ever reserved for an evening, by name; nothing hinders what is recorded already."""
    rows = list_reservations(event_id)
    people = {each.id: each for each in session.scalars(select(Prisoner).where(Prisoner.id.in_(_ids(rows))))}
    hindrances = _hindrances(today)
    seats = [
        Seat(
            row, people[row.prisoner_id],
            hindrances.get(row.prisoner_id, NOT_PUBLIC) if row.state == ReservationState.LIVE else "",
        )
        for row in rows
    ]  # fmt: skip
    return sorted(seats, key=lambda seat: (seat.person.full_name_ru or seat.person.last_latin, seat.reservation.code))


def list_card_texts(event_id: uuid.UUID, language: str, today: date) -> list[CardText]:
    """The cards of an evening, by name: of everybody held whom a letter reaches today, and of nobody else."""
    rows = list_reservations(event_id, ReservationState.LIVE)
    hindrances = _hindrances(today)
    reached = [row for row in rows if hindrances.get(row.prisoner_id, NOT_PUBLIC) == ""]
    people = {
        each.id: each
        for each in session.scalars(
            select(Prisoner)
            .where(Prisoner.id.in_(_ids(reached)))
            .options(selectinload(Prisoner.texts), selectinload(Prisoner.interests))
        )
    }
    places = _places(_ids(reached))
    cards = [_card(row, people[row.prisoner_id], places.get(row.prisoner_id), language) for row in reached]
    return sorted((each for each in cards if each.address), key=lambda card: (card.to, card.code))


def _hindrances(today: date) -> dict[uuid.UUID, str]:
    """By everybody whose page is public: why no letter of an unknown writer reaches them, empty where it does."""
    return {
        each.id: ""
        if can_be_given_to_strangers(each)
        else (each.reach.value if each.reach is not Reach.OPEN else FOR_THE_TRUSTED)
        for each in list_addressees(today)
    }


def _places(prisoner_ids: set[uuid.UUID]) -> dict[uuid.UUID, Facility]:
    stays = session.scalars(
        select(Custody)
        .where(Custody.prisoner_id.in_(prisoner_ids), Custody.until_on.is_(None))
        .options(selectinload(Custody.facility).selectinload(Facility.addresses))
    )
    return {stay.prisoner_id: stay.facility for stay in stays if stay.facility is not None}


def _card(row: Reservation, person: Prisoner, place: Facility | None, language: str) -> CardText:
    is_dative_sure = bool(person.is_dative_confirmed and person.dative_ru)
    name = person.dative_ru if is_dative_sure else person.full_name_ru or person.name_in("ru")
    told = person.text_in(language)
    return CardText(
        code=row.code,
        name=person.name_in(language),
        to=f"{name}, {person.born_on.year}\u00a0г.\u00a0р." if person.born_on else name,
        is_dative_sure=is_dative_sure,
        address=_lines(place),
        occupation=told.occupation if told else "",
        summary=told.summary if told else "",
        interests=[each.label_in(language) for each in person.interests if each.merged_into_id is None],
        languages=person.languages_read,
    )


def _lines(place: Facility | None) -> list[str]:
    address = place.address if place is not None else None
    if place is None or address is None:
        return []
    parts = (place.name_ru, address.street, address.locality, address.region_line, address.postal_index)
    return [part for part in parts if part]


def _ids(rows: Sequence[Reservation]) -> set[uuid.UUID]:
    return {row.prisoner_id for row in rows}
