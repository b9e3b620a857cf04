"""The list of appeals with its filters, and who stands for whom."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.appeals.forms.words import KIND_WORDS
from campaign.appeals.models import AppealKind
from campaign.appeals.queries import public as queries
from campaign.appeals.queries.staff import names_for
from campaign.kernel import clock
from campaign.web.countries import country_name
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.place import current_place

bp = Blueprint("appeals", __name__)
PER_PAGE = 12
INTERNATIONAL = "int"
"""What stands in an address for bodies that belong to no country."""
PAST = "past"


@bp.get("")
@public_page(survives_outage=False)
def list_appeals() -> ResponseReturnValue:
    """Appeals one can write for now, or (`?state=past`) that have ended; by kind, country of the official and prisoner.

    Any address that means nothing leads to the one that does.
    """
    place, language = current_place(), current_language()
    people = {each.slug: each for each in queries.list_prisoners(place)}
    countries = queries.list_countries(place)
    given, past = request.args.get, request.args.get("state") == PAST
    kind = given("kind", "") if given("kind") in set(AppealKind) else ""
    country = given("country", "") if country_in(given("country", "")) in countries and given("country") else ""
    prisoner = given("prisoner", "") if given("prisoner") in people else ""
    found = queries.published_appeals(place, kind=kind, prisoner=prisoner, over=past)
    if country:
        found = queries.written_to(found, country_in(country))
    page = paginate(found, per_page=PER_PAGE)
    number = str(page.number) if page.number > 1 else ""
    wanted = {"kind": kind, "country": country, "prisoner": prisoner, "state": PAST if past else "", "page": number}
    canonical: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    if {name: request.args[name] for name in wanted if name in request.args} != canonical:
        return redirect(url_for("appeals.list_appeals", **canonical))
    if prisoner or (kind and country):
        # Hardly anybody else asks for this, so that it takes no place among the pages that are kept.
        g.cache_control = "no-store"
    ids = [each.id for each in page.items]
    return render_template(
        "appeals/list.html", page=page, kind=kind, country=country, prisoner=prisoner, past=past,
        countries=names_of_countries(countries), people=people.values(), kinds=AppealKind, kind_words=KIND_WORDS,
        totals=queries.totals_of(ids), people_of=queries.people_of(ids), language=language, now=clock.now(),
        has_godparents=paginate(queries.standing_godparents(), per_page=1, number=1).total > 0,
    )  # fmt: skip


@bp.get("/godparents")
@public_page(survives_outage=False)
def list_godparents() -> ResponseReturnValue:
    """Members of parliaments who stand for a prisoner."""
    page = paginate(queries.standing_godparents(), per_page=50)
    wanted = {"page": str(page.number)} if page.number > 1 else {}
    if {name: request.args[name] for name in ("page",) if name in request.args} != wanted:
        return redirect(url_for("appeals.list_godparents", **wanted))  # type: ignore[arg-type]
    targets, prisoners = names_for(page.items)
    language = current_language()
    return render_template(
        "appeals/godparents.html", page=page, targets=targets, prisoners=prisoners, language=language,
        country_of=lambda code: country_name(code, language),
    )  # fmt: skip


def country_in(word: str) -> str:
    """The country that a word of an address means; "" for international bodies."""
    return "" if word == INTERNATIONAL else word


def names_of_countries(codes: list[str]) -> list[tuple[str, str]]:
    """The word for an address and the name of each country, by name; international bodies come as the template says."""
    language = current_language()
    named = sorted(
        ((code, country_name(code, language)) for code in codes if code), key=lambda each: each[1].casefold()
    )
    return [*([(INTERNATIONAL, "")] if "" in codes else []), *named]
