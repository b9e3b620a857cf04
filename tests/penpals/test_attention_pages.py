"""Staff's pages about attention: the picture, who is below the floor, the floor itself, who may write to somebody."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.penpals.models import AttentionSource, Counted, PrisonerCare
from campaign.penpals.queries.attention import setting
from campaign.penpals.service import attention
from campaign.prisoners.models import LettersPolicy
from campaign.prisoners.queries.public_directory import forget_directory
from tests.support import accounts, make, pens
from tests.support.pages import field_values, parse
from workers.lines.penpals import keep_attention

PAGE, FLOOR = "/staff/attention", "/staff/attention/floor"


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


def person(last, letters=0, days=5, place=None):
    """Somebody who can be written to and got so many letters so many days ago."""
    made = pens.addressee(place, last_ru=last)
    with transaction():
        for _ in range(letters):
            on = clock.today() - timedelta(days=days)
            attention.record(made.id, AttentionSource.LETTER, uuid.uuid4(), Counted.REPORTED, on)
    return made


def rows(html):
    """The names in the list, in order."""
    tables = [each for each in parse(html).iter("table") if "Below the floor" in "".join(each[0].itertext())]
    return [
        link.text.split()[-1] for table in tables for link in table.iter("a") if "/staff/prisoners/" in link.get("href")
    ]


def text(html):
    return " ".join("".join(parse(html).find(".//main").itertext()).split())


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.MODERATOR, Role.DATA_EDITOR, Role.TREASURER])
def test_others_than_coordinators_and_admins_are_refused(sign_in, role):
    client, made = sign_in(role), person("Никтов")
    for path in (PAGE, FLOOR, f"{PAGE}/export", f"{PAGE}/people/{made.id}", f"{PAGE}/history-light.svg"):
        assert client.get(path).status_code == 403
    assert "Letters through us" not in sign_in(Role.DATA_EDITOR).get(f"/staff/prisoners/{made.id}").get_data(
        as_text=True
    )


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
def test_who_gets_least_stands_first_and_the_links_lead_to_them(sign_in, role):
    client, place = sign_in(role), make.facility()
    for last, letters in (("Много", 9), ("Мало", 2), ("Никто", 0)):
        person(last, letters, place=place)
    make.public_prisoner(letters_policy=LettersPolicy.NONE, last_ru="Молчаливый")
    html = client.get(PAGE).get_data(as_text=True)
    assert rows(html) == ["Nikto", "Malo"]
    said = text(html)
    assert "3 people to whom a letter can go" in said
    assert "1 of them gets nothing" in said
    assert "2 of them are below the floor of 3 letters" in said
    assert "The first day is written down within the hour." in said


def test_the_list_is_narrowed_and_sorted_by_its_address(coordinator):
    place = make.facility()
    one, two, three = (
        person(last, letters, days, place)
        for last, letters, days in (("Букин", 0, 0), ("Андреев", 2, 40), ("Ветров", 1, 5))
    )
    writer = pens.writer()
    with transaction():
        session.add(PrisonerCare(prisoner_id=one.id, trust_needed=1, changed_on=clock.today()))
    assert writer.is_at_work
    for query, expected in (
        ("", ["Bukin", "Vetrov", "Andreev"]), ("?sort=name", ["Andreev", "Bukin", "Vetrov"]),
        ("?sort=-name", ["Vetrov", "Bukin", "Andreev"]), ("?sort=-quarters", ["Andreev", "Vetrov", "Bukin"]),
        ("?only=none", ["Bukin"]), ("?only=careful", ["Bukin"]), ("?only=alone", ["Bukin", "Vetrov", "Andreev"]),
        ("?region=RU-KIR", ["Bukin", "Vetrov", "Andreev"]), ("?only=rubbish&sort=x", ["Bukin", "Vetrov", "Andreev"]),
    ):  # fmt: skip
        assert rows(coordinator.get(PAGE + query).get_data(as_text=True)) == expected
    assert "Nobody fits." in coordinator.get(f"{PAGE}?region=RU-TA").get_data(as_text=True)
    assert two.id != three.id


def test_many_are_shown_in_pages(coordinator):
    place = make.facility()
    for number in range(27):
        person(f"Номер{number}", place=place)
    assert len(rows(coordinator.get(PAGE).get_data(as_text=True))) == 25
    for path in (f"{PAGE}?page=2&sort=name", f"{PAGE}?page=99"):
        assert len(rows(coordinator.get(path).get_data(as_text=True))) == 2


def test_without_anybody_to_write_to_the_page_says_so(coordinator):
    assert "A letter can go to nobody now." in text(coordinator.get(PAGE).get_data(as_text=True))


def test_the_pictures_are_drawn_and_their_numbers_stand_beside_them(coordinator):
    place = make.facility()
    for letters in (0, 1, 8):
        person(f"Письмо{letters}", letters, place=place)
    keep_attention()
    html = coordinator.get(PAGE).get_data(as_text=True)
    pictures = [each.get("src") for each in parse(html).iter("img") if ".svg" in (each.get("src") or "")]
    charts = [each for each in pictures if "/staff/attention/" in each]
    assert len(charts) == 2
    for each in [*charts, *(chart.replace("light", "dark") for chart in charts)]:
        answer = coordinator.get(each)
        assert answer.status_code == 200
        assert answer.mimetype == "image/svg+xml"
        assert b"style=" not in answer.data
    assert "How attention was spread, day by day" in html


@pytest.mark.parametrize(
    "address",
    [
        "spread-light.svg", "spread-light.svg?now=1.2.3", "spread-light.svg?now=1.2.3.4.5.6.7.8.9.x",
        "spread-light.svg?now=0.0.0.0.0.0.0.0.0.9999", "spread-pink.svg?now=0.0.0.0.0.0.0.0.0.0", "history-pink.svg",
        "spread-light.svg?now=-1.0.0.0.0.0.0.0.0.0",
    ],
)  # fmt: skip
def test_a_picture_of_nonsense_is_not_found(coordinator, address):
    assert coordinator.get(f"{PAGE}/{address}").status_code == 404


def test_the_dashboard_says_how_many_are_below_and_leads_there(coordinator, sign_in):
    for number in range(2):
        person(f"Никто{number}")
    forget_directory()
    html = coordinator.get("/staff").get_data(as_text=True)
    (need,) = [each for each in parse(html).iter("a") if (each.get("href") or "").startswith(PAGE + "#")]
    assert " ".join("".join(need.itertext()).split()) == "2 people are below the floor of letters"
    assert "below the floor" not in sign_in(Role.TREASURER).get("/staff").get_data(as_text=True)


def test_the_floor_is_set_and_whoever_saw_an_older_one_is_told(coordinator, sign_in):
    other = sign_in(Role.ADMIN)
    seen = other.get(FLOOR).get_data(as_text=True)
    answer = accounts.submit(coordinator, FLOOR, FLOOR, floor="2.25", soft_cap="30")
    assert answer.status_code == 303
    assert (setting().floor, setting().soft_cap) == (9, 120)
    answer = other.post(
        FLOOR, data={**field_values(seen, FLOOR), "floor": "5"}, headers={"Referer": f"http://localhost{FLOOR}"}
    )
    session.remove()
    assert answer.status_code == 409
    said = text(answer.get_data(as_text=True))
    assert "Someone else changed this at the same moment" in said
    assert "floor 2.25, soft cap 30" in said
    assert field_values(answer.get_data(as_text=True), FLOOR)["floor"] == "5"
    assert setting().floor == 9


@pytest.mark.parametrize(
    ("floor", "cap", "said"),
    [
        ("0", "20", "The floor lies between"), ("3", "2", "The soft cap lies between"),
        ("three", "20", "Enter a number"),
        ("2.3", "20", "counted in quarters"), ("", "20", "This is needed."), ("NaN", "20", "Enter a number"),
        ("1e99", "20", "Enter a number"),
    ],
)  # fmt: skip
def test_a_floor_that_cannot_be_is_told_at_its_field(coordinator, floor, cap, said):
    answer = accounts.submit(coordinator, FLOOR, FLOOR, floor=floor, soft_cap=cap)
    assert answer.status_code == 422
    assert said in text(answer.get_data(as_text=True))
    assert setting().version == 0


def test_the_list_is_downloaded_as_it_is_narrowed_without_formulas(coordinator):
    place = make.facility()
    person("=Формула", 0, place=place)
    person("Второй", 1, place=place)
    path = f"{PAGE}/export?only=none"
    answer = accounts.submit(coordinator, path, path)
    assert answer.mimetype == "text/csv"
    found = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(each["letters_90_days"], each["short_of_floor"], each["writers"]) for each in found] == [
        ("0.0", "3.0", "0")
    ]
    assert not any(cell.startswith("=") for each in found for cell in each.values())
    assert session.scalar(select(AuditEntry.amount).where(AuditEntry.action == "attention.exported")) == 1


def test_a_persons_page_tells_what_was_counted_and_who_may_write(coordinator):
    made = person("Читатель", 2)
    with transaction():
        attention.record(made.id, AttentionSource.LETTER, uuid.uuid4(), Counted.CENSORED, clock.today())
    said = text(coordinator.get(f"/staff/prisoners/{made.id}").get_data(as_text=True))
    assert "Letters in 90 days2 below the floor of 3" in said
    assert "withheld by the censor0" in said
    path = f"{PAGE}/people/{made.id}"
    answer = accounts.submit(
        coordinator, path, path, trust_needed="2", is_risky_in_russia="y", most_writers="3", is_broadcast_welcome=""
    )
    assert answer.status_code == 303
    row = session.get_one(PrisonerCare, made.id)
    assert (row.trust_needed, row.is_risky_in_russia, row.most_writers, row.version) == (2, True, 3, 1)
    said = text(coordinator.get(f"/staff/prisoners/{made.id}").get_data(as_text=True))
    assert "only writers outside Russia" in said
    assert session.scalar(select(AuditEntry.object).where(
        AuditEntry.action == "prisoner.care"
    )) == f"prisoner:{made.id}"  # fmt: skip


def test_two_who_set_at_once_who_may_write_are_told(coordinator, sign_in):
    made, other = person("Спорный"), sign_in(Role.ADMIN)
    path = f"{PAGE}/people/{made.id}"
    seen = other.get(path).get_data(as_text=True)
    accounts.submit(coordinator, path, path, most_writers="3")
    answer = other.post(
        path, data={**field_values(seen, path), "most_writers": "7"}, headers={"Referer": f"http://localhost{path}"}
    )
    session.remove()
    assert answer.status_code == 409
    assert session.get_one(PrisonerCare, made.id).most_writers == 3
    assert accounts.submit(coordinator, path, path, most_writers="0").status_code == 422


def test_the_form_for_nobody_is_not_found(coordinator):
    assert coordinator.get(f"{PAGE}/people/{uuid.uuid4()}").status_code == 404


def test_the_pages_are_read_in_russian(coordinator):
    made = person("Никто")
    for path in (PAGE, FLOOR, f"{PAGE}/people/{made.id}", f"{PAGE}/export"):
        assert coordinator.get(f"/ru{path}").status_code == 200
