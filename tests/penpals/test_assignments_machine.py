"""Whatever writers, coordinators, prisons and time do: no double booking, no dead end, nobody dropped."""

import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.penpals.models import (
    LIVE,
    Assignment,
    AssignmentEvent,
    AssignmentState,
    EndReason,
    Mark,
    PrisonerCare,
    WriterProfile,
)
from campaign.penpals.queries.addressees import find_most_writers
from campaign.penpals.service import assignments, writers
from campaign.penpals.service.assignments import clock_turn
from campaign.penpals.service.assignments.succession import OVER_FOR_GOOD
from campaign.people.models import Volunteer, VolunteerState
from campaign.prisoners.models import ChangeKind, DeathKind, Evidence, ReleaseReason, StatusConsequence
from campaign.prisoners.service.changes import follow
from campaign.prisoners.service.changes.draft import ChangeDraft
from campaign.prisoners.service.situation import BadSituation
from tests.prisoners.changes import make_change
from tests.support import make, pens
from tests.support.database import truncate

TWO = st.integers(0, 1)
THREE = st.integers(0, 2)
WHICH = st.integers(0, 9)
MINE = (EndReason.CAPACITY, EndReason.LOST_CONTACT, EndReason.SAFETY, EndReason.OTHER)
HAPPENS = (ChangeKind.IN_TRANSIT, ChangeKind.TRANSFERRED, ChangeKind.RELEASED, ChangeKind.DIED)


class Correspondence(RuleBasedStateMachine):
    """Three writers, two prisoners, a group, and days that go by."""

    shift = timedelta(0)

    @initialize()
    def begin(self):
        session.rollback()
        truncate(["prisoner", "facility", "job", "volunteer", "pen_group", "status_change", "mail"])
        session.commit()
        type(self).shift = timedelta(0)
        self.elsewhere = make.facility("ИК-98")
        self.people = [pens.addressee(), pens.addressee()]
        self.writers = [pens.writer(capacity=1, promise_days=7), pens.writer(capacity=2), pens.writer(capacity=1)]
        self.group = pens.group(capacity=1)
        with transaction():
            session.add(PrisonerCare(prisoner_id=self.people[0].id, most_writers=1, changed_on=clock.today()))
        for each in self.writers[:2]:
            pens.member(self.group, each)
        self.a_writer_is_asked(0, 0)
        self.a_writer_is_asked(1, 1)
        for found, _state in self.states():
            assert self.tried(assignments.accept, found, actor=None)
        self.a_group_is_given_somebody(0)

    def states(self):
        rows = session.execute(select(Assignment.id, Assignment.state).order_by(Assignment.id)).all()
        session.rollback()
        return [tuple(row) for row in rows]

    def one(self, which):
        rows = self.states()
        return rows[which % len(rows)][0] if rows else None

    def tried(self, step, *arguments, **more):
        """Do one thing; what is refused changes nothing."""
        before = self.states()
        try:
            with transaction():
                step(*arguments, **more)
        except DomainError:
            assert self.states() == before
            return False
        return True

    @rule(person=TWO, writer=THREE)
    def a_writer_is_asked(self, person, writer):
        who = self.writers[writer].id
        if self.tried(assignments.offer, self.people[person].id, who, actor=uuid.uuid4()):
            live = select(func.count()).where(Assignment.volunteer_id == who, Assignment.state.in_(LIVE))
            assert session.scalar(live) <= session.get_one(WriterProfile, who).capacity
            assert session.get_one(Volunteer, who).is_at_work
            session.rollback()

    @rule(person=TWO)
    def a_group_is_given_somebody(self, person):
        self.tried(assignments.give_to_group, self.people[person].id, self.group.id, actor=uuid.uuid4())

    @rule(person=TWO, writer=THREE)
    def a_writer_is_asked_and_agrees(self, person, writer):
        self.a_writer_is_asked(person, writer)
        for found, state in self.states():
            if state == AssignmentState.OFFERED:
                self.tried(assignments.accept, found, actor=None)

    @rule(which=WHICH, yes=st.booleans())
    def a_writer_answers(self, which, yes):
        if found := self.one(which):
            self.tried(assignments.accept if yes else assignments.decline, found, actor=None)

    @rule(which=WHICH)
    def an_offer_is_taken_back(self, which):
        if found := self.one(which):
            self.tried(assignments.withdraw, found, actor=uuid.uuid4())

    @rule(which=WHICH, ago=st.integers(-1, 9))
    def a_letter_leaves(self, which, ago):
        if found := self.one(which):
            self.tried(assignments.note_letter, found, clock.today() - timedelta(days=ago))

    @rule(which=WHICH, days=st.integers(-1, 60))
    def one_is_paused(self, which, days):
        if found := self.one(which):
            self.tried(assignments.pause, found, clock.today() + timedelta(days=days), actor=None)

    @rule(which=WHICH)
    def one_goes_on(self, which):
        if found := self.one(which):
            self.tried(assignments.resume, found, actor=None)

    @rule(which=WHICH, reason=st.sampled_from(MINE), by_staff=st.booleans())
    def one_ends(self, which, reason, by_staff):
        if found := self.one(which):
            self.tried(assignments.end, found, reason, actor=None, by_staff=by_staff)

    @rule(writer=THREE, capacity=st.integers(0, 3))
    def a_writer_can_take_more_or_fewer(self, writer, capacity):
        with transaction():
            session.get_one(WriterProfile, self.writers[writer].id).capacity = capacity

    @rule(writer=THREE, days=st.integers(1, 30))
    def a_writer_rests(self, writer, days):
        self.tried(writers.pause, self.writers[writer].id, clock.today() + timedelta(days=days), actor=None)

    @rule(writer=THREE)
    def a_writer_comes_back(self, writer):
        self.tried(writers.resume, self.writers[writer].id, actor=None)

    @rule(writer=THREE)
    def a_writer_stops(self, writer):
        self.tried(writers.move_on, self.writers[writer].id, VolunteerState.INACTIVE, actor=uuid.uuid4())

    @rule(chance=st.integers(0, 3))
    def the_group_is_relieved(self, chance):
        if not chance:
            self.tried(assignments.relieve_group, self.group.id, actor=uuid.uuid4())

    @rule(person=TWO, kind=st.sampled_from(HAPPENS))
    def something_happens(self, person, kind):
        on = clock.today()
        draft = {
            ChangeKind.IN_TRANSIT: ChangeDraft(kind, on),
            ChangeKind.TRANSFERRED: ChangeDraft(kind, on, facility_id=self.elsewhere.id, evidence=Evidence.LAWYER),
            ChangeKind.RELEASED: ChangeDraft(kind, on, reason=ReleaseReason.PAROLE),
            ChangeKind.DIED: ChangeDraft(kind, on, death_kind=next(iter(DeathKind))),
        }[kind]
        try:
            make_change(self.people[person].id, draft)
        except BadSituation:
            session.rollback()
        self.jobs_run()

    @rule(days=st.sampled_from([1, 4, 15, 40]))
    def time_goes_by(self, days):
        type(self).shift += timedelta(days=days)
        self.the_clock_turns()
        self.the_clock_turns()

    def jobs_run(self):
        rows = session.scalars(select(StatusConsequence).order_by(StatusConsequence.id)).all()
        names = [(row.change_id, row.name) for row in rows]
        session.rollback()
        for change, name in names:
            with transaction():
                follow.follow(change, name)

    def the_clock_turns(self):
        self.jobs_run()
        with transaction():
            clock_turn.turn(clock.today())
        for person in self.people:
            with transaction():
                clock_turn.settle(person.id, clock.today())

    @invariant()
    def every_step_has_its_event(self):
        last = {}
        for event in session.scalars(select(AssignmentEvent).order_by(AssignmentEvent.id)):
            assert event.was == last.get(event.assignment_id, ""), "a step that nobody wrote down"
            last[event.assignment_id] = event.now
        assert last == dict(session.execute(select(Assignment.id, Assignment.state)).all())
        session.rollback()

    @invariant()
    def nobody_is_given_twice(self):
        live = session.scalars(select(Assignment).where(Assignment.state.in_(LIVE))).all()
        pairs = [(each.prisoner_id, each.volunteer_id) for each in live]
        assert len(pairs) == len(set(pairs))
        session.rollback()

    @invariant()
    def nobody_has_more_writers_than_they_can_take(self):
        """What has lapsed holds no place; whoever agrees or writes again finds one."""
        for person in self.people:
            live = session.scalars(select(Assignment).where(Assignment.prisoner_id == person.id))
            places = [each for each in live if each.holds_place and each.volunteer_id is not None]
            assert len(places) <= find_most_writers(person.id)
        session.rollback()

    @invariant()
    def nobody_is_dropped(self):
        """Whoever lost a writer, and may still be written to, waits for another where coordinators see it."""
        ended = session.scalars(select(Assignment).where(Assignment.state == AssignmentState.ENDED)).all()
        marks = select(AssignmentEvent.assignment_id).where(AssignmentEvent.reason == Mark.SUCCESSOR_ASKED)
        asked = set(session.scalars(marks))
        for each in ended:
            assert each.end_reason in OVER_FOR_GOOD or each.id in asked, each.end_reason
        session.rollback()

    def teardown(self):
        if not hasattr(self, "people"):
            return
        for person in self.people:
            with transaction():
                assignments.release_prisoner(person.id)
        for _round in range(3):
            type(self).shift += timedelta(days=40)
            with transaction():
                clock_turn.turn(clock.today())
        offered = [state for _id, state in self.states() if state == AssignmentState.OFFERED]
        assert not offered, "a question that is never answered and never runs out"
        for found, state in self.states():
            if state in LIVE:
                with transaction():
                    assignments.end(found, EndReason.OTHER, actor=None)
        assert not [state for _id, state in self.states() if state in LIVE], "a dead end"


@pytest.mark.slow
def test_no_dead_end_and_no_double_booking(app, monkeypatch):
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + Correspondence.shift)
    quick = settings(
        max_examples=8, stateful_step_count=25, deadline=None, database=None,
        # Each step talks to the database, so a failure is told as it was found: making it shorter takes minutes.
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip
    run_state_machine_as_test(Correspondence, settings=quick)
