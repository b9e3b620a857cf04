"""A writer who is signed in is drawn for by their own profile, and led to nobody with whom they have to do already."""

import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select, update

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.penpals.models import PrisonerCare, Reservation, WriterChannel, WriterPlace, WriterProfile
from campaign.penpals.queries import field as fields
from campaign.penpals.service import assignments
from campaign.penpals.service.assignments.blocks import block_pair
from campaign.people.models import Volunteer
from campaign.prisoners.models import Channel, Charge, FacilityChannel, Prisoner, StrangersPolicy
from campaign.prisoners.queries.public_directory import forget_directory
from tests.support import make, pens
from tests.support.pages import field_values, parse

NOBODY = "Nobody can be reached"


@pytest.fixture(autouse=True)
def fresh_field(app, monkeypatch):
    """What a test has just changed is in the field at once."""
    monkeypatch.setattr(fields, "REREAD_AFTER", 0.0)
    monkeypatch.setattr(fields, "OLDEST", 0.0)
    monkeypatch.setattr("campaign.prisoners.queries.public_directory.REREAD_AFTER", 0.0)
    forget_directory()


@pytest.fixture
def writer(sign_in) -> tuple[Any, uuid.UUID]:
    """A client of a writer outside Russia who writes Russian and posts, and the writer's id."""
    visitor = sign_in(Role.VOLUNTEER)
    made = pens.writer().id
    with transaction():
        session.execute(update(Volunteer).where(Volunteer.id == made).values(account_id=visitor.person.id))
    return visitor, made


def profile(volunteer_id: uuid.UUID, **changes: object) -> None:
    with transaction():
        session.execute(update(WriterProfile).where(WriterProfile.volunteer_id == volunteer_id).values(**changes))


def text_of(visitor: Any, path: str = "/write") -> str:
    return str(visitor.get(path).get_data(as_text=True))


def shown(visitor: Any, path: str = "/write") -> str | None:
    """The slug of whom the page shows."""
    found = parse(text_of(visitor, path)).find(".//article//h3/a")
    return found.get("href").rpartition("/")[2] if found is not None else None


def e_letters_in_german() -> Prisoner:
    """Somebody who reads German alone, in a place that takes e-letters in German alone."""
    place = make.facility()
    with transaction():
        for channel in (Channel.POST, Channel.F_PISMO):
            session.add(
                FacilityChannel(
                    id=uuid.uuid4(), facility_id=place.id, channel=channel, is_active=True, languages=["de"],
                    strangers=StrangersPolicy.REFUSED if channel == Channel.POST else StrangersPolicy.ACCEPTED,
                    checked_on=clock.today(),
                )
            )  # fmt: skip
    return pens.addressee(place, languages_read=["de"])


def charge(person: Prisoner, article: str) -> None:
    case = make.case(person)
    with transaction():
        session.add(Charge(id=uuid.uuid4(), case_id=case.id, article=article))


def test_languages_and_ways_are_those_of_the_profile_and_can_be_changed(client, writer):
    visitor, identity = writer
    russian, german = pens.addressee(), e_letters_in_german()
    assert {shown(visitor) for _ in range(6)} == {russian.slug}
    profile(identity, languages=["de", "ru"], channels=[WriterChannel.E_LETTER_CARD, WriterChannel.HANDWRITING])
    assert {shown(visitor) for _ in range(40)} == {russian.slug, german.slug}
    assert shown(visitor, "/write?language=de") == german.slug
    assert shown(visitor, "/write?by=post") == russian.slug
    assert "as in my profile: German, Russian" in text_of(visitor)
    assert {shown(client) for _ in range(6)} == {russian.slug}
    assert "as in my profile" not in text_of(client)


def test_whom_they_would_rather_not_write_to_is_left_out_until_they_say_otherwise(client, writer):
    visitor, identity = writer
    person = pens.addressee()
    charge(person, "275")
    assert shown(visitor) == person.slug
    profile(identity, avoids=["treason_charges"])
    assert NOBODY in text_of(visitor)
    assert shown(visitor, "/write?avoid=none") == person.slug
    answer = visitor.get("/write?avoid=military&avoid=none&language=ru")
    assert parse_qs(urlsplit(answer.location).query) == {"avoid": ["military"], "language": ["ru"]}
    values = field_values(text_of(visitor, "/write?avoid=military"), "/write")
    assert values["avoid"] == "military"
    assert visitor.post("/write", data=values).location.startswith("/letter/")
    assert shown(client, "/write?avoid=treason_charges") == person.slug, "nothing is asked of a stranger"


@pytest.mark.parametrize(
    ("lives", "place", "is_led"),
    [
        (WriterPlace.OUTSIDE, "", True),
        (WriterPlace.OUTSIDE, "ru", False),
        (WriterPlace.RUSSIA, "", False),
        (WriterPlace.RUSSIA, "out", False),
    ],
)
def test_of_profile_and_visit_the_more_careful_word_on_where_they_are_holds(writer, lives, place, is_led):
    visitor, identity = writer
    person = pens.addressee()
    profile(identity, lives=lives)
    with transaction():
        session.add(PrisonerCare(prisoner_id=person.id, is_risky_in_russia=True, changed_on=clock.today()))
    if place:
        visitor.post("/place", data={"place": place})
    assert shown(visitor) == (person.slug if is_led else None)
    if not is_led:
        assert "held against you" in text_of(visitor, f"/prisoners/{person.slug}/write")


def test_trust_leads_to_those_who_need_it(writer):
    visitor, identity = writer
    person = pens.addressee()
    with transaction():
        session.add(PrisonerCare(prisoner_id=person.id, trust_needed=1, changed_on=clock.today()))
    assert NOBODY in text_of(visitor)
    with transaction():
        session.execute(update(Volunteer).where(Volunteer.id == identity).values(trust=1))
    assert shown(visitor) == person.slug
    with transaction():
        session.execute(update(Volunteer).where(Volunteer.id == identity).values(state="paused"))
    assert NOBODY in text_of(visitor)


def test_a_pair_that_is_kept_apart_is_not_brought_together(writer):
    visitor, identity = writer
    person = pens.addressee()
    drawn, named = (
        field_values(text_of(visitor, path), "/write") for path in ("/write", f"/prisoners/{person.slug}/write")
    )
    with transaction():
        block_pair(person.id, volunteer_id=identity, reason="refused", actor=None)
    assert NOBODY in text_of(visitor)
    assert "would not go well" in text_of(visitor, f"/prisoners/{person.slug}/write")
    assert visitor.post("/write", data=drawn).status_code == 422
    assert visitor.post(f"/prisoners/{person.slug}/write", data=named).status_code == 422
    assert session.scalar(select(func.count()).select_from(Reservation)) == 0


def test_whom_they_write_to_or_have_promised_is_left_out(writer):
    visitor, identity = writer
    alone, with_group, promised, other = (pens.addressee() for _ in range(4))
    group = pens.group()
    pens.member(group, session.get_one(Volunteer, identity))
    with transaction():
        assignments.offer(alone.id, identity, actor=None)
        assignments.give_to_group(with_group.id, group.id, actor=None)
    with transaction():
        session.execute(update(WriterProfile).values(capacity=9))
    path = f"/prisoners/{promised.slug}/write"
    assert visitor.post(path, data=field_values(text_of(visitor, path), "/write")).status_code == 303
    assert {shown(visitor) for _ in range(30)} == {other.slug}
    assert shown(visitor, f"/write?not={other.slug}") == other.slug, "not one of those who are left out"
    assert "the only person" in text_of(visitor)
    for each in (alone, with_group):
        text = text_of(visitor, f"/prisoners/{each.slug}/write")
        assert "You write to this person already" in text
        assert 'name="offer"' not in text
    assert "Letters you have promised" in text_of(visitor)


def test_looking_writes_nothing_and_what_is_made_for_a_writer_is_kept_nowhere(client, writer):
    visitor, _identity = writer
    person = pens.addressee()
    for path in ("/write", f"/prisoners/{person.slug}/write"):
        for each in (client, visitor):
            answer = each.get(path)
            assert answer.headers["Cache-Control"] == "no-store"
    # The page of a person, which is kept for everybody, says nothing of who looks at it.
    assert client.get(f"/prisoners/{person.slug}").headers["Cache-Control"].startswith("public")
    assert session.scalar(select(func.count()).select_from(Reservation)) == 0
