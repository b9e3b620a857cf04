"""Who recognises a person, and where a page is known from, as far as a visitor may be told (SAFETY.md 17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from flask_babel import gettext as _

from campaign.designations.policy import is_designated
from campaign.designations.queries import list_organisations
from campaign.kernel.places import Place
from campaign.prisoners.queries.public_parts import ToldListing, ToldSource
from campaign.prisoners.spoken import LISTING, LISTING_STATUS, day_in_words


@dataclass(frozen=True, slots=True)
class Shown:
    """A source with its link, where that may be shown."""

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


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Gated(Generic[Item]):
    """What may be shown, and how much may not."""

    shown: Sequence[Item]
    hidden: int
    links_hidden: int


def listings_shown(listings: Sequence[ToldListing], place: Place) -> Gated[Recognition]:
    """Who recognises a person; in Russia nobody by name, since nearly every such source is designated there, and links
    only for who says they are elsewhere."""
    if place is Place.RUSSIA:
        return Gated([], len(listings), 0)
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
    return Gated(shown, 0, 0 if is_elsewhere else sum(bool(each.url) for each in listings))


def sources_shown(sources: Sequence[ToldSource], place: Place) -> Gated[Shown]:
    """Sources with their links, but for those of designated organisations: who has not said where they are gets the
    title without the link, who is in Russia gets neither."""
    marks = [] if place is Place.ELSEWHERE else _marks_of_designated()
    shown, hidden, links_hidden = [], 0, 0
    for each in sources:
        is_marked = any(mark.fits(each) for mark in marks)
        if is_marked and place is Place.RUSSIA:
            hidden += 1
            continue
        links_hidden += is_marked
        title = each.source_title or _host(each.source_url)
        shown.append(Shown(title, "" if is_marked else each.source_url, day_in_words(each.retrieved_on)))
    return Gated(shown, hidden, links_hidden)


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a designated organisation is recognised by."""

    host: str
    names: frozenset[str]

    def fits(self, source: ToldSource) -> bool:
        host = _host(source.source_url)
        title = source.source_title.casefold()
        return (
            host == self.host or host.endswith(f".{self.host}") or any(name in title for name in self.names)
        )  # fmt: skip


def _marks_of_designated() -> list[_Mark]:
    return [
        _Mark(_host(each.url), frozenset(name.strip("«»“”").casefold() for name in each.names.values()))
        for each in list_organisations()
        if is_designated(each)
    ]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
