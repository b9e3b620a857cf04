"""A change of somebody's situation as one act: seen beforehand, done once, undone exactly, corrected to the same."""

import threading
import uuid
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from campaign.kernel import audit, jobs
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.registry import consequences
from campaign.prisoners.models import (
    Certainty,
    ChangeKind,
    Custody,
    DeathKind,
    Episode,
    Evidence,
    FacilityKind,
    Fact,
    Liberty,
    LibertyStatus,
    Openness,
    PublicChange,
    Punishment,
    Regime,
    Sentence,
    Stage,
    StatusChange,
)
from campaign.prisoners.queries import changes as queries
from campaign.prisoners.queries import situation
from campaign.prisoners.queries.cases import list_cases
from campaign.prisoners.service import custody
from campaign.prisoners.service.changes import act, follow
from campaign.prisoners.service.changes.draft import ChangeDraft, draft_of
from campaign.prisoners.service.changes.ledger import StoodUpon, snapshot
from campaign.prisoners.service.situation import AlreadyReleased, BadSituation, BeforeArrest, InFuture
from tests.prisoners.changes import (
    ARREST,
    Diary,
    after,
    held_person,
    make_change,
    publish,
    released,
    transferred,
    undo,
)
from tests.support import make

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def diary(monkeypatch):
    """Three made-up consequences beside the real ones."""
    diary = Diary()
    known = {each.name: each for each in diary.consequences()}
    monkeypatch.setattr(consequences, "_items", {**consequences._items, **known})
    return diary


@pytest.fixture
def prisoner(app):
    return held_person()


def states(change):
    session.rollback()
    return {row.name: row.state for row in queries.list_consequences(session.get(StatusChange, change.id))}


def run_follow(change, name):
    with transaction():
        return follow.follow(change.id, name)


def test_a_transfer_moves_the_stay_and_the_status_and_says_from_where_it_is_known(prisoner):
    colony = make.facility("ИК-6", kind=FacilityKind.IK_STRICT)
    change = make_change(prisoner, transferred(colony))
    stay, status = situation.find_current_stay(prisoner), situation.find_current_status(prisoner)
    assert (stay.facility_id, stay.from_on) == (colony.id, date(2026, 3, 1))
    assert status.status == Liberty.SERVING_COLONY
    fact = session.scalar(select(Fact).where(Fact.subject_id == stay.id, Fact.field == "facility"))
    assert (fact.now, fact.source_title) == ("ИК-6", make.SOURCE.title)
    assert draft_of(change) == transferred(colony)


def test_somebody_on_the_way_is_again_what_they_were_when_they_arrive_in_a_remand_prison(prisoner):
    make_change(prisoner, ChangeDraft(ChangeKind.IN_TRANSIT, date(2026, 3, 1)))
    assert situation.find_current_status(prisoner).status == Liberty.IN_TRANSIT
    make_change(prisoner, transferred(make.facility("СИЗО-2", kind=FacilityKind.UNKNOWN), date(2026, 3, 9)))
    assert situation.find_current_status(prisoner).status == Liberty.PRETRIAL_CUSTODY
    make_change(prisoner, ChangeDraft(ChangeKind.WHEREABOUTS_UNKNOWN, date(2026, 4, 1)))
    assert situation.location_state(situation.find_current_stay(prisoner)) == "unknown"


def test_a_sentence_goes_into_its_case_and_begins_one_where_there_is_none(prisoner):
    draft = ChangeDraft(
        ChangeKind.SENTENCED, date(2026, 3, 1), case_name="Дело о плакате", court="Небывалый районный суд",
        punishment=Punishment.IMPRISONMENT, regime=Regime.GENERAL, term_months=66,
        expected_release_on=date(2030, 9, 10), release_basis="reckoned from the arrest",
    )  # fmt: skip
    make_change(prisoner, draft)
    [case] = list_cases(prisoner)
    assert (case.names, case.stage, case.court) == (
        {"ru": "Дело о плакате"}, Stage.SENTENCED_NOT_FINAL, "Небывалый районный суд",
    )  # fmt: skip
    assert case.sentences[0].term_months == 66
    with pytest.raises(BadSituation) as refusal:
        make_change(prisoner, ChangeDraft(**{**_fields(draft), "case_id": case.id}))
    assert refusal.value.field == "happened_on"


def test_a_hearing_lies_ahead_and_moves_the_case_into_court(prisoner):
    day = after(60 * 24 * 10).date()
    draft = ChangeDraft(
        ChangeKind.HEARING_SET, day, case_name="A placard", court="A made-up court", starts_at="10:30",
        openness=Openness.OPEN,
    )  # fmt: skip
    make_change(prisoner, draft)
    [case] = list_cases(prisoner)
    assert (case.stage, case.hearings[0].held_on, case.hearings[0].starts_at) == (Stage.IN_COURT, day, "10:30")
    with pytest.raises(BadSituation):
        make_change(prisoner, ChangeDraft(ChangeKind.HEARING_SET, date(2026, 1, 1), case_id=case.id, court="A court"))


@pytest.mark.parametrize(
    ("draft", "refusal", "field"),
    [
        (released(ARREST - timedelta(days=1)), BeforeArrest, "happened_on"),
        (released(after(60 * 24 * 3).date()), InFuture, "happened_on"),
        (ChangeDraft(ChangeKind.RELEASED, date(2026, 3, 1)), BadSituation, "reason"),
        (ChangeDraft(ChangeKind.DIED, date(2026, 3, 1)), BadSituation, "death_kind"),
        (ChangeDraft(ChangeKind.TRANSFERRED, date(2026, 3, 1)), BadSituation, "facility"),
        (ChangeDraft(ChangeKind.SENTENCED, date(2026, 3, 1), court="A court"), BadSituation, "punishment"),
        (ChangeDraft(ChangeKind.DID_NOT_HAPPEN, date(2026, 3, 1)), BadSituation, "kind"),
    ],
)
def test_what_contradicts_is_named_by_its_field_before_anything_happens(prisoner, draft, refusal, field):
    before = snapshot(prisoner)
    with pytest.raises(refusal) as raised, transaction():
        act.preview_change(prisoner, draft, make.SOURCE, seen_stamp=situation.situation_stamp(prisoner))
    assert raised.value.field == field
    assert snapshot(prisoner) == before


def test_somebody_released_is_not_transferred(prisoner):
    make_change(prisoner, released())
    with pytest.raises(AlreadyReleased):
        make_change(prisoner, transferred(make.facility(), date(2026, 4, 1)))


def test_the_preview_says_what_would_follow_and_keeps_nothing(diary, prisoner):
    with transaction():
        stamp = situation.situation_stamp(prisoner)
        forecasts = act.preview_change(prisoner, released(), make.SOURCE, seen_stamp=stamp)
    assert {name: each.amount for name, each in forecasts.items()} == {"test.hold": 3, "test.mail": 3}
    assert situation.situation_stamp(prisoner) == stamp
    assert not diary.calls
    assert session.scalar(select(func.count()).select_from(jobs.JobRow)) == 0


def test_what_must_be_at_once_is_and_what_cannot_be_called_back_waits_ten_minutes(diary, prisoner, run_work):
    change = make_change(prisoner, released())
    run_work()
    assert states(change) == {"test.hold": "done", "test.mail": "waiting"}
    assert (diary.held, diary.told) == ({str(change.id)}, [])
    with time_machine.travel(after(11)):
        run_work()
    assert states(change)["test.mail"] == "done"
    assert diary.told == [("news", "released")]
    assert list(audit.verify()) == []


def test_a_job_that_runs_twice_does_it_once(diary, prisoner):
    change = make_change(prisoner, released())
    assert run_follow(change, "test.hold") is True
    assert run_follow(change, "test.hold") is False
    assert run_follow(change, "test.mail") is False  # not due yet
    with time_machine.travel(after(11)):
        assert run_follow(change, "test.mail") is True
        assert run_follow(change, "test.mail") is False
    assert (diary.calls["hold"], diary.told) == (1, [("news", "released")])


def test_a_job_killed_between_leaves_nothing_and_is_done_again(diary, prisoner, run_work):
    change = make_change(prisoner, released())
    diary.breaks = True
    run_work()
    assert states(change)["test.hold"] == "waiting"
    diary.breaks = False
    with time_machine.travel(after(3)):
        run_work()
    assert states(change)["test.hold"] == "done"


def test_sent_twice_it_is_one_act(diary, prisoner):
    change_id, stamp = uuid.uuid4(), situation.situation_stamp(prisoner)
    first = make_change(prisoner, released(), change_id=change_id, seen_stamp=stamp)
    again = make_change(prisoner, released(), change_id=change_id, seen_stamp=stamp)
    assert first.id == again.id
    assert len(queries.list_changes(prisoner)) == 1
    assert len(queries.list_consequences(first)) == 2
    with pytest.raises(Conflict):
        make_change(held_person(), released(), change_id=change_id)


def test_pressed_twice_at_one_moment_it_is_one_act(app, prisoner):
    change_id, stamp = uuid.uuid4(), situation.situation_stamp(prisoner)
    session.rollback()
    made, problems = [], []

    def press():
        with app.app_context():
            try:
                made.append(make_change(prisoner, released(), change_id=change_id, seen_stamp=stamp).id)
            except Exception as problem:
                problems.append(problem)
            session.remove()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made, problems) == ([change_id] * 4, [])
    assert len(queries.list_changes(prisoner)) == 1


def test_of_two_editors_the_second_is_told(prisoner):
    seen = situation.situation_stamp(prisoner)
    make_change(prisoner, transferred(make.facility()))
    with pytest.raises(act.SituationChanged):
        make_change(prisoner, released(), seen_stamp=seen)


def test_something_else_would_follow_now_than_was_shown(diary, prisoner):
    with transaction():
        stamp = situation.situation_stamp(prisoner)
        shown = act.digest_of(act.preview_change(prisoner, released(), make.SOURCE, seen_stamp=stamp))
    diary.people = 4
    with pytest.raises(act.ForecastChanged), transaction():
        act.make_change(
            uuid.uuid4(), prisoner, released(), make.SOURCE, seen_stamp=stamp, seen_forecast=shown, actor=None
        )  # fmt: skip
    assert queries.list_changes(prisoner) == []


def test_undone_in_time_it_is_as_if_it_had_not_been_made(diary, prisoner, run_work):
    before = snapshot(prisoner)
    change = make_change(prisoner, released())
    run_work()
    undo(change)
    undo(change)
    run_work()
    assert snapshot(prisoner) == before
    assert states(change) == {"test.hold": "undone", "test.mail": "undone"}
    with time_machine.travel(after(15)):
        run_work()
    assert (diary.held, diary.told, diary.calls["free"]) == (set(), [], 1)


def test_undoing_says_in_the_history_from_where_the_value_was_known_before(prisoner):
    stay = situation.find_current_stay(prisoner)
    change = make_change(prisoner, transferred(make.facility()))
    undo(change)
    facts = session.scalars(select(Fact).where(Fact.subject_id == stay.id, Fact.field == "until_on")).all()
    assert [(fact.was, fact.now) for fact in sorted(facts, key=lambda each: each.id)] == [
        (None, "2026-03-01"), ("2026-03-01", None),
    ]  # fmt: skip


def test_after_ten_minutes_it_is_corrected_and_not_undone(prisoner):
    change = make_change(prisoner, released())
    with time_machine.travel(after(10)), pytest.raises(act.TooLate):
        undo(change)


def test_a_change_that_others_stand_on_is_not_undone(prisoner):
    change = make_change(prisoner, transferred(make.facility()))
    later = make_change(prisoner, ChangeDraft(ChangeKind.IN_TRANSIT, date(2026, 3, 20)))
    with pytest.raises(StoodUpon) as refusal:
        undo(change)
    rows = frozenset(row.id for row in refusal.value.rows)
    assert [each.id for each in queries.list_later(change, rows)] == [later.id]
    undo(later)
    undo(change)


def test_a_stay_that_was_verified_meanwhile_is_not_deleted_unseen(prisoner):
    change = make_change(prisoner, transferred(make.facility()))
    stay = situation.find_current_stay(prisoner)
    with transaction():
        custody.verify_stay(prisoner, stay.id, make.SOURCE, actor=uuid.uuid4())
    with pytest.raises(StoodUpon):
        undo(change)


def test_sent_now_it_cannot_be_undone_any_more(diary, prisoner, run_work):
    change = make_change(prisoner, released())
    with transaction():
        assert act.send_now(prisoner, change.id, actor=uuid.uuid4()) == 2
    with transaction():
        assert act.send_now(prisoner, change.id, actor=uuid.uuid4()) == 0
    run_work()
    assert diary.told == [("news", "released")]
    with pytest.raises(act.TooLate):
        undo(change)
    with time_machine.travel(after(15)):
        run_work()
    assert diary.told == [("news", "released")]


def test_a_correction_puts_right_what_was_written_and_reaches_the_same_people(diary, prisoner, run_work):
    wrong = make_change(prisoner, released())
    run_work()
    with time_machine.travel(after(11)):
        run_work()
        with pytest.raises(AlreadyReleased):
            make_change(prisoner, released())  # it is recorded, so it has to be corrected
        died = ChangeDraft(ChangeKind.DIED, date(2026, 3, 1), death_kind=DeathKind.IN_CUSTODY)
        right = make_change(prisoner, died, corrects=wrong.id)
        run_work()
    assert situation.find_current_status(prisoner).status == Liberty.DIED
    assert session.scalar(select(Episode).where(Episode.prisoner_id == prisoner)).end_reason == "death"
    assert diary.held == {str(right.id)}
    assert diary.told == [("news", "released")]
    with time_machine.travel(after(22)):
        run_work()
        run_work()
    assert sorted(diary.told) == [("correction", "died"), ("news", "died"), ("news", "released")]
    assert states(wrong) == {"test.hold": "corrected", "test.mail": "corrected"}


def test_the_order_in_which_jobs_run_does_not_matter(diary, prisoner):
    wrong = make_change(prisoner, released())
    run_follow(wrong, "test.hold")
    with time_machine.travel(after(11)):
        right = make_change(prisoner, transferred(make.facility()), corrects=wrong.id)
        run_follow(right, "test.hold")  # before the job that frees what the wrong one held
        with transaction():
            assert follow.take_back(wrong.id, "test.hold") is False
    assert diary.held == {str(right.id)}


def test_what_did_not_happen_leaves_everything_as_it_was_before(diary, prisoner, run_work):
    before = snapshot(prisoner)
    wrong = make_change(prisoner, released())
    run_work()
    with time_machine.travel(after(11)):
        run_work()
        diary.people = 0
        withdrawn = make_change(prisoner, ChangeDraft(ChangeKind.DID_NOT_HAPPEN, date(2026, 3, 1)), corrects=wrong.id)
        run_work()
    assert snapshot(prisoner) == before
    assert diary.held == set()
    assert not act.can_correct(withdrawn)


def test_a_correction_that_is_corrected_in_its_turn_goes_back_to_before_the_first_act(diary, prisoner, run_work):
    before = snapshot(prisoner)
    first = make_change(prisoner, released())
    with time_machine.travel(after(11)):
        second = make_change(prisoner, transferred(make.facility()), corrects=first.id)
    with time_machine.travel(after(30)):
        third = make_change(prisoner, ChangeDraft(ChangeKind.DID_NOT_HAPPEN, date(2026, 3, 1)), corrects=second.id)
        assert snapshot(prisoner) == before
        undo(third)
        assert situation.find_current_stay(prisoner).until_on is None
        assert session.get(StatusChange, second.id).undone_at is None
        assert session.get(StatusChange, first.id).undone_at is not None


def test_a_correction_undone_in_time_lets_the_former_act_hold_again(diary, prisoner, run_work):
    wrong = make_change(prisoner, released())
    run_work()
    with time_machine.travel(after(11), tick=True):
        run_work()
        standing = snapshot(prisoner)
        right = make_change(prisoner, transferred(make.facility()), corrects=wrong.id)
        run_work()
        undo(right)
        run_work()
        assert snapshot(prisoner) == standing
        assert diary.held == {str(wrong.id)}
    with time_machine.travel(after(30)):
        run_work()
    assert diary.told == [("news", "released")]
    assert states(wrong) == {"test.hold": "done", "test.mail": "done"}


def test_what_can_still_be_undone_is_not_corrected(prisoner):
    change = make_change(prisoner, released())
    with pytest.raises(act.TooEarly):
        make_change(prisoner, transferred(make.facility()), corrects=change.id)


def test_the_public_reads_of_a_change_after_ten_minutes_and_of_public_people_only(prisoner, run_work):
    make_change(held_person(), released())  # whose page nobody sees
    publish(prisoner)
    change = make_change(prisoner, released())
    run_work()
    assert queries.list_public_changes() == []
    with time_machine.travel(after(11)):
        run_work()
        [line] = queries.list_public_changes()
        assert (line.entry.change_id, line.prisoner.id, line.details["reason"]) == (change.id, prisoner, "parole")
        assert queries.list_public_changes(prisoner)[0].entry.id == line.entry.id
        make_change(prisoner, ChangeDraft(ChangeKind.DID_NOT_HAPPEN, date(2026, 3, 1)), corrects=change.id)
        run_work()
        assert queries.list_public_changes()[0].entry.corrected_on is None
    with time_machine.travel(after(22)):
        run_work()
        [line] = queries.list_public_changes()
        assert line.entry.corrected_on is not None


def test_a_choice_reaches_the_consequence_it_was_made_for(diary, prisoner, run_work):
    died = ChangeDraft(
        ChangeKind.DIED, date(2026, 3, 1), death_kind=DeathKind.IN_CUSTODY, choices={"test.pause": {"g1": "keep"}}
    )
    change = make_change(prisoner, died)
    run_work()
    rows = {row.name: row.amount for row in queries.list_consequences(change)}
    session.rollback()
    rows = {row.name: row.amount for row in queries.list_consequences(session.get(StatusChange, change.id))}
    assert rows["test.pause"] == 0


def test_a_case_that_got_more_since_is_not_deleted_with_its_sentence(prisoner):
    draft = ChangeDraft(
        ChangeKind.SENTENCED, date(2026, 3, 1), case_name="A placard", court="A court", punishment=Punishment.FINE
    )
    change = make_change(prisoner, draft)
    [case] = list_cases(prisoner)
    day = after(60 * 24 * 10).date()
    make_change(prisoner, ChangeDraft(ChangeKind.HEARING_SET, day, case_id=case.id, court="A court"))
    with pytest.raises(StoodUpon):
        undo(change)
    assert session.scalar(select(func.count()).select_from(Sentence)) == 1


def test_nothing_is_ever_without_an_act(prisoner):
    """Counts of what the tables hold after a release: one of each, and no entry in the feed before its time."""
    make_change(prisoner, released())
    counts = [session.scalar(select(func.count()).select_from(each)) for each in (StatusChange, PublicChange)]
    assert counts == [1, 0]
    for model in (Custody, LibertyStatus):
        open_rows = select(func.count()).select_from(model).where(model.until_on.is_(None))
        assert session.scalar(open_rows) == (0 if model is Custody else 1)


def _fields(draft):
    return {name: getattr(draft, name) for name in ChangeDraft.__dataclass_fields__}


def test_certainty_and_evidence_are_kept(prisoner):
    make_change(prisoner, transferred(make.facility(), certainty=Certainty.PROBABLE))
    stay = situation.find_current_stay(prisoner)
    assert (stay.certainty, stay.evidence) == (Certainty.PROBABLE, Evidence.LAWYER)
