"""Where somebody is and where the law has put them: one present stay, one current status, nothing that contradicts."""

import threading
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.prisoners.models import (
    Certainty,
    Custody,
    DeathKind,
    Evidence,
    FacilityKind,
    Fact,
    Liberty,
    Precision,
    ReleaseReason,
)
from campaign.prisoners.queries import situation
from campaign.prisoners.queries.situation import LocationState
from campaign.prisoners.service import custody, liberty
from campaign.prisoners.service import situation as rules
from campaign.prisoners.service.custody import StayDraft
from campaign.prisoners.service.facts import Source
from campaign.prisoners.service.liberty import EndDraft
from tests.support import make

ARREST = date(2025, 3, 10)


@pytest.fixture
def prisoner(app):
    return make.prisoner().id


def arrest(prisoner, on=ARREST, status=Liberty.PRETRIAL_CUSTODY, **more):
    with transaction():
        return liberty.open_episode(prisoner, on, status, make.SOURCE, actor=None, **more)


def confirmed(facility, from_on=ARREST, **more):
    return StayDraft(Certainty.CONFIRMED, from_on, facility.id, Evidence.LAWYER, **more)


def stay(prisoner, draft):
    with transaction():
        return custody.record_stay(prisoner, draft, make.SOURCE, actor=None)


def release(prisoner, on, reason=ReleaseReason.TERM_SERVED, **more):
    with transaction():
        return liberty.end_imprisonment(prisoner, EndDraft(on, reason, **more), make.SOURCE, actor=None)


def test_from_arrest_to_release(prisoner):
    sizo, colony = make.facility("СИЗО-9", kind=FacilityKind.SIZO), make.facility()
    arrest(prisoner)
    first = stay(prisoner, confirmed(sizo))
    stay(prisoner, StayDraft(Certainty.IN_TRANSIT, date(2025, 9, 1)))
    assert situation.location_state(situation.find_current_stay(prisoner)) is LocationState.IN_TRANSIT
    stay(prisoner, confirmed(colony, date(2025, 10, 5)))
    with transaction():
        liberty.set_status(prisoner, Liberty.SERVING_COLONY, date(2025, 10, 5), make.SOURCE, actor=None)
    assert situation.location_state(situation.find_current_stay(prisoner)) is LocationState.KNOWN
    release(prisoner, date(2026, 2, 1))
    assert situation.find_current_stay(prisoner) is None
    assert situation.find_open_episode(prisoner) is None
    assert situation.find_current_status(prisoner).status == Liberty.RELEASED
    assert [each.until_on for each in situation.list_stays(prisoner)] == [
        date(2026, 2, 1), date(2025, 10, 5), date(2025, 9, 1),
    ]  # fmt: skip
    facts = session.scalars(select(Fact).where(Fact.subject_id == first.id, Fact.field == "until_on")).all()
    assert [(fact.was, fact.now, fact.source_url) for fact in facts] == [(None, "2025-09-01", make.SOURCE.url)]


def test_nobody_is_released_twice_or_before_the_arrest(prisoner):
    arrest(prisoner)
    with pytest.raises(rules.BeforeArrest) as refusal:
        release(prisoner, date(2025, 3, 9))
    assert refusal.value.field == "ended_on"
    release(prisoner, date(2025, 4, 1))
    with pytest.raises(rules.AlreadyReleased):
        release(prisoner, date(2025, 4, 2))
    assert len(situation.list_statuses(prisoner)) == 2


def test_somebody_released_is_not_transferred(prisoner):
    arrest(prisoner)
    release(prisoner, date(2025, 4, 1))
    with pytest.raises(rules.AlreadyReleased):
        stay(prisoner, confirmed(make.facility(), date(2025, 5, 1)))


def test_a_second_arrest_follows_the_release(prisoner):
    arrest(prisoner)
    with pytest.raises(rules.AlreadyHeld):
        arrest(prisoner, date(2025, 6, 1))
    release(prisoner, date(2025, 4, 1))
    with pytest.raises(rules.BeforeArrest):
        arrest(prisoner, date(2025, 3, 31))
    arrest(prisoner, date(2025, 6, 1))
    assert situation.find_current_status(prisoner).status == Liberty.PRETRIAL_CUSTODY


def test_whose_arrest_nobody_wrote_down_can_be_released(prisoner):
    release(prisoner, date(2025, 4, 1), ReleaseReason.PARDONED)
    assert situation.find_current_status(prisoner).status == Liberty.RELEASED


def test_a_death_in_custody_ends_everything(prisoner):
    arrest(prisoner)
    stay(prisoner, confirmed(make.facility()))
    with pytest.raises(rules.Incomplete):
        release(prisoner, date(2025, 5, 1), ReleaseReason.DEATH)
    release(prisoner, date(2025, 5, 1), ReleaseReason.DEATH, death_kind=DeathKind.IN_CUSTODY)
    assert situation.find_current_status(prisoner).status == Liberty.DIED
    with pytest.raises(rules.AlreadyDead):
        release(prisoner, date(2025, 5, 2), ReleaseReason.DEATH, death_kind=DeathKind.IN_CUSTODY)
    with pytest.raises(rules.AlreadyDead):
        arrest(prisoner, date(2025, 6, 1))


def test_a_death_after_the_release_leaves_the_release_as_it_was(prisoner):
    arrest(prisoner)
    with pytest.raises(rules.AlreadyHeld):
        release(prisoner, date(2025, 5, 1), ReleaseReason.DEATH, death_kind=DeathKind.AFTER_RELEASE_CONSEQUENCE)
    release(prisoner, date(2025, 4, 1))
    release(prisoner, date(2025, 5, 1), ReleaseReason.DEATH, death_kind=DeathKind.AFTER_RELEASE_CONSEQUENCE)
    [episode] = situation.list_episodes(prisoner)
    assert (episode.ended_on, episode.end_reason) == (date(2025, 4, 1), "term_served")


def test_a_month_contradicts_nothing_within_it(prisoner):
    arrest(prisoner)
    stay(prisoner, confirmed(make.facility("СИЗО-9")))
    moved = stay(prisoner, confirmed(make.facility(), date(2025, 3, 31), from_precision=Precision.MONTH))
    assert (moved.from_on, moved.from_precision) == (ARREST, "month")


def test_no_day_that_has_not_come(prisoner):
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(rules.InFuture):
        arrest(prisoner, tomorrow)
    arrest(prisoner)
    with pytest.raises(rules.InFuture):
        stay(prisoner, confirmed(make.facility(), tomorrow))
    with pytest.raises(rules.InFuture):
        release(prisoner, tomorrow)


def test_past_stays_may_be_added_and_never_overlap_where_confirmed(prisoner):
    arrest(prisoner)
    stay(prisoner, confirmed(make.facility(), date(2025, 6, 1)))
    stay(prisoner, confirmed(make.facility("СИЗО-9"), ARREST, until_on=date(2025, 6, 1)))
    with pytest.raises(rules.OverlapsStay) as refusal:
        stay(prisoner, confirmed(make.facility("СИЗО-8"), ARREST, until_on=date(2025, 4, 1)))
    assert refusal.value.field == "from_on"
    stay(prisoner, StayDraft(Certainty.PROBABLE, ARREST, make.facility("ИВС").id, until_on=date(2025, 3, 12)))
    assert len(situation.list_stays(prisoner)) == 3


def test_a_stay_names_its_place_and_what_confirms_it(prisoner):
    for draft in (
        StayDraft(Certainty.CONFIRMED, ARREST, None, Evidence.LAWYER),
        StayDraft(Certainty.CONFIRMED, ARREST, make.facility().id),
        StayDraft(Certainty.UNKNOWN, ARREST, make.facility().id),
    ):
        with pytest.raises(rules.Incomplete):
            stay(prisoner, draft)


def test_the_same_place_again_is_a_confirmation_and_no_transfer(prisoner):
    colony = make.facility()
    known = stay(prisoner, confirmed(colony))
    with pytest.raises(rules.AlreadySo):
        stay(prisoner, confirmed(colony, date(2025, 9, 1)))
    assert situation.is_stale(known, date(2026, 11, 1))
    with transaction():
        source = Source("Letter of the lawyer", retrieved_on=date(2026, 10, 20))
        custody.verify_stay(prisoner, known.id, source, actor=None)
    assert not situation.is_stale(situation.find_current_stay(prisoner), date(2026, 11, 1))


def test_a_place_people_leave_soon_is_believed_for_sixty_days(prisoner):
    sizo = make.facility("СИЗО-9", kind=FacilityKind.SIZO)
    known = stay(prisoner, confirmed(sizo, verified_on=date(2026, 3, 1)))
    assert not situation.is_stale(known, date(2026, 4, 30))
    assert situation.is_stale(known, date(2026, 5, 1))


def test_of_two_editors_of_a_stay_the_second_hears_of_the_first(prisoner):
    known = stay(prisoner, confirmed(make.facility()))
    seen = situation.situation_stamp(prisoner)

    def correct(evidence):
        with transaction():
            draft = StayDraft(Certainty.CONFIRMED, ARREST, known.facility_id, evidence)
            return custody.correct_stay(prisoner, known.id, draft, make.SOURCE, seen=seen, actor=None)

    assert correct(Evidence.FAMILY) == 1
    with pytest.raises(Conflict):
        correct(Evidence.COURT)
    assert session.get(Custody, known.id).evidence == "family"


def test_two_transfers_at_one_moment_leave_one_present_stay(app, prisoner):
    places, problems = [make.facility("ИК-1"), make.facility("ИК-2")], []

    def move(place):
        with app.app_context():
            try:
                stay(prisoner, confirmed(place, date(2025, 9, 1)))
            except Exception as problem:
                problems.append(problem)
            session.remove()

    threads = [threading.Thread(target=move, args=(place,)) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    present = [each for each in situation.list_stays(prisoner) if each.until_on is None]
    assert len(present) == 1


def test_an_unknown_person_has_no_situation(app):
    assert situation.find_current_stay(uuid.uuid4()) is None
    assert situation.location_state(None) is LocationState.UNKNOWN
