"""A person's public page: what it tells, and what it keeps to itself."""

import uuid
from datetime import date, timedelta

import pytest

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.petitions.models import Audience, PetitionPrisoner
from campaign.prisoners.models import (
    Attention,
    Certainty,
    Channel,
    DeathKind,
    Evidence,
    Facility,
    FacilityChannel,
    LettersPolicy,
    Liberty,
    ListingSource,
    Openness,
    Precision,
    Prisoner,
    PrisonerState,
    PublicChange,
    Publicity,
    Punishment,
    Regime,
    Relative,
    ReleaseReason,
    StateWatch,
)
from campaign.prisoners.queries.public_entries import attention_bucket
from campaign.prisoners.service.cases import (
    CaseDraft,
    ChargeDraft,
    HearingDraft,
    SentenceDraft,
    add_case,
    add_charge,
    record_sentence,
    set_hearing,
)
from campaign.prisoners.service.custody import StayDraft, record_stay
from campaign.prisoners.service.facts import Source
from campaign.prisoners.service.liberty import EndDraft, end_imprisonment, open_episode
from campaign.prisoners.service.listings import ListingDraft, add_listing
from campaign.prisoners.service.people import StoryDraft
from tests.support import make
from tests.support.pages import parse

ARRESTED = date(2025, 3, 5)
ADDRESS = "ул. Небывалая, 1"


def read(client, person, prefix=""):
    answer = client.get(f"{prefix}/prisoners/{person.slug}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def words(html):
    return " ".join("".join(parse(html).find(".//main").itertext()).split())


def held(person, place, *, certainty=Certainty.CONFIRMED, verified_on=None, precision=Precision.DAY):
    with transaction():
        open_episode(
            person.id, ARRESTED, Liberty.PRETRIAL_CUSTODY, make.SOURCE, actor=None, precision=precision
        )  # fmt: skip
        evidence = Evidence.LAWYER if certainty is Certainty.CONFIRMED else None
        stay = StayDraft(
            certainty, ARRESTED, place.id if place else None, evidence, verified_on=verified_on or clock.today()
        )  # fmt: skip
        record_stay(person.id, stay, make.SOURCE, actor=None)


def test_the_person_comes_first_then_the_case_then_how_to_write(client):
    person = make.public_prisoner(
        letters_policy=LettersPolicy.OPEN,
        stories=[StoryDraft("en", "beekeeper", "Keeps bees that never were.", "A *made-up* story.")],
    )
    held(person, make.facility())
    page = parse(read(client, person))
    assert page.findtext(".//h1") == "Petr Vymyshlennyi"
    assert [each.text for each in page.findall(".//main//h2")][:3] == [
        "What to talk about", "The case", "Where and how to write",
    ]  # fmt: skip
    text = words(read(client, person))
    assert "Вымышленный Пётр Ильич" in text
    assert "beekeeper" in text
    assert "Reads and writes: Russian." in text


def test_the_envelope_is_written_as_russian_post_wants_it(client):
    person = make.public_prisoner(
        letters_policy=LettersPolicy.OPEN, dative_ru="Вымышленному Петру Ильичу", is_dative_confirmed=True
    )
    place = make.facility()
    with transaction():
        session.get_one(Facility, place.id).channels.append(
            FacilityChannel(
                id=uuid.uuid4(),
                channel=Channel.F_PISMO,
                price_page=5500,
                currency="RUB",
                characters_a_page=2500,
                checked_on=date(2026, 10, 1),
                languages=["ru"],
            )
        )
    held(person, place)
    text = words(read(client, person))
    assert "Вымышленному Петру Ильичу, 1980 г. р." in text
    for line in (ADDRESS, "г. Вымышленск", "Кировская область", "610000"):
        assert line in text
    assert "2,500 characters a page" in text or "2500 characters a page" in text
    assert "checked on 1 October 2026" in text
    assert "55" in text


@pytest.mark.parametrize(
    ("policy", "certainty", "days_ago", "says"),
    [
        (LettersPolicy.NONE, Certainty.CONFIRMED, 0, "No letters are wanted"),
        (LettersPolicy.FAMILY_ONLY, Certainty.CONFIRMED, 0, "from the family only"),
        (LettersPolicy.UNKNOWN, Certainty.CONFIRMED, 0, "We do not know yet whether letters"),
        (LettersPolicy.OPEN, Certainty.PROBABLE, 0, "nobody has confirmed it yet"),
        (LettersPolicy.OPEN, Certainty.IN_TRANSIT, 0, "On the way from one prison to another"),
        (LettersPolicy.OPEN, Certainty.UNKNOWN, 0, "We do not know where"),
        (LettersPolicy.OPEN, Certainty.CONFIRMED, 200, "Present custody not verified since"),
    ],
)
def test_no_address_stands_where_a_letter_would_be_lost_or_unwanted(client, policy, certainty, days_ago, says):
    person = make.public_prisoner(letters_policy=policy)
    is_somewhere = certainty in {Certainty.CONFIRMED, Certainty.PROBABLE}
    held(
        person, make.facility() if is_somewhere else None, certainty=certainty,
        verified_on=clock.today() - timedelta(days=days_ago),
    )  # fmt: skip
    html = read(client, person)
    assert says in words(html)
    assert ADDRESS not in html
    assert "610000" not in html


def test_the_case_is_told_as_a_timeline_with_dates_as_exact_as_they_are_known(client):
    person = make.public_prisoner()
    held(person, make.facility(), precision=Precision.MONTH)
    ahead = clock.today() + timedelta(days=9)
    with transaction():
        found = session.get_one(Prisoner, person.id)
        case = add_case(found, CaseDraft(names={"en": "The placard"}), make.SOURCE, actor=None)
        add_charge(case, ChargeDraft("280.3", "1", from_on=date(2025, 3, 20)), make.SOURCE, actor=None)
        set_hearing(case, HearingDraft(ahead, "Made-up court", openness=Openness.CLOSED), make.SOURCE, actor=None)
        draft = SentenceDraft(
            date(2025, 9, 1), "Made-up court", Punishment.IMPRISONMENT, regime=Regime.GENERAL, term_months=66
        )
        record_sentence(case, draft, make.SOURCE, actor=None)
    page = parse(read(client, person))
    lines = [" ".join("".join(each.itertext()).split()) for each in page.findall(".//ol[@class='timeline reading']/li")]
    assert lines[0] == "March 2025 Arrest"
    assert lines[1].startswith("5 March 2025 Held in: Made-up colony") or lines[1].startswith("March 2025 Held in")
    assert "Article 280.3, part 1, Criminal Code: " in lines[2]
    assert "imprisonment, 5 years 6 months, general regime" in lines[3]
    assert "behind closed doors" in lines[-1]


def test_who_died_is_remembered_and_nothing_more_is_asked_for_them(client):
    person = make.public_prisoner(letters_policy=LettersPolicy.OPEN)
    held(person, make.facility())
    petition = make.petition()
    with transaction():
        session.add(PetitionPrisoner(petition_id=petition.id, prisoner_id=person.id))
        end = EndDraft(date(2025, 9, 16), ReleaseReason.DEATH, death_kind=DeathKind.IN_CUSTODY)
        end_imprisonment(person.id, end, make.SOURCE, actor=None)
    text = words(read(client, person))
    assert "In memory" in text
    assert "born in 1980" in text
    for gone in ("Where and how to write", "What you can do today", ADDRESS):
        assert gone not in text


def test_who_was_exchanged_is_free_and_has_no_address(client):
    person = make.public_prisoner(letters_policy=LettersPolicy.OPEN)
    held(person, make.facility())
    with transaction():
        end_imprisonment(person.id, EndDraft(date(2025, 8, 1), ReleaseReason.EXCHANGE), make.SOURCE, actor=None)
    text = words(read(client, person))
    assert "Free after an exchange 1 August 2025" in text
    assert "No longer in prison" in text


def test_petitions_offer_what_one_can_sign_today_and_in_russia_only_what_is_no_crime(client):
    person = make.public_prisoner()
    petitions = [
        make.petition(slug="for-all"),
        make.petition(slug="sanctions", audience=Audience.OUTSIDE_RUSSIA),
    ]
    with transaction():
        session.add_all(PetitionPrisoner(petition_id=each.id, prisoner_id=person.id) for each in petitions)
    page = read(client, person)
    assert "/petitions/for-all" in page
    assert "/petitions/sanctions" in page
    client.set_cookie("place", "ru")
    page = read(client, person)
    assert "/petitions/for-all" in page
    assert "/petitions/sanctions" not in page


def test_family_state_lists_and_staff_stay_unnamed(client):
    person = make.public_prisoner()
    with transaction():
        session.add(
            Relative(
                id=uuid.uuid4(), prisoner_id=person.id, relation="parent", details_sealed=b"sealed",
                added_on=clock.today(),
            )
        )  # fmt: skip
        session.add(
            StateWatch(
                prisoner_id=person.id, listed="yes", is_terrorist_mark=True, added_on=date(2024, 2, 3),
                checked_on=clock.today(),
            )
        )  # fmt: skip
    html = read(client, person)
    for word in ("parent", "sealed", "2024-02-03", "3 February 2024", str(person.author_id)):
        assert word not in html


def test_in_russia_nobody_who_recognises_is_named_and_nothing_is_there_to_share_with(client):
    person = make.public_prisoner()
    with transaction():
        listing = ListingDraft(ListingSource.OVD_INFO, url="https://listing.example/person")
        add_listing(session.get_one(Prisoner, person.id), listing, make.SOURCE, actor=None)
    unsaid = read(client, person)
    assert "OVD-Info" in unsaid
    assert "https://listing.example" not in unsaid
    client.set_cookie("place", "ru")
    inside = read(client, person)
    assert "OVD-Info" not in inside
    assert "1 organisation lists this person" in inside
    assert "mailto:" not in inside
    client.set_cookie("place", "out")
    assert "https://listing.example/person" in read(client, person)


def test_sources_stand_with_the_day_they_were_read(client):
    text = words(read(client, make.public_prisoner()))
    assert "The Made-up Gazette, 1 March 2026 read on 1 March 2026" in text


def test_what_changed_lately_waits_until_it_may_be_told(client):
    person, now = make.public_prisoner(), clock.now()
    with transaction():
        for kind, shown_from in (("transferred", now - timedelta(hours=1)), ("released", now + timedelta(minutes=9))):
            change = PublicChange(
                id=uuid.uuid4(), prisoner_id=person.id, kind=kind, happened_on=now.date(), shown_from=shown_from
            )
            session.add(change)
    text = words(read(client, person))
    assert "Transfer to another place" in text
    assert ": Release" not in text


@pytest.mark.parametrize(
    ("quarters", "bucket"), [(0, "none"), (1, "1-4"), (19, "1-4"), (20, "5-19"), (79, "5-19"), (80, "20+")]
)
def test_attention_is_told_to_programs_in_four_steps(client, quarters, bucket):
    assert attention_bucket(quarters) == bucket
    person = make.public_prisoner()
    with transaction():
        session.add(Attention(prisoner_id=person.id, quarters=quarters))
    assert parse(read(client, person)).find(".//main").get("data-attention") == bucket


@pytest.mark.parametrize(
    ("quarters", "days", "told"),
    [
        (0, None, "No letter through us yet"),
        (2, None, "No letter through us yet; the first is promised"),
        (0, 120, "Last letter through us: 120 days ago · none in 90 days"),
        (4, 1, "Last letter through us: 1 day ago · 1 to 4 in 90 days"),
        (40, 12, "Last letter through us: 12 days ago · 5 to 19 in 90 days"),
        (80, 0, "Last letter through us: today · 20 or more in 90 days"),
    ],
)
def test_letters_are_told_in_days_and_in_steps(client, quarters, days, told):
    person = make.public_prisoner(letters_policy=LettersPolicy.OPEN)
    held(person, make.facility())
    last = None if days is None else clock.today() - timedelta(days=days)
    with transaction():
        session.add(Attention(prisoner_id=person.id, quarters=quarters, last_letter_on=last))
    (shown,) = [
        each for each in parse(read(client, person)).iter("p") if "letters" in (each.get("class") or "").split()
    ]
    assert " ".join("".join(shown.itertext()).split()) == told


def test_limited_publicity_shows_neither_age_nor_letters(client):
    person = make.public_prisoner(publicity=Publicity.LIMITED, letters_policy=LettersPolicy.OPEN)
    held(person, make.facility())
    with transaction():
        session.add(Attention(prisoner_id=person.id, quarters=44, last_letter_on=clock.today() - timedelta(days=3)))
    html = read(client, person)
    text = words(html)
    assert "years old" not in text
    assert "letter through us" not in text
    assert "in 90 days" not in text
    assert parse(html).find(".//main").get("data-attention") is None


def test_who_withdrew_is_answered_as_somebody_who_never_was(client, app):
    person = make.public_prisoner()
    read(client, person)
    with transaction():
        found = session.get_one(Prisoner, person.id)
        found.state, found.withdrawn_on = PrisonerState.HIDDEN, clock.today()
    app.extensions["page_cache"].clear()
    gone = client.get(f"/prisoners/{person.slug}")
    never = client.get("/prisoners/nobody-at-all")
    assert gone.status_code == never.status_code == 404
    assert gone.get_data(as_text=True).replace(person.slug, "nobody-at-all") == never.get_data(as_text=True)


@pytest.mark.parametrize("slug", ["x" * 90, "%00", "a%20b", "Ж", "a'--"])
def test_no_odd_address_breaks_the_page(client, slug):
    assert client.get(f"/prisoners/{slug}").status_code == 404


def test_the_page_asks_few_questions_however_much_there_is_to_tell(client, statements):
    person = make.public_prisoner(letters_policy=LettersPolicy.OPEN)
    held(person, make.facility())
    read(client, person)
    with statements() as seen:
        read(client, person)
    few = len(seen)
    with transaction():
        found = session.get_one(Prisoner, person.id)
        for number in range(5):
            case = add_case(found, CaseDraft(names={"en": f"Case {number}"}), Source(f"Paper {number}"), actor=None)
            add_charge(case, ChargeDraft("207.3", "1"), make.SOURCE, actor=None)
    with statements() as seen:
        read(client, person)
    assert len(seen) == few <= 1


@pytest.mark.parametrize("prefix", ["", "/ru", "/de"])
def test_a_page_is_the_same_for_everybody_and_never_outlives_an_outage(client, prefix):
    person = make.public_prisoner()
    answer = client.get(f"{prefix}/prisoners/{person.slug}?q=x&v=y")
    assert answer.headers["Cache-Control"] == "public, max-age=10, stale-while-revalidate=30"
    assert parse(answer.get_data(as_text=True)).find(".//meta[@property='og:title']") is not None


def test_a_page_speaks_one_language(client):
    person = make.public_prisoner(letters_policy=LettersPolicy.OPEN)
    held(person, make.facility())
    text = words(read(client, person, "/ru"))
    for word in ("Под стражей до приговора", "Куда и как писать", "Арест", "46 лет"):
        assert word in text, word
    for word in ("custody", "Arrest", "Where", "years"):
        assert word not in text, word
