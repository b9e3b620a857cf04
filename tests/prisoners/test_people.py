"""Writing down who somebody is, with a source for every field and nothing overwritten unseen."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from campaign.kernel import clock
from campaign.kernel.db import db, session, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.prisoners.models import Custody, Episode, Fact, PrisonerState, Publicity, SearchEntry
from campaign.prisoners.queries import get_prisoner, get_public_prisoner
from campaign.prisoners.service.facts import Source, SourceMissing, verify_fact
from campaign.prisoners.service.names import fold
from campaign.prisoners.service.people import BadPerson, StoryDraft, create_prisoner, edit_prisoner
from tests.support import make


def facts(prisoner, field):
    return session.scalars(
        select(Fact).where(Fact.subject_id == prisoner.id, Fact.field == field).order_by(Fact.id)
    ).all()


def test_a_person_is_a_draft_with_a_source_for_every_field(app):
    prisoner = make.prisoner(stories=[StoryDraft("en", occupation="teacher", summary="Teaches what never happened.")])
    assert prisoner.state == PrisonerState.DRAFT
    assert prisoner.slug.startswith("petr-vymyshlennyi")
    assert (prisoner.first_latin, prisoner.last_latin) == ("Petr", "Vymyshlennyi")
    [fact] = facts(prisoner, "born_on")
    assert (fact.was, fact.now, fact.source_url) == (None, "1980-05-17", "https://news.example/made-up")
    assert facts(prisoner, "occupation.en")[0].now == "teacher"
    with pytest.raises(NotFound):
        get_public_prisoner(prisoner.slug)


def test_namesakes_get_addresses_of_their_own(app):
    assert make.prisoner().slug != make.prisoner().slug


def test_a_change_keeps_what_stood_there_before(app):
    prisoner = make.prisoner()
    with transaction():
        prisoner = get_prisoner(prisoner.id)
        changed = edit_prisoner(
            prisoner, make.person_draft(born_on=date(1981, 5, 17)), make.SOURCE, seen_version=prisoner.version,
            actor=uuid.uuid4(),
        )  # fmt: skip
    assert changed == 1
    assert [(fact.was, fact.now) for fact in facts(prisoner, "born_on")] == [
        (None, "1980-05-17"), ("1980-05-17", "1981-05-17"),
    ]  # fmt: skip


def test_the_same_again_changes_nothing(app):
    prisoner = make.prisoner()
    with transaction():
        prisoner = get_prisoner(prisoner.id)
        draft = make.person_draft(last_latin="Vymyshlennyi", first_latin="Petr")
        assert edit_prisoner(prisoner, draft, make.SOURCE, seen_version=prisoner.version, actor=None) == 0


def test_the_second_of_two_editors_overwrites_nothing(app):
    prisoner = make.prisoner()
    with pytest.raises(Conflict), transaction():
        edit_prisoner(
            get_prisoner(prisoner.id), make.person_draft(first_ru="Иван"), make.SOURCE, seen_version=99, actor=None
        )
    assert get_prisoner(prisoner.id).first_ru == "Пётр"


def test_of_two_changes_at_the_same_moment_the_second_is_told(app):
    prisoner = make.prisoner()
    with pytest.raises(Conflict), transaction():
        person = get_prisoner(prisoner.id)
        with db.engine.begin() as other:
            other.execute(text("UPDATE prisoner SET version = version + 1"))
        draft = make.person_draft(first_ru="Иван", interests=["cats"])
        edit_prisoner(person, draft, make.SOURCE, seen_version=person.version, actor=None)
    session.expire_all()
    assert get_prisoner(prisoner.id).first_ru == "Пётр"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"last_ru": " ", "last_latin": ""}, "last_ru"), ({"born_on": clock.today() + timedelta(days=3)}, "born_on")],
)
def test_what_cannot_be_is_refused_by_field(app, changes, field):
    with pytest.raises(BadPerson) as refusal, transaction():
        create_prisoner(make.person_draft(**changes), make.SOURCE, actor=None)
    assert refusal.value.field == field


def test_hearsay_is_refused():
    with pytest.raises(SourceMissing):
        Source("  ")


def test_somebody_else_looks_a_fact_up(app):
    prisoner = make.prisoner()
    [fact] = facts(prisoner, "born_on")
    with pytest.raises(Conflict), transaction():
        verify_fact(fact.id, actor=fact.entered_by)
    second = uuid.uuid4()
    with transaction():
        verify_fact(fact.id, actor=second)
    [fact] = facts(prisoner, "born_on")
    assert (fact.verified_by, fact.verified_on) == (second, clock.today())


def test_search_finds_every_spelling(app):
    prisoner = make.prisoner(aliases=["Made Up"])
    entry = session.get(SearchEntry, prisoner.id)
    assert {fold("Pyotr"), fold("Вымышленный"), "made", "up"} <= set(entry.folded.split())


def test_nobody_becomes_public_without_consent(app):
    prisoner = make.prisoner()
    with pytest.raises(IntegrityError, match="public_with_consent"), transaction():
        person = get_prisoner(prisoner.id)
        person.state, person.publicity = PrisonerState.PUBLISHED, Publicity.PUBLIC
        session.flush()


def test_one_imprisonment_at_a_time(app):
    prisoner = make.prisoner()
    with pytest.raises(IntegrityError, match="uq_episode_open"), transaction():
        for day in (1, 2):
            session.add(Episode(id=uuid.uuid4(), prisoner_id=prisoner.id, arrested_on=date(2025, 1, day)))
        session.flush()


def test_nobody_is_released_before_the_arrest(app):
    prisoner = make.prisoner()
    with pytest.raises(IntegrityError, match="ends_after_arrest"), transaction():
        session.add(
            Episode(
                id=uuid.uuid4(), prisoner_id=prisoner.id, arrested_on=date(2025, 1, 2), ended_on=date(2025, 1, 1),
                end_reason="term_served",
            )
        )  # fmt: skip
        session.flush()


def stay(prisoner, facility, from_on, until_on, certainty="confirmed"):
    return Custody(
        id=uuid.uuid4(), prisoner_id=prisoner.id, facility_id=facility.id, certainty=certainty, evidence="lawyer",
        from_on=from_on, until_on=until_on, verified_on=from_on,
    )  # fmt: skip


def test_confirmed_stays_of_one_person_never_overlap(app):
    prisoner, other, facility = make.prisoner(), make.prisoner(), make.facility()
    with transaction():
        session.add(stay(prisoner, facility, date(2025, 1, 1), date(2025, 3, 1)))
        # The day of a transfer belongs to the new place; a stay that is only probable and other people do not count.
        session.add(stay(prisoner, facility, date(2025, 3, 1), None))
        session.add(stay(prisoner, facility, date(2025, 2, 1), date(2025, 2, 5), certainty="probable"))
        session.add(stay(other, facility, date(2025, 2, 1), None))
    with pytest.raises(IntegrityError, match="ex_custody_confirmed_overlap"), transaction():
        session.add(stay(prisoner, facility, date(2025, 2, 1), date(2025, 2, 2)))
        session.flush()
