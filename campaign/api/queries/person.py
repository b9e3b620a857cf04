"""One person in prison as a document: what their page tells, and nothing that it does not."""

import uuid
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from campaign.api.queries.people import attention_of, names_of
from campaign.api.queries.reader import Document, Reader, day
from campaign.kernel import clock
from campaign.letters.queries.statistics import weeks_by_way
from campaign.prisoners.models import Channel, PortraitSize, Publicity
from campaign.prisoners.queries.public_parts import ToldCase, ToldCharge, ToldListing, ToldSource, WayIn
from campaign.prisoners.queries.public_person import PersonPage, get_person_page
from campaign.prisoners.queries.reach import Reach, Stay, reach_of

_FOR_LETTERS = frozenset({Channel.POST, Channel.F_PISMO, Channel.ZT})


def get_person_document(slug: str, reader: Reader) -> Document:
    """One person; raises NotFound for whoever is not public, or no longer, exactly as for whoever never was."""
    person = get_person_page(slug, clock.now())
    row, told, status, stay = person.row, person.told_in(reader.language), person.status, person.stay
    is_limited = row.publicity == Publicity.LIMITED
    document = {
        "slug": row.slug,
        "url": reader.page(f"/prisoners/{row.slug}"),
        **names_of(row),
        "birth_year": row.born_on.year if row.born_on and not is_limited else None,
        "language": told.language if told else None,
        "occupation": told.occupation if told else "",
        "summary": told.summary if told else "",
        "story": told.story if told else "",
        "status": status.status if status else None,
        "status_since": day(status.since_on) if status else None,
        "region": stay.region if stay else None,
        "facility": stay.name_ru if stay else None,
        "attention": attention_of(row.publicity, row.quarters),
        "interests": [labels.get(reader.language) or labels["en"] for labels in person.interests],
        "languages_read": list(row.languages_read),
        "letters": _letters(person, clock.today()),
        "cases": [_case(each, person, reader) for each in person.cases],
        "hearings": [
            {"held_on": day(each.held_on), "starts_at": each.starts_at, "court": each.court, "state": each.state,
             "openness": each.openness, "outcome": each.outcome}
            for each in person.hearings
        ],
        "sentences": [
            {"decided_on": day(each.decided_on), "court": each.court, "punishment": each.punishment,
             "regime": each.regime, "term_months": each.term_months, "in_absentia": each.in_absentia,
             "in_force_on": day(each.in_force_on), "expected_release_on": day(each.expected_release_on)}
            for each in person.sentences
        ],
        "listings": [_listing(each) for each in person.listings] if reader.is_outside else [],
        "sources": [_source(each) for each in person.sources],
        "portrait": _portrait(person, reader),
        "changed_on": day(row.changed_on),
    }  # fmt: skip
    return reader.cleaned(document)


def _letters(person: PersonPage, today: date) -> Document:
    """Whether a letter reaches them; the address only where it would arrive."""
    row, stay = person.row, person.stay
    known = Stay(stay.certainty, stay.kind, stay.verified_on, row.postal_index is not None) if stay else None
    reach = reach_of(
        status=person.status.status if person.status else None, policy=row.letters_policy, stay=known, today=today
    )
    is_open = reach is Reach.OPEN and stay is not None
    lines = [stay.name_ru, row.street, row.locality, row.region_line, row.postal_index] if is_open and stay else []
    return {
        "reach": reach.value,
        "to": _to(person) if is_open else None,
        "address": [line for line in lines if line],
        "address_checked_on": day(row.address_on) if is_open else None,
        "held_there_known_on": day(stay.verified_on) if is_open and stay else None,
        "ways": [_way(each, person) for each in person.ways_in if each.channel in _FOR_LETTERS] if is_open else [],
    }


def _to(person: PersonPage) -> str:
    row = person.row
    name = row.dative_ru if row.is_dative_confirmed and row.dative_ru else names_of(row)["name_ru"]
    return f"{name}, {row.born_on.year} г. р." if row.born_on else str(name)


def _way(way: WayIn, person: PersonPage) -> Document:
    place = person.stay.facility_id if person.stay else None
    is_told = place is not None and person.row.publicity != Publicity.LIMITED
    return {
        "channel": way.channel,
        "weeks": weeks_by_way().get((uuid.UUID(place), way.channel)) if is_told and place else None,
        "languages": list(way.languages),
        "needs_sender_identity": way.needs_sender_identity,
        "checked_on": day(way.checked_on),
    }


def _case(case: ToldCase, person: PersonPage, reader: Reader) -> Document:
    names: dict[str, Any] = case.names
    return {
        "name": names.get(reader.language) or names.get("en") or next(iter(names.values()), ""),
        "stage": case.stage,
        "court": case.court,
        "region": case.region,
        "charges": [_charge(each) for each in person.charges if each.case_id == case.id],
    }


def _charge(charge: ToldCharge) -> Document:
    return {
        "code": charge.code, "article": charge.article, "part": charge.part, "clause": charge.clause,
        "from_on": day(charge.from_on), "until_on": day(charge.until_on),
    }  # fmt: skip


def _listing(listing: ToldListing) -> Document:
    """Who recognises them. To readers in Russia nobody is named, whatever the register says (site/prisoner_sources)."""
    return {
        "source": listing.source, "status": listing.status, "since_on": day(listing.since_on), "url": listing.url
    }  # fmt: skip


def _source(source: ToldSource) -> Document:
    host = (urlsplit(source.source_url).hostname or "").removeprefix("www.")
    return {
        "title": source.source_title or host, "url": source.source_url, "retrieved_on": day(source.retrieved_on)
    }  # fmt: skip


def _portrait(person: PersonPage, reader: Reader) -> Document | None:
    large, row = person.portraits.get(PortraitSize.LARGE), person.row
    if large is None:
        return None
    return {
        "url": reader.file(f"/prisoners/{row.slug}/portrait/{large.name}-{large.digest}.webp"),
        "width": large.width, "height": large.height, "alt": person.portrait_alt_in(reader.language),
        "licence": row.licence, "credit": row.credit,
    }  # fmt: skip
