"""Reports in a browser without scripts: empty places, filters in the address, files, and who sees what of whom."""

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.months import first_day, month_of, shifted
from campaign.people.models import CountState, InteractionKind, PeopleReport
from campaign.people.service.reports.count import TOO_SLOW
from tests.conftest import SignIn
from tests.people.pages import send, staff
from tests.people.reports.made import counted, did, helper, somebody
from tests.support import pens
from tests.support.pages import PageClient
from workers.run_jobs import run_due_jobs

ROOT = "/staff/people/reports"
PAGES = ("", "/growth", "/activity", "/retention", "/origins", "/workload", "/groups")
PICTURES = (
    "/growth/total-{}.svg", "/growth/moves-{}.svg", "/growth/split-{}.svg", "/activity/wrote-{}.svg",
    "/retention/{}.svg", "/origins/source-{}.svg", "/origins/country-{}.svg", "/workload/writing-{}.svg",
    "/workload/hours-{}.svg", "/groups/picture-{}.svg",
)  # fmt: skip
FILES = (
    "/growth.csv", "/growth-split.csv", "/activity.csv", "/retention.csv", "/origins-source.csv",
    "/origins-country.csv", "/workload.csv", "/workload-hours.csv", "/groups/groups.csv",
)  # fmt: skip
MONTH = shifted(month_of(clock.today()), -1)


def table(client: PageClient, path: str) -> list[list[str]]:
    answer = client.get(ROOT + path)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_a_place_without_anybody_says_so_everywhere(sign_in: SignIn) -> None:
    client = sign_in(Role.ORGANISER)
    for path in PAGES:
        assert client.get(ROOT + path).status_code == 200, path
    for path in PICTURES:
        for scheme in ("light", "dark"):
            answer = client.get(ROOT + path.format(scheme), query_string={"sheet": "narrow"})
            assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml"), path
            assert "style=" not in answer.text
        assert client.get(ROOT + path.format("pink")).status_code == 404
    for path in FILES:
        assert table(client, path)
    assert "Nothing has been counted yet" in client.get(f"{ROOT}/growth").text
    assert client.get(f"{ROOT}/activity/nothing-light.svg").status_code == 404
    counted()
    for path in PAGES:
        assert client.get(ROOT + path).status_code == 200, path
    assert "Nobody came in these months." in client.get(f"{ROOT}/origins").text


def test_the_figures_are_counted_when_somebody_asks(app: Flask, sign_in: SignIn) -> None:
    somebody(first_day(MONTH))
    client = sign_in(Role.COORDINATOR)
    answer = send(client, ROOT, "/count", report="growth")
    assert answer.headers["Location"].endswith(f"{ROOT}/growth")
    waiting = client.get(f"{ROOT}/growth").text
    assert "counted in the background" in waiting
    assert client.get(f"{ROOT}/count.json").json == {"done": 0, "is_at_work": True}
    run_due_jobs()
    assert client.get(f"{ROOT}/count.json").json == {"done": 0, "is_at_work": False}
    page = client.get(f"{ROOT}/growth").text
    assert "1 person came, none before; 0 went. Here at the end: 1." in page
    assert "Counted on" in page
    assert "1 person came" in client.get(ROOT).text


def test_figures_that_took_too_long_stay_as_they_were(sign_in: SignIn) -> None:
    somebody(first_day(MONTH))
    counted()
    with transaction():
        row = session.scalars(select(PeopleReport)).one()
        row.state, row.error = CountState.FAILED, TOO_SLOW
    page = sign_in(Role.ORGANISER).get(f"{ROOT}/growth").text
    assert "Counting took too long" in page
    assert "1 person came" in page


def test_what_the_address_asks_for_stands_on_the_page_and_in_the_file(sign_in: SignIn) -> None:
    for country, amount in (("DE", 6), ("GE", 2)):
        for _each in range(amount):
            somebody(first_day(MONTH), country=country, source="=cmd()")
    counted()
    client = sign_in(Role.ORGANISER)
    page = client.get(f"{ROOT}/growth?months=3&split=country").text
    assert 'value="country" selected' in page
    assert f"{ROOT}/growth.csv?months=3&amp;split=country" in page
    assert len(table(client, "/growth.csv?months=3")) == 4
    head, *rows = table(client, "/growth-split.csv?months=3&split=country")
    # Two alone would tell of two, and so Germany stands with them.
    assert head == ["Month", "all others together"]
    assert rows[-1] == [MONTH, "8"]
    assert table(client, "/origins-source.csv")[1] == ["'=cmd()", "8", "0"]
    assert client.get(f"/ru{ROOT}/growth?split=country").status_code == 200


def test_hours_are_hours_and_every_month_has_a_line(sign_in: SignIn) -> None:
    person = somebody(first_day(MONTH))
    did(person, first_day(MONTH), InteractionKind.GAVE_TIME, 45)
    did(person, first_day(MONTH), InteractionKind.GAVE_TIME, 50)
    counted()
    client = sign_in(Role.ORGANISER)
    head, *rows = table(client, "/activity.csv")
    assert len(rows) == 12
    assert rows[-1][head.index("Hours given")] == "2"
    assert rows[0][head.index("Hours given")] == "0"
    assert "none before" in client.get(f"{ROOT}/activity").text


def test_who_stays_is_said_of_one_cohort(sign_in: SignIn) -> None:
    began = shifted(MONTH, -9)
    people = [helper(first_day(began)) for _each in range(3)]
    did(people[0].person_id, first_day(shifted(began, 6)))
    counted()
    client = sign_in(Role.ORGANISER)
    page = client.get(f"{ROOT}/retention?by=month").text
    assert "Of 3 who began in" in page
    assert "1 did something half a year later" in page
    row = next(row for row in table(client, "/retention.csv?by=month") if row[1] == "3")
    assert row[2:9] == ["0", "0", "0", "0", "0", "0", "1"]
    assert row[-1] == "", "what is not over has no number"


def test_a_role_for_a_group_sees_figures_of_its_people_alone(app: Flask) -> None:
    mine, others = pens.group(), pens.group()
    inside, outside = helper(first_day(MONTH)), helper(first_day(MONTH))
    pens.member(mine, inside), pens.member(others, outside)
    for _each in range(4):
        somebody(first_day(MONTH))
    counted(), counted(str(mine.id)), counted(str(others.id))
    client = staff(app, Role.COORDINATOR, group=mine.id)
    assert [row[1] for row in table(client, "/growth.csv?months=3")] == ["New people", "0", "0", "1"]
    # Another's group in the address changes nothing.
    assert [row[1] for row in table(client, f"/growth.csv?months=3&group={others.id}")][-1] == "1"
    assert "Signatures" not in table(client, "/activity.csv")[0]
    page = client.get(f"{ROOT}/growth").text
    assert str(others.id) not in page
    assert others.names["en"] not in client.get(f"{ROOT}/groups").text
    assert [row[0] for row in table(client, "/groups/groups.csv")] == ["Group", mine.names["en"]]
    everybody = staff(app, Role.ORGANISER)
    assert table(everybody, "/growth.csv?months=3")[-1][1] == "6"
    assert table(everybody, f"/growth.csv?months=3&group={others.id}")[-1][1] == "1"
    assert client.get(ROOT).status_code == 200


def test_counting_for_a_group_counts_no_one_else(app: Flask) -> None:
    mine = pens.group()
    pens.member(mine, helper(first_day(MONTH)))
    client = staff(app, Role.COORDINATOR, group=mine.id)
    send(client, ROOT, "/count")
    assert [row.audience for row in session.scalars(select(PeopleReport))] == [str(mine.id)]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MODERATOR, Role.VOLUNTEER])
def test_nobody_else_comes_in(app: Flask, role: Role) -> None:
    client = staff(app, role)
    for path in (*PAGES, *FILES, *(each.format("light") for each in PICTURES)):
        assert client.get(ROOT + path).status_code == 403, path


def test_the_running_month_is_shown_when_there_is_nothing_before(sign_in: SignIn) -> None:
    somebody(clock.today())
    counted()
    page = sign_in(Role.ORGANISER).get(f"{ROOT}/growth").text
    assert "(so far)" in page
    assert "1 person came" in page
