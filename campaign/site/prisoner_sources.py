"""Who recognises a person, and where a page is known from. Names and links of designated organisations are taken out of
the whole page later (web/left_out.py); what is decided here is what no register needs to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from campaign.kernel.places import Place
from campaign.prisoners.queries.public_parts import ToldListing, ToldSource
from campaign.prisoners.spoken import LISTING, LISTING_STATUS, day_in_words
from campaign.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Shown:
    """A source, when it was last read, and where."""

    name: str
    url: str
    day: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """What one source says of a person, in words."""

    name: str
    status: str
    url: str
    day: str


@dataclass(frozen=True, slots=True)
class Listings:
    """Who recognises a person, as far as a visitor may be told, and how many more do."""

    shown: Sequence[Recognition]
    hidden: int
    has_hidden_links: bool


def listings_shown(listings: Sequence[ToldListing], place: Place) -> Listings:
    """In Russia nobody by name, whatever the register says: nearly every such source is designated there, and a new
    label takes days to reach us. Links only for who says they are elsewhere."""
    if place is Place.RUSSIA:
        return Listings([], len(listings), has_hidden_links=False)
    is_elsewhere = place is Place.ELSEWHERE
    shown = [
        Recognition(
            _(LISTING[each.source]),
            _(LISTING_STATUS[each.status]),
            each.url if is_elsewhere else "",
            day_in_words(each.since_on) if each.since_on else "",
        )
        for each in listings
    ]
    return Listings(shown, 0, has_hidden_links=not is_elsewhere and any(each.url for each in listings))


def sources_shown(sources: Sequence[ToldSource]) -> list[Shown]:
    """Sources by title, those without one by the host of their address."""
    return [
        Shown(each.source_title or _host(each.source_url), each.source_url, day_in_words(each.retrieved_on))
        for each in sources
    ]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
