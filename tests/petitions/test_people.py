"""Whom a petition is for, and what happens to it when something happens to them."""

import uuid
from datetime import date

import pytest
import time_machine

from campaign.kernel.db import session, transaction
from campaign.petitions import queries
from campaign.petitions.models import PetitionState
from campaign.petitions.service.people import add_person
from campaign.petitions.service.states import NotPossible, change_state
from campaign.prisoners.models import ChangeKind, DeathKind, Prisoner
from campaign.prisoners.queries.situation import situation_stamp
from campaign.prisoners.service.changes import act, follow
from campaign.prisoners.service.changes.draft import ChangeDraft
from tests.petitions.pages import fresh, home, send, text_of
from tests.prisoners.changes import after, held_person, make_change, publish, released, undo
from tests.support import make

DIED = ChangeDraft(ChangeKind.DIED, date(2026, 3, 1), death_kind=DeathKind.IN_CUSTODY)


@pytest.fixture
def prisoner(app):
    return held_person()


def petition_for(*people, **more):
    petition = make.petition(**more)
    with transaction():
        for person in people:
            add_person(petition, session.get(Prisoner, person), actor=uuid.uuid4())
    return petition


def reload(petition):
    return fresh(petition.id)


def public_text(client, petition, prefix=""):
    return text_of(client.get(f"{prefix}/petitions/{petition.slug}").get_data(as_text=True))


def test_an_organiser_finds_somebody_and_chooses_them(author, client, prisoner):
    publish(prisoner)
    petition = make.petition()
    page = f"{home(petition.id)}/people"
    found = author.get(page, query_string={"q": "vymyshlen"})
    assert "Petr Vymyshlennyi" in text_of(found.get_data(as_text=True))
    answer = send(author, f"{page}?q=vymyshlen", page)
    assert answer.status_code == 303
    assert [person.id for person in queries.list_people(petition.id)] == [prisoner]
    assert "Petr Vymyshlennyi" in text_of(author.get(home(petition.id)).get_data(as_text=True))
    assert "For Petr Vymyshlennyi" in public_text(client, petition)
    assert queries.list_petitions_of(prisoner, with_outside_only=False)[0].id == petition.id
    assert send(author, page, f"{page}/{prisoner}/remove").status_code == 303
    assert list(queries.list_people(petition.id)) == []


def test_a_search_that_finds_nobody_says_so_and_a_forged_choice_is_refused(author, prisoner):
    petition = make.petition()
    page = f"{home(petition.id)}/people"
    assert "Nobody fits" in author.get(page, query_string={"q": "qqq"}).get_data(as_text=True)
    answer = send(author, f"{page}?q=vymyshlen", page, prisoner="nobody")
    assert answer.status_code == 422


def test_the_public_reads_no_name_of_somebody_whose_page_is_not_public(client, prisoner):
    petition = petition_for(prisoner)
    assert "Vymyshlennyi" not in public_text(client, petition)


def test_a_release_pauses_the_open_petition_at_once_and_its_page_says_why_after_ten_minutes(
    app, client, prisoner, run_work
):
    publish(prisoner)
    petition = petition_for(prisoner)
    make_change(prisoner, released())
    run_work()
    assert reload(petition).state == PetitionState.PAUSED
    assert "has been released" not in public_text(client, petition)
    with time_machine.travel(after(11)):
        run_work()
        app.extensions["page_cache"].clear()
        text = public_text(client, petition)
        assert "1 March 2026 Petr Vymyshlennyi has been released." in text
        assert "because of what has happened since" in text
        assert "на свободе" in public_text(client, petition, "/ru")
        assert "freigelassen" in public_text(client, petition, "/de")


def test_whoever_acts_decides_about_each_petition(app, client, prisoner, run_work):
    kept, closed, paused = (petition_for(prisoner) for _ in range(3))
    stamp = situation_stamp(prisoner)
    with transaction():
        forecast = act.preview_change(prisoner, released(), make.SOURCE, seen_stamp=stamp)["petitions.stop"]
    assert forecast.amount == 3
    assert {choice.default for choice in forecast.choices} == {"pause"}
    choices = {"petitions.stop": {str(kept.id): "keep", str(closed.id): "close"}}
    make_change(prisoner, released(choices=choices))
    run_work()
    states = [reload(each).state for each in (kept, closed, paused)]
    assert states == [PetitionState.OPEN, PetitionState.CLOSED, PetitionState.PAUSED]
    with time_machine.travel(after(11)):
        run_work()
        app.extensions["page_cache"].clear()
        text = public_text(client, kept)
        assert "The person this petition is for has been released." in text
        assert "It still collects signatures" in text


def test_undone_in_time_the_petition_collects_again_and_nothing_is_said(prisoner, run_work):
    paused, closed = petition_for(prisoner), petition_for(prisoner)
    change = make_change(prisoner, released(choices={"petitions.stop": {str(closed.id): "close"}}))
    run_work()
    undo(change)
    run_work()
    assert [reload(each).state for each in (paused, closed)] == [PetitionState.OPEN] * 2
    assert reload(closed).closed_on is None
    with time_machine.travel(after(11)):
        run_work()
    assert queries.list_notes(paused.id) == []


def test_what_an_organiser_did_with_it_meanwhile_stays(prisoner, run_work):
    petition = petition_for(prisoner)
    change = make_change(prisoner, released())
    run_work()
    with transaction():
        change_state(reload(petition), PetitionState.CLOSED, actor=uuid.uuid4())
    undo(change)
    run_work()
    assert reload(petition).state == PetitionState.CLOSED


def test_a_job_that_runs_twice_pauses_once(prisoner):
    petition = petition_for(prisoner)
    change = make_change(prisoner, released())
    for ran in (True, False):
        with transaction():
            assert follow.follow(change.id, "petitions.stop") is ran
    assert [event.to_state for event in queries.list_events(petition.id)].count("paused") == 1


def test_a_correction_takes_the_note_back_in_words(app, client, prisoner, run_work):
    publish(prisoner)
    petition = petition_for(prisoner)
    wrong = make_change(prisoner, DIED)
    run_work()
    with time_machine.travel(after(11)):
        run_work()
        make_change(prisoner, ChangeDraft(ChangeKind.DID_NOT_HAPPEN, date(2026, 3, 1)), corrects=wrong.id)
        run_work()
        assert reload(petition).state == PetitionState.OPEN
    with time_machine.travel(after(22)):
        run_work()
        app.extensions["page_cache"].clear()
        assert "We wrote here that Petr Vymyshlennyi had died. That was wrong" in public_text(client, petition)


def test_a_transfer_leaves_petitions_alone(prisoner, run_work):
    petition = petition_for(prisoner)
    make_change(prisoner, ChangeDraft(ChangeKind.IN_TRANSIT, date(2026, 3, 1)))
    run_work()
    assert reload(petition).state == PetitionState.OPEN


def test_an_archived_petition_keeps_whom_it_was_for(prisoner):
    petition = petition_for(prisoner, state=PetitionState.CLOSED)
    with transaction():
        change_state(reload(petition), PetitionState.ARCHIVED, actor=None)
    other = held_person()
    with pytest.raises(NotPossible), transaction():
        add_person(reload(petition), session.get(Prisoner, other), actor=uuid.uuid4())
