"""Views of the list of people: kept without what was searched for, shared or not, one of them opened at once."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from campaign.kernel.actors import Role
from campaign.kernel.db import session
from campaign.people.models import PeopleView
from tests.people.pages import sealed
from tests.support.pages import PageClient, field_values, parse

SignIn = Callable[..., PageClient]
LIST, VIEWS = "/staff/people", "/staff/people/views"


def save(client: PageClient, title: str, *, query: str = "country=DE&sort=-since", **ticked: str) -> str:
    page = client.get(f"{LIST}?view=all&{query}").text
    data = field_values(page, VIEWS) | {"title": title}
    for name in ("shared", "default"):
        data.pop(name, None)
    answer = client.post(VIEWS, data=data | ticked)
    assert answer.status_code == 303
    return str(answer.location)


def titles(client: PageClient) -> list[str]:
    nav = parse(client.get(f"{LIST}?view=all").text).iterfind(".//nav[@class='tabs no-print']//a")
    return [" ".join("".join(link.itertext()).split()) for link in nav]


def test_a_view_keeps_filters_order_and_columns_and_never_the_search(sign_in: SignIn) -> None:
    client = sign_in(Role.ORGANISER)
    where = save(
        client, "In Germany", query=f"country=DE&sort=-since&columns=country,tags&find={sealed(client, 'Анна')}"
    )
    view = session.scalars(select(PeopleView)).one()
    assert view.query == {"country": "DE", "sort": "-since", "columns": "country,tags"}
    assert parse_qs(urlsplit(where).query)["view"] == [str(view.id)]
    assert titles(client) == ["Everybody", "In Germany"]
    assert "In Germany" in client.get(where).text


def test_a_view_of_the_same_title_is_replaced(sign_in: SignIn) -> None:
    client = sign_in(Role.ORGANISER)
    save(client, "Mine")
    save(client, " mine ", query="country=FR")
    assert session.scalars(select(PeopleView)).one().query == {"country": "FR"}
    assert save(client, "  ").startswith(LIST)
    assert len(titles(client)) == 2


def test_the_default_is_opened_at_once_and_everybody_is_one_link_away(sign_in: SignIn) -> None:
    client = sign_in(Role.ORGANISER)
    save(client, "First", default="y")
    save(client, "Second", query="country=FR", default="y")
    assert [view.title for view in session.scalars(select(PeopleView).where(PeopleView.is_default))] == ["Second"]
    answer = client.get(LIST)
    assert answer.status_code == 302
    assert "country=FR" in str(answer.location)
    assert client.get(f"{LIST}?view=all").status_code == 200
    assert sign_in(Role.ORGANISER).get(LIST).status_code == 200


def test_a_shared_view_is_seen_by_all_and_changed_by_its_owner(sign_in: SignIn) -> None:
    owner, other = sign_in(Role.ORGANISER), sign_in(Role.COORDINATOR)
    save(owner, "Ours", shared="y")
    save(owner, "Mine alone")
    assert titles(other) == ["Everybody", "Ours shared view"]
    view = session.scalars(select(PeopleView).where(PeopleView.is_shared)).one()
    token = {"csrf_token": field_values(other.get(f"{LIST}?view=all").text, VIEWS)["csrf_token"]}
    assert other.post(f"{VIEWS}/{view.id}/delete", data=token).status_code == 404
    page = owner.get(f"{LIST}?view={view.id}").text
    assert (
        owner.post(f"{VIEWS}/{view.id}/delete", data=field_values(page, f"{VIEWS}/{view.id}/delete")).status_code == 303
    )
    assert titles(owner) == ["Everybody", "Mine alone"]
