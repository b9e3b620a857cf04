"""The public list: who is on it, how people are found on it, and what its addresses may be."""

from datetime import date, timedelta

import pytest

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.switches import Switch, set_switch
from campaign.prisoners.models import (
    Attention,
    Certainty,
    Evidence,
    Gender,
    LettersPolicy,
    Liberty,
    ListingSource,
    Prisoner,
    PrisonerState,
    Publicity,
)
from campaign.prisoners.queries.public_directory import directory, forget_directory
from campaign.prisoners.service.cases import ChargeDraft, add_charge
from campaign.prisoners.service.custody import StayDraft, record_stay
from campaign.prisoners.service.liberty import open_episode
from campaign.prisoners.service.listings import ListingDraft, add_listing
from campaign.prisoners.service.people import StoryDraft
from tests.support import make
from tests.support.pages import parse


def names_on(client, path="/prisoners"):
    page = parse(client.get(path, follow_redirects=True).get_data(as_text=True))
    return [link.text for link in page.findall(".//article//h2/a")]


def held(person, place, *, since=date(2025, 1, 10), verified_on=None):
    with transaction():
        open_episode(person.id, since, Liberty.PRETRIAL_CUSTODY, make.SOURCE, actor=None)
        record_stay(
            person.id,
            StayDraft(Certainty.CONFIRMED, since, place.id, Evidence.LAWYER, verified_on=verified_on or clock.today()),
            make.SOURCE,
            actor=None,
        )
    forget_directory()


def written_to(person, letters, last_on=None):
    with transaction():
        session.add(
            Attention(prisoner_id=person.id, quarters=4 * letters, last_letter_on=last_on, waiting_since_on=None)
        )
    forget_directory()


def test_only_public_people_are_listed(client):
    make.prisoner(last_ru="Тайный")
    make.public_prisoner(last_ru="Открытый")
    assert names_on(client) == ["Petr Otkrytyi"]
    assert names_on(client, "/ru/prisoners") == ["Пётр Открытый"]


def test_who_is_taken_back_is_gone_from_the_list_before_the_counts_know(client, app):
    person = make.public_prisoner()
    assert len(names_on(client)) == 1
    with transaction():
        session.get_one(type(person), person.id).state = PrisonerState.HIDDEN
    app.extensions["page_cache"].clear()
    assert names_on(client) == []


def test_those_come_first_who_hear_least_and_can_be_reached(client):
    place = make.facility()
    for name, letters in (("Много", 30), ("Мало", 2), ("Никто", 0)):
        person = make.public_prisoner(last_ru=name, letters_policy=LettersPolicy.OPEN)
        held(person, place)
        written_to(person, letters)
    make.public_prisoner(last_ru="Безадресный")
    assert [name.split()[1] for name in names_on(client)] == ["Nikto", "Malo", "Mnogo", "Bezadresnyi"]
    assert [name.split()[1] for name in names_on(client, "/prisoners?need=letters")] == ["Nikto", "Malo"]


def test_the_last_letter_is_told_in_wide_steps_and_not_at_all_where_publicity_is_limited(client):
    place, today = make.facility(), clock.today()
    for publicity, days in ((Publicity.PUBLIC, 20), (Publicity.LIMITED, 5)):
        person = make.public_prisoner(letters_policy=LettersPolicy.OPEN, publicity=publicity)
        held(person, place)
        written_to(person, 1, today - timedelta(days=days))
    page = client.get("/prisoners").get_data(as_text=True)
    assert "within a month" in page
    assert "within a week" not in page
    assert page.count("years old") == 1


@pytest.mark.parametrize("typed", ["Вымышленный", "vymysh", "Wymyshlennyj", "Вымышленый", "вымшленный", "Пётр Вымышл"])
def test_a_name_is_found_in_both_alphabets_in_part_and_with_a_slip(client, typed):
    make.public_prisoner()
    make.public_prisoner(last_ru="Сидоров", first_ru="Олег", patronymic_ru="")
    make.prisoner(last_ru="Вымышленнов")
    assert names_on(client, f"/prisoners?q={typed}") == ["Petr Vymyshlennyi"]


@pytest.mark.parametrize("typed", ["Небывалый", "%", "12345", "а", "' OR 1=1 --", "\u202e", "x" * 500])
def test_who_is_not_there_is_not_found_and_the_page_says_what_to_do(client, typed):
    make.public_prisoner()
    answer = client.get("/prisoners", query_string={"q": typed}, follow_redirects=True)
    assert answer.status_code == 200
    if typed != "\u202e":
        assert "Nobody fits." in answer.get_data(as_text=True)


def test_a_search_is_never_kept(client):
    make.public_prisoner()
    assert client.get("/prisoners?q=vymysh").headers["Cache-Control"] == "no-store"
    assert client.get("/prisoners").headers["Cache-Control"].startswith("public")
    assert "stale-if-error" not in client.get("/prisoners").headers["Cache-Control"]


def test_search_can_be_switched_off_and_the_list_still_works(client):
    make.public_prisoner()
    with transaction():
        set_switch(Switch.SEARCH, on=False, reason="a test")
    page = client.get("/prisoners?q=nobody").get_data(as_text=True)
    assert "Search is switched off" in page
    assert "Petr Vymyshlennyi" in page


def test_filters_narrow_the_list_and_count_what_would_fit(client):
    kirov, woman = make.facility(), make.public_prisoner(last_ru="Небывалова", first_ru="Анна", gender=Gender.FEMALE)
    make.public_prisoner()
    held(woman, kirov)
    with transaction():
        case = make.add_case(woman, make.CaseDraft(names={"en": "A case"}), make.SOURCE, actor=None)
        add_charge(case, ChargeDraft("207.3", "2"), make.SOURCE, actor=None)
        add_listing(woman, ListingDraft(ListingSource.MEMORIAL), make.SOURCE, actor=None)
    forget_directory()
    for query in ("status=pretrial", "region=RU-KIR", "article=207.3", "listing=memorial", "who=women"):
        assert names_on(client, f"/prisoners?{query}") == ["Anna Nebyvalova"], query
    assert names_on(client, "/prisoners?status=died") == []
    assert directory().counts("who", {}) == {"women": 1}
    assert directory().counts("status", {"who": "women"}) == {"pretrial": 1}


def test_somebody_under_age_is_found_as_such(client):
    today = clock.today()
    make.public_prisoner(last_ru="Юный", born_on=today.replace(year=today.year - 17, day=1))
    make.public_prisoner(last_ru="Взрослый", born_on=date(today.year - 40, 1, 1))
    assert [name.split()[1] for name in names_on(client, "/prisoners?who=minors")] == ["Iunyi"]


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("status=nonsense", "/prisoners"),
        ("region=XX-1&who=women", "/prisoners?who=women"),
        ("article=999.9", "/prisoners"),
        ("page=0", "/prisoners"),
        ("page=77", "/prisoners"),
        ("sort=shoe-size&status=died", "/prisoners?status=died"),
        ("who=women&who=minors", "/prisoners?who=women"),
        ("q=+%D0%AF++x+", "/prisoners?q=%D0%AF+x"),
    ],
)
def test_a_value_that_means_nothing_leads_to_the_canonical_address(client, asked, canonical):
    make.public_prisoner(gender=Gender.FEMALE)
    answer = client.get(f"/prisoners?{asked}")
    assert (answer.status_code, answer.headers["Location"]) == (302, canonical)
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_strangers_add_to_an_address_costs_no_place_in_the_cache(client, app):
    make.public_prisoner()
    pages = app.extensions["page_cache"]
    for number in range(5):
        client.get(f"/prisoners?utm={number}")
        client.get(f"/prisoners?page={number + 50}")
        client.get(f"/prisoners?q=nobody{number}")
        client.get(f"/prisoners?who=women&status=died&region=RU-KIR&page={number}")
    assert len(pages._entries) == 1


def test_a_visitor_in_russia_sees_no_names_of_who_recognises_whom(client):
    person = make.public_prisoner()
    with transaction():
        add_listing(person, ListingDraft(ListingSource.OVD_INFO), make.SOURCE, actor=None)
    forget_directory()
    assert "OVD-Info" in client.get("/prisoners").get_data(as_text=True)
    client.set_cookie("place", "ru")
    page = client.get("/prisoners").get_data(as_text=True)
    assert "OVD-Info" not in page
    assert client.get("/prisoners?listing=ovd_info").status_code == 302


@pytest.mark.parametrize("people", [1, 30])
def test_the_list_asks_the_database_the_same_few_questions_however_many_there_are(client, statements, people):
    for number in range(people):
        make.public_prisoner(last_ru=f"Человек{'а' * number}", stories=[StoryDraft("en", summary="Made up.")])
    directory()
    client.get("/prisoners?sort=name")
    with statements() as seen:
        client.get("/prisoners")
    assert len(seen) <= 1
    for typed in ("chelovek", "chelovk", "nobody"):
        with statements() as seen:
            client.get(f"/prisoners?q={typed}")
        # Whether search is switched on, every few seconds; and who is shown.
        assert len(seen) <= 2


def test_the_map_leads_to_each_region_and_a_table_says_the_same(client):
    held(make.public_prisoner(), make.facility())
    page = parse(client.get("/prisoners").get_data(as_text=True))
    [tile] = page.findall(".//ul[@class='tiles']//a")
    assert (tile.get("href"), tile.get("aria-label")) == ("/prisoners?region=RU-KIR", "Kirov Oblast: 1")
    [row] = page.findall(".//details[@class='tile-table']//tbody/tr")
    assert row.findtext("td") == "1"


def test_what_is_kept_around_the_list_is_that_of_its_own_language_place_and_filters(client):
    person = make.public_prisoner()
    held(person, make.facility())
    with transaction():
        add_listing(session.get_one(Prisoner, person.id), ListingDraft(ListingSource.MEMORIAL), make.SOURCE, actor=None)
    forget_directory()

    def around(path, place=""):
        client.set_cookie("place", place) if place else client.delete_cookie("place")
        page = parse(client.get(path).get_data(as_text=True))
        chosen = [each.get("value") for each in page.findall(".//select/option") if each.get("selected") is not None]
        labels = [each.text for each in page.findall(".//label") if each.get("for", "").startswith("filter-")]
        map_links = [each.get("href") for each in page.findall(".//ul[@class='tiles']//a")]
        return chosen, labels, map_links

    first = around("/prisoners?q=somebody")
    assert around("/prisoners?q=nobody") == first
    assert first[2] == ["/prisoners?region=RU-KIR"]
    assert around("/ru/prisoners?q=somebody")[1:] == (
        ["Положение", "Регион", "Статья обвинения", "Кем признан(а)", "Кто", "Письма"], ["/ru/prisoners?region=RU-KIR"]
    )  # fmt: skip
    assert "Recognised by" in first[1]
    assert "Recognised by" not in around("/prisoners?q=somebody", "ru")[1]
    assert around("/prisoners?sort=name&status=pretrial") == (
        ["pretrial"], first[1], ["/prisoners?status=pretrial&region=RU-KIR&sort=name"]
    )  # fmt: skip
