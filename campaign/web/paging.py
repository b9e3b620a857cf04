"""Lists in pages, with the page, the sort and the filters kept in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Select, func, select

from campaign.kernel.db import session
from campaign.web.here import here

Item = TypeVar("Item")
PER_PAGE = 25
MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a longer list."""

    items: Sequence[Item]
    number: int
    per_page: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page; an empty list has one."""
        return max(1, ceil(self.total / self.per_page))

    @property
    def first_item(self) -> int:
        """The position of the first item shown, from 1; 0 when there is none."""
        return (self.number - 1) * self.per_page + 1 if self.items else 0

    @property
    def last_item(self) -> int:
        """The position of the last item shown."""
        return (self.number - 1) * self.per_page + len(self.items)

    def url(self, number: int) -> str:
        """The address of another page of this list; filters and sort stay."""
        return url_with(page=number if number > 1 else None)


def url_with(**changes: Any) -> str:
    """This page's address with some query parameters changed; None removes one."""
    return (request.script_root or "") + here(**changes)


def requested_page() -> int:
    """The page number the address asks for; nonsense counts as the first."""
    text = request.args.get("page", "1")
    return min(max(int(text), 1), MOST_PAGES) if text.isdecimal() and len(text) <= 6 else 1


def page_of(found: Sequence[Item], *, per_page: int = PER_PAGE) -> Page[Item]:
    """The page asked for of a list that is in memory; past the end the last one."""
    last = max(1, ceil(len(found) / per_page))
    number = min(requested_page(), last)
    return Page(found[(number - 1) * per_page : number * per_page], number, per_page, len(found))


def paginate(
    statement: Select[*tuple[Any, ...]], *, per_page: int = PER_PAGE, number: int | None = None,
    whole_rows: bool = False, total: int | None = None,
) -> Page[Any]:  # fmt: skip
    """Run one page of `statement` (which must be ordered); a page past the end shows the last one.

    The items are the first of what is selected, or with `whole_rows` all of it. `total`: how many there are, where
    that is known already.
    """
    wanted = number or requested_page()
    if total is None:
        total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    last = max(1, ceil(total / per_page))
    shown = min(wanted, last)
    result = session.execute(statement.limit(per_page).offset((shown - 1) * per_page))
    rows: Sequence[Any] = result.all() if whole_rows else result.scalars().all()
    return Page(rows, shown, per_page, total)
