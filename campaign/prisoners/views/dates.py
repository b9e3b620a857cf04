"""The page of the next sixty days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from urllib.parse import urlencode

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from campaign.kernel import clock
from campaign.prisoners.queries.public_cards import Card, list_cards
from campaign.prisoners.queries.public_dates import DAYS_AHEAD, DateKind, Upcoming, list_upcoming
from campaign.prisoners.queries.public_directory import Directory, directory
from campaign.prisoners.regions import region_options, regions
from campaign.prisoners.spoken import DATE_KIND, DATE_KINDS, OPENNESS
from campaign.prisoners.views.blueprint import bp
from campaign.prisoners.views.wish import is_canonical
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.paging import Page, requested_page

PER_PAGE = 60


@dataclass(frozen=True, slots=True)
class DatesWish:
    """Which days are asked for."""

    kind: str = ""
    region: str = ""
    page: int = 1

    def pairs(self) -> list[tuple[str, str]]:
        """What stands in the address."""
        values = (("kind", self.kind), ("region", self.region), ("page", str(self.page) if self.page > 1 else ""))
        return [(name, value) for name, value in values if value]

    def url(self, path: str = "/prisoners/dates", **changes: str | int) -> str:
        """The address of the page, or of another one with the same filters; they begin at the first page."""
        wish = replace(self, **({"page": 1} | changes))  # type: ignore[arg-type]
        query = urlencode(wish.pairs())
        return f"{request.script_root or ''}{path}" + (f"?{query}" if query else "")


@dataclass(frozen=True, slots=True)
class Week:
    """The days of one week; it begins on a Monday."""

    monday: date
    days: list[tuple[Upcoming, Card]]


def read_dates_wish() -> DatesWish:
    """The filters of this request; unknown values count as none."""
    kind, region = request.args.get("kind", ""), request.args.get("region", "")
    return DatesWish(
        kind if kind in set(DateKind) else "", region if region in regions() else "", requested_page()
    )  # fmt: skip


@bp.get("/dates")
@public_page(survives_outage=False)
def list_dates() -> ResponseReturnValue:
    """Birthdays, days in court and expected releases of the next sixty days, by week."""
    wish = read_dates_wish()
    if not is_canonical(iter(wish.pairs())):
        return redirect(wish.url(page=wish.page))
    people = directory()
    upcoming = list_upcoming(people, clock.today(), kind=wish.kind, region=wish.region)
    number = min(wish.page, max(1, ceil(len(upcoming) / PER_PAGE)))
    if number != wish.page:
        return redirect(wish.url(page=number))
    shown = upcoming[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "prisoners/dates.html",
        wish=wish,
        page=Page(shown, number, PER_PAGE, len(upcoming)),
        weeks=by_week(shown),
        days_ahead=DAYS_AHEAD,
        kinds=DATE_KINDS,
        kind_words=DATE_KIND,
        openness=OPENNESS,
        regions=_regions_with_people(people),
    )


def by_week(shown: Sequence[Upcoming]) -> list[Week]:
    """The days with the cards of their people, by week; who is no longer public is left out."""
    cards = {card.id: card for card in list_cards(list({each.prisoner_id for each in shown}), current_language())}
    weeks: dict[date, Week] = {}
    for each in shown:
        monday = each.on - timedelta(days=each.on.weekday())
        if each.prisoner_id in cards:
            weeks.setdefault(monday, Week(monday, [])).days.append((each, cards[each.prisoner_id]))
    return list(weeks.values())


def _regions_with_people(people: Directory) -> list[tuple[str, str]]:
    return [(code, name) for code, name in region_options(current_language()) if people.knows("region", code)]
