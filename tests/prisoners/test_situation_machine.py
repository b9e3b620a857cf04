"""Whatever editors do, in whatever order and however late the jobs run: one situation at a time, undone exactly."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.registry import Applied, consequences
from campaign.prisoners.models import (
    Certainty,
    ChangeKind,
    ConsequenceState,
    Custody,
    DeathKind,
    Episode,
    Evidence,
    Liberty,
    LibertyStatus,
    Prisoner,
    ReleaseReason,
    StatusChange,
    StatusConsequence,
)
from campaign.prisoners.queries import changes as queries
from campaign.prisoners.queries import situation
from campaign.prisoners.service import custody, liberty
from campaign.prisoners.service.changes import act, follow
from campaign.prisoners.service.changes.draft import ChangeDraft
from campaign.prisoners.service.changes.ledger import snapshot
from campaign.prisoners.service.custody import StayDraft
from campaign.prisoners.service.situation import BadSituation
from tests.prisoners.changes import Diary, held_person, make_change
from tests.support import make
from tests.support.database import truncate

KINDS = [each for each in ChangeKind if each not in {ChangeKind.SENTENCED, ChangeKind.HEARING_SET}]
DAYS = st.integers(0, 60)


class Situation(RuleBasedStateMachine):
    """One person, two facilities, days that go by, and jobs that run when they like."""

    diary: Diary
    shift: timedelta

    @initialize()
    def begin(self):
        session.rollback()
        truncate(["prisoner", "facility", "job", "status_change", "fact"])
        session.commit()
        self.diary.held.clear()
        self.diary.told.clear()
        type(self).shift = timedelta(0)
        self.prisoner = held_person()
        self.places = [make.facility(f"ИК-{number}") for number in (1, 2)]
        self.before: dict[uuid.UUID, dict] = {}

    def draft(self, kind, day, place):
        on = clock.today() - timedelta(days=day)
        if kind is ChangeKind.TRANSFERRED:
            return ChangeDraft(kind, on, facility_id=self.places[place].id, evidence=Evidence.LAWYER)
        if kind is ChangeKind.RELEASED:
            return ChangeDraft(kind, on, reason=ReleaseReason.PAROLE)
        if kind is ChangeKind.DIED:
            return ChangeDraft(kind, on, death_kind=list(DeathKind)[place])
        return ChangeDraft(kind, on)

    def holding(self):
        return [each for each in queries.list_changes(self.prisoner) if each.undone_at is None]

    @rule(kind=st.sampled_from(KINDS), day=DAYS, place=st.sampled_from([0, 1]))
    def something_happens(self, kind, day, place):
        before = snapshot(self.prisoner)
        session.rollback()
        try:
            change = make_change(self.prisoner, self.draft(kind, day, place))
        except BadSituation:
            assert snapshot(self.prisoner) == before
        else:
            self.before[change.id] = before

    @rule(kind=st.sampled_from(KINDS), day=DAYS, place=st.sampled_from([0, 1]), which=st.integers(0, 5))
    def something_is_corrected(self, kind, day, place, which):
        changes = self.holding()
        if not changes:
            return
        wrong, before = changes[which % len(changes)], snapshot(self.prisoner)
        session.rollback()
        try:
            change = make_change(self.prisoner, self.draft(kind, day, place), corrects=wrong.id)
        except (BadSituation, Conflict, act.TooEarly):
            assert snapshot(self.prisoner) == before
        else:
            self.before[change.id] = before

    @rule(which=st.integers(0, 5))
    def something_is_undone(self, which):
        changes = self.holding()
        if not changes:
            return
        change, before = changes[which % len(changes)], snapshot(self.prisoner)
        session.rollback()
        try:
            with transaction():
                act.undo_change(self.prisoner, change.id, actor=uuid.uuid4())
        except (act.TooLate, Conflict):
            assert snapshot(self.prisoner) == before
        else:
            assert changes[0].id != change.id or snapshot(self.prisoner) == self.before[change.id]

    @precondition(lambda self: situation.find_open_episode(self.prisoner) is None)
    @rule(day=DAYS)
    def an_arrest(self, day):
        try:
            with transaction():
                on = clock.today() - timedelta(days=day)
                liberty.open_episode(self.prisoner, on, Liberty.PRETRIAL_CUSTODY, make.SOURCE, actor=None)
        except BadSituation:
            pass

    @rule(day=DAYS, place=st.sampled_from([0, 1]))
    def a_stay_is_written_down(self, day, place):
        on = clock.today() - timedelta(days=day)
        try:
            with transaction():
                draft = StayDraft(Certainty.CONFIRMED, on, self.places[place].id, Evidence.FAMILY)
                custody.record_stay(self.prisoner, draft, make.SOURCE, actor=None)
        except BadSituation:
            pass

    @rule(minutes=st.sampled_from([1, 11, 60 * 24 * 3]))
    def time_goes_by(self, minutes):
        type(self).shift += timedelta(minutes=minutes)

    @rule(back_to_front=st.booleans())
    def jobs_run(self, back_to_front):
        rows = session.scalars(select(StatusConsequence).order_by(StatusConsequence.id)).all()
        names = sorted(((row.change_id, row.name) for row in rows), reverse=back_to_front)
        session.rollback()
        for change_id, name in names:
            with transaction():
                follow.take_back(change_id, name)
            with transaction():
                follow.follow(change_id, name)

    @rule()
    def sent_now(self):
        for change in self.holding():
            with transaction():
                act.send_now(self.prisoner, change.id, actor=uuid.uuid4())

    @invariant()
    def there_is_one_of_each(self):
        for model, end in ((Episode, Episode.ended_on), (LibertyStatus, LibertyStatus.until_on),
                           (Custody, Custody.until_on)):  # fmt: skip
            assert session.scalar(select(func.count()).select_from(model).where(end.is_(None))) <= 1
        statuses = session.scalar(select(func.count()).select_from(LibertyStatus))
        assert statuses == 0 or situation.find_current_status(self.prisoner) is not None
        session.rollback()

    @invariant()
    def nobody_free_is_held_anywhere(self):
        if situation.is_over(situation.find_current_status(self.prisoner)):
            assert situation.find_current_stay(self.prisoner) is None
            assert situation.find_open_episode(self.prisoner) is None
        session.rollback()

    @invariant()
    def nothing_stands_that_is_not_so(self):
        """A hold of an act that no longer holds is owed its release, and no act without a way on."""
        for change in queries.list_changes(self.prisoner):
            assert act.can_undo(change) or act.can_correct(change) or change.undone_at is not None or (
                change.kind == ChangeKind.DID_NOT_HAPPEN
            )  # fmt: skip
        session.rollback()

    def teardown(self):
        if not hasattr(self, "prisoner"):
            return
        type(self).shift += timedelta(days=1)
        for _round in range(3):
            self.jobs_run(back_to_front=False)
        holding = {str(each.id) for each in self.holding()}
        assert self.diary.held <= holding
        waiting = select(func.count()).select_from(StatusConsequence).join(StatusChange).where(
            StatusConsequence.state == ConsequenceState.WAITING
        )  # fmt: skip
        assert session.scalar(waiting) == 0
        assert session.scalar(select(func.count()).select_from(Prisoner)) == 1
        session.rollback()


@pytest.mark.slow
def test_a_situation_never_contradicts_itself(app, monkeypatch):
    diary = Diary()
    hold, _pause, mail = diary.consequences()
    monkeypatch.setattr(consequences, "_items", {hold.name: _lenient(diary, hold), mail.name: mail})
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + Situation.shift)
    Situation.diary, Situation.shift = diary, timedelta(0)
    quick = settings(
        max_examples=12, stateful_step_count=20, deadline=None, database=None,
        # Each step talks to the database, so a failure is told as it was found: making it shorter takes minutes.
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip
    run_state_machine_as_test(Situation, settings=quick)


def _lenient(diary, hold):
    """The same hold for several acts one after another: two that hold at once are no contradiction."""

    def apply(change):
        diary.held.add(str(change.id))
        return Applied(diary.people, {"held": str(change.id)})

    return replace(hold, apply=apply)
