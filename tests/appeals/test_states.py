"""From draft to closed: two persons, the clock, sanctions, people who may not be shown, and changes of a situation."""

import uuid
from datetime import timedelta

import pytest
import time_machine

from campaign.appeals.models import AppealKind, AppealState, Audience
from campaign.appeals.queries import get_published, list_published
from campaign.appeals.queries.staff import list_events
from campaign.appeals.service import consequences, states, write
from campaign.appeals.service.errors import NeedsSecondPerson, NotComplete, NotPossible
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.places import Place
from campaign.prisoners.models import ChangeKind, Prisoner, PrisonerState
from campaign.prisoners.service.changes import follow
from tests.appeals import made
from tests.prisoners.changes import held_person, make_change, publish, released, undo
from tests.support import make
from workers.lines.appeals import turn_appeals

S = AppealState


def step(appeal, act, *, actor):
    with transaction():
        stored = made.reload(appeal)
        act(stored, seen_version=stored.version, actor=actor, reason="because")


def test_whoever_wrote_or_submitted_it_does_not_publish_it(app):
    appeal = made.appeal(state=S.DRAFT)
    other = uuid.uuid4()
    step(appeal, states.submit_for_review, actor=other)
    for involved in (made.AUTHOR, other):
        with pytest.raises(NeedsSecondPerson):
            step(appeal, states.publish, actor=involved)
    step(appeal, states.publish, actor=made.SECOND)
    assert made.reload(appeal).state == S.PUBLISHED
    with pytest.raises(NotPossible), transaction():
        write.edit_appeal(made.reload(appeal), made.draft(), seen_version=made.reload(appeal).version, actor=other)


def test_what_is_missing_or_asks_for_sanctions_before_everybody_is_not_handed_in(app):
    hidden = make.prisoner()
    cases = (
        {"texts": [made.text(), made.text("ru", points=[])]},
        {"texts": [made.text(points=["Please put them on the list of sanctions."])]},
        {"texts": [made.text("ru", closing="Прошу ввести санкции.")]},
        {"people": (hidden.id,)},
    )
    for changes in cases:
        appeal = made.appeal(state=S.DRAFT, **changes)
        with pytest.raises(NotComplete):
            step(appeal, states.submit_for_review, actor=made.AUTHOR)
    outside = made.appeal(
        state=S.DRAFT, audience=Audience.OUTSIDE_RUSSIA, texts=[made.text(points=["Sanctions, please."])]
    )
    step(outside, states.submit_for_review, actor=made.AUTHOR)
    with transaction(), pytest.raises(NotComplete):
        write.create_appeal(made.draft(kind=AppealKind.URGENT), author=None)


def test_an_urgent_one_ends_at_its_minute_before_anybody_closes_it(app):
    appeal = made.appeal(kind=AppealKind.URGENT, deadline_at=clock.now() + timedelta(hours=36))
    assert made.reload(appeal).takes_letters(clock.now())
    with time_machine.travel(clock.now() + timedelta(hours=36, minutes=1)):
        assert not made.reload(appeal).takes_letters(clock.now())
        assert list_published(Place.NOT_SAID) == []
        assert [each.id for each in list_published(Place.NOT_SAID, over=True)] == [appeal.id]
        for _turn in range(2):
            turn_appeals()
        stored = made.reload(appeal)
        assert (stored.state, stored.closed_on) == (S.CLOSED, clock.today())
        assert [each.to_state for each in list_events(appeal.id)].count("closed") == 1
        with pytest.raises(NotPossible):
            step(appeal, states.resume, actor=made.SECOND)


def test_nobody_reads_of_somebody_whose_page_was_taken_away(app):
    person = make.public_prisoner()
    appeal = made.appeal(people=(person.id,))
    assert get_published(appeal.slug, Place.NOT_SAID).id == appeal.id
    with transaction():
        session.get(Prisoner, person.id).state = PrisonerState.HIDDEN
        consequences.pause_of_person(person.id, made.SECOND, "gone")
    assert made.reload(appeal).state == S.PAUSED
    with pytest.raises(NotFound):
        get_published(appeal.slug, Place.NOT_SAID)
    assert list_published(Place.ELSEWHERE) == []


@pytest.fixture
def spoken_for(app):
    person = held_person()
    publish(person)
    return person, made.appeal(people=(person,))


def test_a_release_pauses_once_and_undoing_asks_for_letters_again(spoken_for, run_work):
    person, appeal = spoken_for
    change = make_change(person, released())
    for ran in (True, False):
        with transaction():
            assert follow.follow(change.id, "appeals.stop") is ran
    assert made.reload(appeal).state == S.PAUSED
    undo(change)
    run_work()
    assert made.reload(appeal).state == S.PUBLISHED


def test_what_is_decided_beforehand_is_done_and_what_others_did_since_stays(spoken_for, run_work):
    person, appeal = spoken_for
    change = make_change(person, released())
    run_work()
    step(appeal, states.close, actor=made.SECOND)
    undo(change)
    run_work()
    assert made.reload(appeal).state == S.CLOSED
    assert consequences.preview_stop(_change(person, ChangeKind.SENTENCED)).amount == 0
    other = made.appeal(people=(person,))
    forecast = consequences.preview_stop(_change(person, ChangeKind.TRANSFERRED))
    assert [(each.key, each.default) for each in forecast.choices] == [(str(other.id), "pause")]


def _change(person, kind):
    from campaign.kernel.registry import Change

    return Change(uuid.uuid4(), person, kind, clock.today(), "day", {}, None)
