"""What the public sees: the list, the chart, and nothing that it must not."""

from datetime import date, timedelta

import pytest

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.petitions.models import Audience, Petition, PetitionState
from campaign.signatures import charts
from campaign.signatures.models import SignatureDay, SignatureTotal
from tests.petitions.pages import text_of
from tests.support import make


def counted(petition: Petition, days: dict[int, int], country: str = "DE") -> None:
    """Counts as the roll-up leaves them: `days` ago to how many."""
    with transaction():
        for ago, number in days.items():
            day = clock.today() - timedelta(days=ago)
            session.add(SignatureDay(petition_id=petition.id, day=day, country=country, count=number))
        total = session.get(SignatureTotal, petition.id) or SignatureTotal(petition_id=petition.id, count=0)
        total.count += sum(days.values())
        session.add(total)
    session.expunge_all()


def shown(client, query: str = "") -> str:
    client.application.extensions["page_cache"].clear()
    return text_of(client.get(f"/petitions{query}").get_data(as_text=True))


def test_the_list_shows_what_collects_and_what_ended_apart(client):
    for state in (PetitionState.DRAFT, PetitionState.REVIEW):
        make.petition(state=state)
    assert "There is no open petition right now" in shown(client)
    make.petition(slug="open-one")
    closed = make.petition(slug="closed-one", state=PetitionState.CLOSED)
    html = client.get("/petitions").get_data(as_text=True)
    client.application.extensions["page_cache"].clear()
    html = client.get("/petitions").get_data(as_text=True)
    assert "/petitions/open-one" in html
    assert "/petitions/closed-one" not in html
    past = client.get("/petitions?state=past").get_data(as_text=True)
    assert "/petitions/closed-one" in past
    assert "/petitions/open-one" not in past
    assert client.get(f"/petitions/{closed.slug}").status_code == 200


def test_the_list_is_sorted_by_signatures_and_paged(client):
    petitions = [make.petition(slug=f"number-{number:02}") for number in range(14)]
    counted(petitions[9], {1: 900})
    counted(petitions[3], {1: 500})
    client.application.extensions["page_cache"].clear()
    html = client.get("/petitions?sort=signed").get_data(as_text=True)
    assert html.index("number-09") < html.index("number-03") < html.index("number-00")
    assert "number-13" not in html
    assert "number-13" in client.get("/petitions?sort=signed&page=2").get_data(as_text=True)
    for odd in ("?page=0", "?page=99999", "?page=x", "?sort=%27", "?state=%00", "?page=2&page=3"):
        assert client.get(f"/petitions{odd}").status_code == 200, odd


def test_a_petition_for_people_outside_russia_is_not_listed_in_russia(client):
    make.petition(slug="sanctions", audience=Audience.OUTSIDE_RUSSIA)
    client.post("/place", data={"place": "ru"})
    assert "sanctions" not in client.get("/petitions").get_data(as_text=True)
    client.post("/place", data={"place": "out"})
    assert "sanctions" in client.get("/petitions").get_data(as_text=True)


@pytest.mark.parametrize("theme", ["by-day", "by-day-dark"])
def test_the_chart_has_days_and_its_numbers_stand_beside_it(client, theme):
    petition = make.petition()
    counted(petition, {3: 40, 2: 60, 1: 3, 0: 4})
    page = text_of(client.get(f"/petitions/{petition.slug}").get_data(as_text=True))
    assert "Days with few signatures, together 7" in page
    answer = client.get(f"/petitions/{petition.slug}/{theme}.svg")
    drawn = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert drawn.count("<rect") == 2
    assert "style" not in drawn
    assert "script" not in drawn
    assert answer.headers["Cache-Control"].startswith("public")
    assert client.get(f"/ru/petitions/{petition.slug}/{theme}.svg").status_code == 200


def test_the_chart_of_what_is_not_public_is_not_found(client):
    petition = make.petition(state=PetitionState.REVIEW)
    assert client.get(f"/petitions/{petition.slug}/by-day.svg").status_code == 404
    fresh = make.petition()
    assert client.get(f"/petitions/{fresh.slug}/by-day.svg").status_code == 200, "empty, but a picture"


def test_one_small_day_is_hidden_with_another_so_that_it_cannot_be_subtracted():
    first = date(2026, 11, 2)
    data = charts.by_day([(first, 50), (first + timedelta(days=1), 2), (first + timedelta(days=2), 9)])
    assert [bar.count for bar in data.bars] == [50, None, None]
    assert data.hidden == 11


def test_many_days_become_weeks_and_no_signature_is_lost():
    first = date(2026, 1, 1)
    days = [(first + timedelta(days=at), 10 + at % 3) for at in range(0, 300, 2)]
    data = charts.by_day(days)
    assert data.is_weekly
    assert sum(bar.count or 0 for bar in data.bars) + data.hidden == sum(count for _, count in days)
    assert all(bar.first.weekday() == 0 for bar in data.bars)


@pytest.mark.parametrize("counts", [[], [4], [1_000_000], [0], [5, 0, 5]])
def test_a_chart_can_always_be_drawn(counts):
    data = charts.by_day([(date(2026, 1, 1) + timedelta(days=at), count) for at, count in enumerate(counts)])
    assert charts.draw(data, "ru", charts.LIGHT, 'A <title> & "more"').startswith("<svg")
    assert 0 not in [bar.count for bar in data.shown]
