"""What a visitor asks of the list: read from the address, made canonical, and written back into addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl, urlencode

from flask import request

from campaign.kernel.text import one_line
from campaign.prisoners.models import ListingSource
from campaign.prisoners.queries.public_directory import DIMENSIONS, STATUS_GROUPS, Choices, Directory
from campaign.prisoners.regions import regions
from campaign.web.here import known_parameters
from campaign.web.paging import requested_page

LONGEST_QUERY = 60
SORTS = ("name", "lately")
WHO = ("women", "minors")
_ARTICLE = re.compile(r"(koap-)?[0-9]{1,3}(\.[0-9]{1,2}){0,2}")
MOST_KEPT_PAGES = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """Search, filters, sort and page; empty means not asked for."""

    q: str = ""
    status: str = ""
    region: str = ""
    article: str = ""
    listing: str = ""
    who: str = ""
    need: str = ""
    sort: str = ""
    page: int = 1

    @property
    def choices(self) -> Choices:
        """The filters that are set."""
        return {name: value for name in DIMENSIONS if (value := getattr(self, name))}

    @property
    def narrows(self) -> bool:
        """Whether the list is not simply everybody."""
        return bool(self.q or self.choices)

    @property
    def is_common(self) -> bool:
        """Whether many visitors see this very page, so that it is worth a place in the cache.

        Filters can be combined in millions of ways, and each may be valid: pages that one visitor in a year asks for
        would push out those that everybody reads.
        """
        return not self.q and len(self.choices) <= 1 and self.page <= MOST_KEPT_PAGES

    def pairs(self) -> Iterator[tuple[str, str]]:
        """What stands in the address."""
        for each in fields(self):
            value = getattr(self, each.name)
            if value != each.default:
                yield each.name, str(value)

    def url(self, **changes: str | int) -> str:
        """The address of the list with some of it changed; another filter or sort begins at the first page."""
        wish = replace(self, **({"page": 1} | changes))  # type: ignore[arg-type]
        query = urlencode(list(wish.pairs()))
        return f"{request.script_root or ''}/prisoners" + (f"?{query}" if query else "")


def read_wish(directory: Directory, *, with_listings: bool) -> Wish:
    """The wish of this request; a value that nobody can fit counts as none. `with_listings` False drops that filter."""
    given = request.args
    return Wish(
        q=one_line(given.get("q", ""), LONGEST_QUERY),
        status=_one_of(given.get("status"), STATUS_GROUPS),
        region=_one_of(given.get("region"), regions()),
        article=_article(given.get("article", ""), directory),
        listing=_one_of(given.get("listing"), set(ListingSource)) if with_listings else "",
        who=_one_of(given.get("who"), WHO),
        need=_one_of(given.get("need"), ("letters",)),
        sort=_one_of(given.get("sort"), SORTS),
        page=requested_page(),
    )


def is_canonical(pairs: Iterator[tuple[str, str]]) -> bool:
    """Whether the address of this request says exactly `pairs`, as far as the page depends on it."""
    query = request.query_string.decode("utf-8", "replace")
    names = known_parameters(request.path)
    return sorted(pair for pair in parse_qsl(query) if pair[0] in names) == sorted(pairs)


def _one_of(value: str | None, known: object) -> str:
    return value if value and value in known else ""  # type: ignore[operator]


def _article(value: str, directory: Directory) -> str:
    return value if _ARTICLE.fullmatch(value) and directory.knows("article", value) else ""
