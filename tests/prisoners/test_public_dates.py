"""Days ahead and changes: the page, the calendar and the feed."""

import uuid
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from lxml import etree

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.prisoners.models import (
    DeathKind,
    Liberty,
    Precision,
    Prisoner,
    PrisonerState,
    PublicChange,
    Publicity,
    Punishment,
    ReleaseReason,
)
from campaign.prisoners.queries.public_dates import next_birthday
from campaign.prisoners.queries.public_directory import forget_directory
from campaign.prisoners.service.cases import (
    CaseDraft,
    HearingDraft,
    SentenceDraft,
    add_case,
    record_sentence,
    set_hearing,
)
from campaign.prisoners.service.liberty import EndDraft, end_imprisonment, open_episode
from tests.support import make
from tests.support.pages import parse

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def born_in(days, year=1980):
    """A day of birth whose birthday is so many days ahead."""
    day = clock.today() + timedelta(days=days)
    return day.replace(year=year, day=min(day.day, 28))


def imprison(person):
    with transaction():
        open_episode(person.id, date(2025, 1, 10), Liberty.PRETRIAL_CUSTODY, make.SOURCE, actor=None)
    forget_directory()


def with_case(person, *, hearing=None, release=None):
    with transaction():
        case = add_case(
            session.get_one(Prisoner, person.id), CaseDraft(names={"en": "A case"}), make.SOURCE, actor=None
        )
        if hearing:
            set_hearing(case, HearingDraft(hearing, "Made-up court", starts_at="10:30"), make.SOURCE, actor=None)
        if release:
            draft = SentenceDraft(
                date(2025, 6, 1), "Made-up court", Punishment.IMPRISONMENT, term_months=24,
                expected_release_on=release, release_basis="reckoned",
            )  # fmt: skip
            record_sentence(case, draft, make.SOURCE, actor=None)


def lines(client, path="/prisoners/dates"):
    page = parse(client.get(path).get_data(as_text=True))
    return [" ".join("".join(each.itertext()).split()) for each in page.findall(".//ul[@class='dates']/li/div")]


@pytest.mark.parametrize(
    ("born", "today", "expected"),
    [
        (date(1980, 5, 17), date(2026, 5, 17), date(2026, 5, 17)),
        (date(1980, 5, 16), date(2026, 5, 17), date(2027, 5, 16)),
        (date(1980, 2, 29), date(2026, 2, 1), date(2026, 3, 1)),
        (date(1980, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_birthday_comes_once_a_year_also_for_leap_children(born, today, expected):
    assert next_birthday(born, today) == expected


def test_birthdays_hearings_and_releases_of_sixty_days_stand_by_week(client):
    today = clock.today()
    person = make.public_prisoner(born_on=born_in(40))
    imprison(person)
    with_case(person, hearing=today + timedelta(days=9), release=today + timedelta(days=59))
    late = make.public_prisoner(last_ru="Поздний", born_on=born_in(40))
    with_case(late, hearing=today + timedelta(days=90))
    make.prisoner(last_ru="Тайный", born_on=born_in(20))
    found = lines(client)
    assert len(found) == 4
    assert found[0].startswith("Day in court Petr Vymyshlennyi Made-up court, at 10:30")
    assert found[-1].startswith("Expected release Petr Vymyshlennyi")
    assert sum("Birthday" in each for each in found) == 2
    assert len(lines(client, "/prisoners/dates?kind=birthday")) == 2
    assert lines(client, "/prisoners/dates?region=RU-AD") == []


def test_only_exact_days_are_birthdays_and_the_year_stays_untold_where_publicity_is_limited(client):
    make.public_prisoner(last_ru="Точный", born_on=born_in(10))
    make.public_prisoner(last_ru="Тихий", born_on=born_in(11), publicity=Publicity.LIMITED)
    make.public_prisoner(last_ru="Неточный", born_on=born_in(10).replace(day=1), born_precision=Precision.MONTH)
    exact, quiet = sorted(lines(client), key=lambda line: "Tikhii" in line)
    assert "turns" in exact
    assert quiet == "Birthday Petr Tikhii"


def test_nobody_celebrates_who_died_and_nobody_free_is_expected(client):
    person = make.public_prisoner(born_on=born_in(10))
    imprison(person)
    with_case(person, release=clock.today() + timedelta(days=20))
    with transaction():
        end = EndDraft(date(2025, 9, 1), ReleaseReason.DEATH, death_kind=DeathKind.IN_CUSTODY)
        end_imprisonment(person.id, end, make.SOURCE, actor=None)
    forget_directory()
    assert lines(client) == []


@pytest.mark.parametrize("path", ["/prisoners/dates?kind=shoe", "/prisoners/dates?page=9", "/feeds/dates.ics?region=X"])
def test_a_value_that_means_nothing_leads_to_the_canonical_address(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, path.partition("?")[0])


def test_the_calendar_holds_whole_days_without_alarms_under_lasting_names(client, app):
    person = make.public_prisoner(born_on=born_in(10))
    first = client.get("/feeds/dates.ics")
    assert first.mimetype == "text/calendar"
    [event] = Calendar.from_ical(first.data).walk("VEVENT")
    birthday = next_birthday(born_in(10), clock.today())
    assert event["UID"] == f"birthday-{person.id}-{birthday.year}@unforgotten"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (birthday, birthday + timedelta(days=1))
    assert event["SUMMARY"] == "Petr Vymyshlennyi: Birthday"
    assert not event.walk("VALARM")
    app.extensions["page_cache"].clear()
    assert client.get("/feeds/dates.ics").data == first.data
    russian = Calendar.from_ical(client.get("/ru/feeds/dates.ics").data).walk("VEVENT")[0]
    assert russian["SUMMARY"] == "Пётр Вымышленный: День рождения"


def changed(person, kind="transferred", minutes_ago=60, **values):
    with transaction():
        change = PublicChange(
            id=uuid.uuid4(), prisoner_id=person.id, kind=kind, happened_on=date(2026, 3, 4),
            shown_from=clock.now() - timedelta(minutes=minutes_ago), **values,
        )  # fmt: skip
        session.add(change)
    return change


def entries(client, path="/feeds/changes.atom"):
    answer = client.get(path)
    assert answer.mimetype == "application/atom+xml"
    return etree.fromstring(answer.data).findall("a:entry", ATOM)


def test_the_feed_tells_changes_under_lasting_ids_and_not_before_their_time(client, app):
    person = make.public_prisoner()
    change = changed(person)
    changed(person, "released", minutes_ago=-5)
    [entry] = entries(client)
    assert entry.findtext("a:id", namespaces=ATOM) == f"urn:uuid:{change.id}"
    assert entry.findtext("a:title", namespaces=ATOM) == "Petr Vymyshlennyi: Transfer to another place"
    assert entry.find("a:link", ATOM).get("href") == f"http://localhost/prisoners/{person.slug}"
    before = client.get("/feeds/changes.atom").data
    app.extensions["page_cache"].clear()
    assert client.get("/feeds/changes.atom").data == before


def test_what_proved_wrong_stays_in_the_feed_and_says_so(client):
    changed(make.public_prisoner(), corrected_on=date(2026, 3, 9))
    [entry] = entries(client)
    assert "Corrected on 9 March 2026" in entry.findtext("a:summary", namespaces=ATOM)


def test_who_withdraws_is_gone_from_page_calendar_and_feed(client, app):
    person = make.public_prisoner(born_on=born_in(10))
    changed(person)
    assert (len(lines(client)), len(entries(client))) == (1, 1)
    with transaction():
        session.get_one(Prisoner, person.id).state = PrisonerState.HIDDEN
    app.extensions["page_cache"].clear()
    assert (lines(client), entries(client)) == ([], [])
    assert not Calendar.from_ical(client.get("/feeds/dates.ics").data).walk("VEVENT")


@pytest.mark.parametrize("path", ["/prisoners/dates", "/feeds/dates.ics", "/feeds/changes.atom"])
def test_none_of_it_outlives_an_outage(client, path):
    assert client.get(path).headers["Cache-Control"] == "public, max-age=10, stale-while-revalidate=30"


def test_the_list_links_to_calendar_and_feed(client):
    page = client.get("/de/prisoners").get_data(as_text=True)
    assert "/de/feeds/dates.ics" in page
    assert "/de/feeds/changes.atom" in page
