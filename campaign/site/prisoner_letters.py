"""Where and how to write to a person; or why not, in honest words."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign.kernel.money import Money
from campaign.letters.queries.statistics import weeks_by_way
from campaign.prisoners.models import Channel, Publicity, StrangersPolicy
from campaign.prisoners.queries.public_entries import is_minor
from campaign.prisoners.queries.public_parts import StayAt, ToldRule, WayIn
from campaign.prisoners.queries.public_person import PersonPage
from campaign.prisoners.queries.reach import Reach, Stay, reach_of
from campaign.prisoners.spoken import CHANNEL, REPLY, day_in_words
from campaign.site.prisoner_timeline import facility_name, facility_words
from campaign.web.i18n import gettext as _
from campaign.web.i18n import ngettext


@dataclass(frozen=True, slots=True)
class WayInWords:
    """A way for letters, with what it takes."""

    name: str
    details: Sequence[str]
    prices: Sequence[str]
    checked: str
    is_for_relatives: bool


@dataclass(frozen=True, slots=True)
class Letters:
    """What the page says about writing."""

    reach: Reach
    consent: str
    """Why a coordinator says yes first: minor, careful where the page does not tell the age, or empty."""
    to: str
    """The line "кому" of the envelope, in Russian; empty where no address may be given out."""
    address: Sequence[str]
    """The lines "куда", in Russian."""
    is_dative_sure: bool
    place: str
    place_words: str
    verified: str
    """The day up to which the stay is known to hold."""
    address_checked: str
    ways: Sequence[WayInWords]
    rules: Sequence[str]
    reply: str


def letters_to(person: PersonPage, today: date, language: str) -> Letters:
    """Whether and how one can write to this person now. The address stands here only where a letter would arrive."""
    row, stay = person.row, person.stay
    reach = reach_of(
        status=person.status.status if person.status else None, policy=row.letters_policy,
        stay=_known_stay(stay, has_address=row.postal_index is not None), today=today,
    )  # fmt: skip
    is_open = reach is Reach.OPEN and stay is not None
    return Letters(
        reach=reach,
        consent=_consent(row, today) if is_open else "",
        to=_to(person) if is_open else "",
        address=_address(person, stay) if is_open and stay else [],
        is_dative_sure=bool(row.is_dative_confirmed and row.dative_ru),
        place=facility_name(stay, language) if stay and stay.facility_id else "",
        place_words=facility_words(stay, language) if stay and stay.facility_id else "",
        verified=day_in_words(stay.verified_on) if stay else "",
        address_checked=day_in_words(row.address_on) if row.address_on else "",
        ways=[_way(each, language, _takes(person, each)) for each in person.ways_in if each.channel in _FOR_LETTERS]
        if is_open
        else [],
        rules=[_rule(each, language) for each in person.rules] if is_open else [],
        reply=_(REPLY[row.reply_means]) if is_open and REPLY.get(row.reply_means) else "",
    )


def _consent(row: Any, today: date) -> str:
    if not is_minor(row.born_on, row.born_precision, today):
        return ""
    return "careful" if row.publicity == Publicity.LIMITED else "minor"


_FOR_LETTERS = frozenset({Channel.POST, Channel.F_PISMO, Channel.ZT})


def _known_stay(stay: StayAt | None, *, has_address: bool) -> Stay | None:
    return Stay(stay.certainty, stay.kind, stay.verified_on, has_address) if stay is not None else None


def _to(person: PersonPage) -> str:
    """The name in the dative where a person confirmed it, else as it is; with the year of birth, for namesakes."""
    row = person.row
    name = row.dative_ru if row.is_dative_confirmed and row.dative_ru else " ".join(
        filter(None, (row.last_ru, row.first_ru, row.patronymic_ru))
    )  # fmt: skip
    return f"{name}, {row.born_on.year} г. р." if row.born_on else str(name)


def _address(person: PersonPage, stay: StayAt) -> list[str]:
    row = person.row
    return [part for part in (stay.name_ru, row.street, row.locality, row.region_line, row.postal_index) if part]


def _takes(person: PersonPage, way: WayIn) -> str:
    """How long letters through us take there, where enough of them tell; nothing of whoever is spoken of little."""
    place = person.stay.facility_id if person.stay is not None else None
    if place is None or person.row.publicity == Publicity.LIMITED:
        return ""
    weeks = weeks_by_way().get((uuid.UUID(place), way.channel))
    if weeks is None:
        return ""
    words: str = ngettext(
        "letters to this facility take about %(num)s week", "letters to this facility take about %(num)s weeks", weeks
    )
    return words


def _way(way: WayIn, language: str, takes: str) -> WayInWords:
    details = [
        takes,
        _("handed over within %(days)s days as a rule", days=way.days) if way.days is not None else "",
        _pages(way),
        _("with a form for the answer") if way.has_reply_form else "",
        _("asks for the sender’s name, phone and e-mail: it is not anonymous") if way.needs_sender_identity else "",
        _("in Russian only") if way.languages == ["ru"] else "",
    ]
    prices = [
        _price(_("page: %(price)s"), way.price_page, way, language),
        _price(_("picture: %(price)s"), way.price_picture, way, language),
        _price(_("answer: %(price)s"), way.price_reply, way, language),
    ]
    return WayInWords(
        _(CHANNEL[way.channel]),
        [each for each in details if each],
        [each for each in prices if each],
        day_in_words(way.checked_on),
        way.strangers == StrangersPolicy.REFUSED,
    )


def _pages(way: WayIn) -> str:
    if way.characters_a_page is None:
        return ""
    size = ngettext("%(num)s character a page", "%(num)s characters a page", way.characters_a_page)
    most = ngettext("at most %(num)s page", "at most %(num)s pages", way.most_pages) if way.most_pages else ""
    return ", ".join(filter(None, (size, most)))


def _price(words: str, minor: int | None, way: WayIn, language: str) -> str:
    return words % {"price": Money(minor, way.currency).format(language)} if minor is not None else ""


def _rule(rule: ToldRule, language: str) -> str:
    return rule.texts.get(language) or rule.texts["en"]
