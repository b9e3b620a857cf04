"""Staff see how many, never who."""

import pytest

from campaign.kernel.actors import Role
from campaign.signatures.models import Visibility
from campaign.signatures.queries.staff import Cell, veil
from tests.support.pages import parse


def rows_of(html: str, table: str) -> dict[str, str]:
    for each in parse(html).iter("table"):
        if each.find("caption").get("id") == f"{table}-caption":
            return {
                "".join(row[0].itertext()).strip(): "".join(row[1].itertext()).strip()
                for row in each.findall("tbody/tr")
            }
    return {}


DESK = {"": 200, "/quarantine": 200, "/set-aside": 200, "/by-day-light.svg": 200}
ALL = DESK | {"/look-up": 200, "/exports": 200}


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        (Role.ADMIN, ALL),
        (Role.ORGANISER, ALL),
        (Role.MODERATOR, DESK | {"/look-up": 403, "/exports": 403}),
        *((role, dict.fromkeys(ALL, 403)) for role in (Role.TREASURER, Role.COORDINATOR, Role.DATA_EDITOR)),
    ],
)
def test_each_role_opens_its_pages_and_no_other(enter, desk, role, pages):
    _who, client = enter(role)
    assert {path: client.get(desk + path).status_code for path in pages} == pages


def test_a_visitor_is_asked_to_sign_in_and_a_volunteer_is_refused(client, enter, desk):
    assert "/account/sign-in" in client.get(desk).location
    _who, volunteer = enter(Role.VOLUNTEER)
    assert volunteer.get(desk).status_code == 403


def test_totals_run_along_one_line_each_and_follow_the_filters(organiser, desk, signed):
    signed(6, prefix="de", confirmed=True, country="DE")
    signed(7, prefix="lv", country="LV")
    signed(5, prefix="q", country=None, quarantined=True)
    _who, client = organiser
    page = client.get(desk).get_data(as_text=True)
    assert rows_of(page, "by-state") == {"Confirmed": "6", "Pending": "7", "Quarantined": "5"}
    assert rows_of(page, "by-country") == {"Latvia": "7", "Germany": "6", "Not given": "5"}
    narrowed = client.get(f"{desk}?country=LV").get_data(as_text=True)
    assert rows_of(narrowed, "by-state") == {"Pending": "7"}
    assert rows_of(client.get(f"{desk}?country=none").get_data(as_text=True), "by-state") == {"Quarantined": "5"}
    assert rows_of(client.get(f"{desk}?state=confirmed").get_data(as_text=True), "by-country") == {"Germany": "6"}


def test_no_name_and_no_address_is_on_the_page(organiser, desk, signed):
    signed(6, display_name="Anna Example", visibility=Visibility.NAME)
    _who, client = organiser
    page = client.get(desk).get_data(as_text=True)
    assert "Anna Example" not in page
    assert "example.org" not in page, "a small domain stands as a mark, since it could be one person's"


def test_a_cell_under_five_is_not_shown_nor_had_by_subtraction(organiser, desk, signed):
    signed(9, prefix="de", country="DE")
    signed(6, prefix="lv", country="LV")
    signed(1, prefix="fr", country="FR")
    _who, client = organiser
    page = client.get(desk).get_data(as_text=True)
    assert rows_of(page, "by-country") == {"Germany": "9", "Latvia": "not shown", "France": "not shown"}
    assert "fewer than 5" in client.get(f"{desk}?country=FR").get_data(as_text=True)


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({}, []),
        ({"a": 1}, [None]),
        ({"a": 5}, [5]),
        ({"a": 9, "b": 4, "c": 7}, [9, None, None]),
        ({"a": 9, "b": 4, "c": 3}, [9, None, None]),
    ],
)
def test_small_cells_are_veiled(cells, shown):
    assert veil(cells) == [Cell(key, count) for key, count in zip(cells, shown, strict=True)]


def test_the_chart_is_a_file_without_style_or_script(organiser, desk, signed):
    signed(6)
    _who, client = organiser
    chart = client.get(f"{desk}/by-day-dark.svg?country=DE")
    assert chart.mimetype == "image/svg+xml"
    assert "<rect" in chart.text
    assert "<style" not in chart.text
    assert "<script" not in chart.text
    assert client.get(f"{desk}/by-day-pink.svg").status_code == 404


HOSTILE = (
    "day_from=yesterday", "country=%00", "country=Germany", "mail_domain=%27%20OR%201=1", "mail_domain=%00",
    "state=all", "visibility=%3Cscript%3E", "day_from=2026-11-02&day_to=2026-11-01", "country=" + "D" * 5000,
)  # fmt: skip


def test_a_hostile_filter_is_refused_and_shown_harmless(organiser, desk, signed):
    signed(5)
    _who, client = organiser
    for query in HOSTILE:
        answer = client.get(f"{desk}?{query}")
        assert answer.status_code == 422, query
        assert "<script>" not in answer.get_data(as_text=True)
        assert client.get(f"{desk}/set-aside?{query}").status_code == 422, query


def test_an_unknown_petition_is_not_found(organiser):
    _who, client = organiser
    for slug in ("nowhere", "%00", "a" * 3000):
        assert client.get(f"/staff/petitions/{slug}/signatures").status_code == 404
