"""What everybody may read."""

from collections.abc import Mapping
from datetime import date

from flask import Response

from campaign.api.forms import documents as shapes
from campaign.api.forms.cursors import make_cursor, read_cursor
from campaign.api.forms.wishes import ChangesWish, PageWish, PetitionsWish
from campaign.api.queries import changes, others, people, petitions
from campaign.api.queries.person import get_person_document
from campaign.api.views.blueprint import answer, public, reader_of
from campaign.kernel import clock
from campaign.kernel.errors import N_

Asked = Mapping[str, str]
PETITIONS, PEOPLE, MORE = N_("Petitions"), N_("Prisoners"), N_("Letters, money, organisations")
COPIES = N_("Copies that stay true")


@public(
    "/petitions", about=PETITIONS, takes=PetitionsWish, gives=shapes.Petitions,
    says=N_("All petitions, those that opened last first"),
)  # fmt: skip
def list_petitions(wish: Asked) -> Response:
    """In pages of 50."""
    after = _opened(read_cursor("petitions", wish["cursor"])) if "cursor" in wish else None
    items, last = petitions.list_petitions(reader_of(wish), wish.get("state"), after)
    following = make_cursor("petitions", last[0].isoformat(), last[1]) if last is not None else None
    return answer({"items": items, "next": following}, survives_outage=True)


@public(
    "/petitions/<slug>", about=PETITIONS, gives=shapes.Petition,
    says=N_("One petition"),
)  # fmt: skip
def show_petition(wish: Asked, slug: str) -> Response:
    """Its text, for whom it is, how many signed, what came of it."""
    return answer(petitions.get_petition_document(slug, reader_of(wish)), survives_outage=True)


@public(
    "/petitions/<slug>/count", about=PETITIONS, gives=shapes.Count,
    says=N_("The number of signatures now"),
)  # fmt: skip
def show_count(wish: Asked, slug: str) -> Response:
    """Small, and never older than ten seconds."""
    return answer(petitions.get_count(slug, reader_of(wish)), survives_outage=True)


@public(
    "/people", about=PEOPLE, takes=PageWish, gives=shapes.People,
    says=N_("Everybody who has a public page"),
)  # fmt: skip
def list_people(wish: Asked) -> Response:
    """In pages of 50."""
    after = int(read_cursor("people", wish["cursor"])[0]) if "cursor" in wish else 0
    items, last = people.list_people(reader_of(wish), after)
    return answer(
        {"items": items, "next": make_cursor("people", last) if last is not None else None}, survives_outage=False
    )


@public(
    "/people/<slug>", about=PEOPLE, gives=shapes.Person,
    says=N_("One person"),
)  # fmt: skip
def show_person(wish: Asked, slug: str) -> Response:
    """What their page tells, and how to write to them."""
    return answer(get_person_document(slug, reader_of(wish)), survives_outage=False)


@public(
    "/facilities", about=MORE, gives=shapes.Facilities,
    says=N_("How long letters take, by facility"),
)  # fmt: skip
def list_facilities(wish: Asked) -> Response:
    """Only facilities to which enough letters went through us."""
    return answer({"items": others.list_facilities(reader_of(wish))}, survives_outage=False)


@public(
    "/reports", about=MORE, gives=shapes.Reports,
    says=N_("What came in for families, and what it went for, by month"),
)  # fmt: skip
def list_reports(wish: Asked) -> Response:
    """The newest months first."""
    return answer({"items": others.list_reports(reader_of(wish))}, survives_outage=False)


@public(
    "/reports/<month>", about=MORE, gives=shapes.Report,
    says=N_("The same for one month, 2026-10"),
)  # fmt: skip
def show_report(wish: Asked, month: str) -> Response:
    """Months that were told of together are one report."""
    return answer(others.get_report_document(month, reader_of(wish)), survives_outage=False)


@public(
    "/organisations", about=MORE, gives=shapes.Organisations,
    says=N_("Organisations that stand by prisoners"),
)  # fmt: skip
def list_organisations(wish: Asked) -> Response:
    """With what the Russian state calls them, and since when."""
    return answer({"items": others.list_organisation_documents(reader_of(wish))}, survives_outage=True)


@public(
    "/changes", about=COPIES, takes=ChangesWish, gives=shapes.ChangesSince,
    says=N_("What is new, what has changed, and what a copy has to take down"),
)  # fmt: skip
def list_changes(wish: Asked) -> Response:
    """People and petitions. Read until is_last, then ask again later with the last next."""
    since = changes.Position(changes.FIRST_DAY)
    if "since" in wish:
        day, kind, key = read_cursor("changes", wish["since"])
        since = changes.Position(date.fromisoformat(day), kind, key)
    found = changes.list_changes(reader_of(wish), since, clock.now())
    following = make_cursor("changes", found.next.day.isoformat(), found.next.kind, found.next.key)
    return answer({"items": found.items, "next": following, "is_last": found.is_last}, survives_outage=False)


def _opened(position: list[str]) -> petitions.Position:
    return date.fromisoformat(position[0]), position[1]
