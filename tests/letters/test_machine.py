"""Whatever writers, moderators, coordinators, prisons and time do: every letter is in one place and accounted for."""

import os
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.letters.models import (
    GONE_OUT,
    IN_BATCH,
    NOT_LEFT,
    BatchState,
    Letter,
    LetterBatch,
    LetterEvent,
    LetterState,
)
from campaign.letters.queries.batches import OPEN
from campaign.letters.queries.destinations import find_destination
from campaign.letters.service import batches, drafts, moderation, moves, outcomes, posting, queue, retention, submitting
from campaign.letters.service.outcomes import COUNTS, OUTCOMES
from campaign.letters.service.posting import Account
from campaign.penpals.models import AttentionEntry, AttentionSource
from campaign.prisoners.models import (
    ChangeKind,
    Channel,
    Custody,
    Evidence,
    FacilityChannel,
    ReleaseReason,
    StatusChange,
    StatusConsequence,
    StrangersPolicy,
)
from campaign.prisoners.service.changes import act, follow
from campaign.prisoners.service.changes.draft import ChangeDraft
from campaign.prisoners.service.situation import BadSituation
from tests.letters.machines.answers import Answers
from tests.letters.machines.guests import Guests
from tests.letters.machines.hands import TWO, WHICH
from tests.letters.machines.translators import Translators
from tests.prisoners.changes import make_change
from tests.support import accounts, make, pens, post
from tests.support.database import truncate

S = LetterState
WAYS = st.sampled_from((Channel.POST, Channel.POST, Channel.F_PISMO))
HAPPENS = (ChangeKind.IN_TRANSIT, ChangeKind.TRANSFERRED, ChangeKind.TRANSFERRED, ChangeKind.RELEASED)
EXAMPLES, STEPS = (int(each) for each in os.environ.get("MACHINE", "12x25").split("x"))


class Post(Translators, Guests, Answers):
    """Two prisoners in two places, two writers, whoever writes without an account, staff, and days that go by."""

    shift = timedelta(0)

    @initialize(has_left=st.booleans())
    def begin(self, has_left):
        session.rollback()
        truncate(["prisoner", "facility", "job", "volunteer", "status_change", "mail", "letter_batch", "relay", "task"])
        session.commit()
        type(self).shift = timedelta(0)
        self.places = [make.facility(), make.facility("ИК-98")]
        for place in self.places:
            self.open_service(place)
        self.people = [pens.addressee(place) for place in self.places]
        self.writers = [pens.writer(), pens.writer()]
        self.relay, self.staff = post.relay().id, accounts.person().id
        self.known, self.answers = set(), set()
        for person in (0, 1, 1):
            self.a_letter_is_written_and_approved(person, 0, Channel.POST)
        if has_left:
            self.a_batch_goes_all_the_way(1, Channel.POST)

    def open_service(self, place):
        with transaction():
            session.add(
                FacilityChannel(
                    id=uuid.uuid4(), facility_id=place.id, channel=Channel.F_PISMO, is_active=True,
                    strangers=StrangersPolicy.ACCEPTED, languages=["ru"], checked_on=clock.today(),
                )
            )  # fmt: skip
            session.add(
                FacilityChannel(
                    id=uuid.uuid4(), facility_id=place.id, channel=Channel.POST, is_active=True,
                    strangers=StrangersPolicy.ACCEPTED, languages=["ru"], checked_on=clock.today(),
                )
            )  # fmt: skip

    @rule(person=TWO, writer=TWO, channel=WAYS)
    def a_letter_is_handed_in(self, person, writer, channel):
        made = post.draft(self.people[person], self.writers[writer])
        self.known.add(made.id)
        with transaction():
            session.get_one(Letter, made.id).channel = channel
        self.with_letter(submitting.submit, made.id, actor=None)
        self.forget_fingerprints()

    @rule(person=TWO, writer=TWO, channel=WAYS)
    def a_letter_is_written_and_approved(self, person, writer, channel):
        self.a_letter_is_handed_in(person, writer, channel)
        self.a_letter_is_read(-1, "approve")

    @rule(which=WHICH, answer=st.sampled_from(("approve", "change", "reject")))
    def a_letter_is_read(self, which, answer):
        found = self.one(which, S.IN_MODERATION)
        if found is None:
            return
        seen = session.get_one(Letter, found, populate_existing=True).text_version
        session.rollback()
        more = {"actor": self.staff, "seen_text_version": seen}
        if answer == "approve":
            self.tried(moderation.approve, found, override_reason="made up", **more)
        else:
            decide = moderation.reject if answer == "reject" else moderation.ask_for_changes
            self.tried(decide, found, "Kind words", **more)

    @rule(which=WHICH)
    def a_letter_is_handed_in_again(self, which):
        if found := self.one(which, S.CHANGES_REQUESTED):
            with_translator = session.get_one(Letter, found).original_language != "ru"
            session.rollback()
            self.with_letter(submitting.submit, found, actor=None, wants_translator=with_translator)

    @rule(which=WHICH)
    def a_letter_is_taken_back(self, which):
        if found := self.one(which):
            self.with_letter(drafts.withdraw, found, actor=None)

    @rule(which=WHICH)
    def a_text_is_erased_early(self, which):
        if found := self.one(which):
            self.with_letter(drafts.erase_text, found)

    @rule(which=WHICH, keeps=st.booleans())
    def a_writer_keeps_the_text(self, which, keeps):
        if found := self.one(which):
            with transaction():
                letter = moves.locked(found)
                if letter.body_erased_on is None and letter.state in NOT_LEFT:
                    letter.keeps_text = keeps

    @rule(which=WHICH, frees=st.booleans())
    def staff_hold_or_free(self, which, frees):
        if found := self.one(which, *((S.HELD,) if frees else (S.QUEUED, S.HELD))):
            self.with_letter(queue.free_by_hand if frees else queue.hold_by_hand, found, actor=self.staff)

    @rule(which=WHICH)
    def staff_give_up(self, which):
        if found := self.one(which, S.RETURNED, S.HELD):
            self.tried(outcomes.give_up, found, actor=self.staff)

    @rule(place=TWO, channel=WAYS)
    def a_batch_is_locked(self, place, channel):
        relay = self.relay if channel == Channel.POST else None
        self.tried(batches.lock_batch, channel, self.places[place].id, relay_id=relay, actor=self.staff)

    @rule(place=TWO, channel=WAYS)
    def a_batch_goes_all_the_way(self, place, channel):
        self.a_batch_is_locked(place, channel)
        self.a_batch_is_printed(-1)
        self.a_batch_is_posted(-1, 0)

    @rule(which=WHICH)
    def a_batch_is_printed(self, which):
        """Without documents, which have tests of their own."""
        found = self.one(which, BatchState.LOCKED, BatchState.RENDERED, of=LetterBatch)
        if found is None:
            return
        channel = session.get_one(LetterBatch, found).channel
        session.rollback()
        if channel == Channel.POST:
            with transaction():
                batch = batches.locked_batch(found)
                if batch.state == BatchState.LOCKED:
                    batches.step(batch, BatchState.RENDERED, None)
            self.tried(posting.mark_printed, found, actor=self.staff)
            return
        for each in session.scalars(select(Letter.id).where(Letter.batch_id == found)).all():
            self.tried(posting.hand_over, found, each, "F-1", actor=self.staff)

    @rule(which=WHICH, ago=st.integers(-1, 3))
    def a_batch_is_posted(self, which, ago):
        if found := self.one(which, BatchState.PRINTED, of=LetterBatch):
            on = clock.today() - timedelta(days=ago)
            self.tried(posting.post_batch, found, on=on, actor=self.staff)

    @rule(which=WHICH)
    def a_batch_is_cancelled(self, which):
        if found := self.one(which, *OPEN, of=LetterBatch):
            self.tried(batches.cancel_batch, found, actor=self.staff)

    @rule(which=WHICH)
    def a_batch_is_printed_anew(self, which):
        if found := self.one(which, *OPEN, of=LetterBatch):
            self.tried(batches.reprint, found, actor=self.staff)

    @rule(which=WHICH)
    def a_letter_is_taken_out(self, which):
        found = self.one(which, *IN_BATCH)
        if found is None:
            return
        batch_id = session.get_one(Letter, found).batch_id
        session.rollback()
        if batch_id is not None:
            self.tried(batches.drop_letter, batch_id, found, actor=self.staff)

    @rule(which=WHICH, says=st.lists(st.sampled_from(list(Account)), max_size=4))
    def a_batch_is_checked_off(self, which, says):
        found = self.one(which, BatchState.POSTED, of=LetterBatch)
        if found is None:
            return
        mine = session.scalars(select(Letter.id).where(Letter.batch_id == found).order_by(Letter.id)).all()
        session.rollback()
        self.tried(posting.reconcile, found, dict(zip(mine, says, strict=False)), actor=self.staff)

    @rule(which=WHICH, state=st.sampled_from(sorted(OUTCOMES)), is_partly=st.booleans())
    def something_is_heard(self, which, state, is_partly):
        if found := self.one(which, *GONE_OUT):
            more = {"actor": self.staff, "is_partly": is_partly}
            if self.tried(outcomes.report_outcome, found, state, **more):
                assert self.tried(outcomes.report_outcome, found, state, **more)

    @rule(which=WHICH)
    def a_letter_is_sent_again(self, which):
        if found := self.one(which, S.RETURNED):
            self.tried(outcomes.send_again, found, actor=self.staff)
            self.known |= self.letters()

    @rule(person=TWO, kind=st.sampled_from(HAPPENS), place=TWO)
    def something_happens(self, person, kind, place):
        on = clock.today()
        draft = {
            ChangeKind.IN_TRANSIT: ChangeDraft(kind, on),
            ChangeKind.TRANSFERRED: ChangeDraft(kind, on, facility_id=self.places[place].id, evidence=Evidence.LAWYER),
            ChangeKind.RELEASED: ChangeDraft(kind, on, reason=ReleaseReason.PAROLE),
        }[kind]
        try:
            make_change(self.people[person].id, draft)
        except BadSituation:
            session.rollback()
        self.jobs_run()

    @rule()
    def it_is_undone(self):
        last = session.scalars(select(StatusChange).order_by(StatusChange.made_at.desc()).limit(1)).one_or_none()
        if last is not None:
            change, prisoner = last.id, last.prisoner_id
            session.rollback()
            self.tried(act.undo_change, prisoner, change, actor=self.staff)
        self.jobs_run()

    @rule(place=TWO, stops=st.booleans())
    def a_place_stops_or_takes_letters(self, place, stops):
        with transaction():
            for way in session.scalars(
                select(FacilityChannel).where(FacilityChannel.facility_id == self.places[place].id)
            ):
                way.strangers = StrangersPolicy.REFUSED if stops else StrangersPolicy.ACCEPTED

    @rule(days=st.sampled_from([1, 4, 15, 40]))
    def time_goes_by(self, days):
        type(self).shift += timedelta(days=days)
        with transaction():
            for stay in session.scalars(select(Custody).where(Custody.until_on.is_(None))):
                stay.verified_on = clock.today()
        self.the_clock_turns()
        before = self.standing()
        self.the_clock_turns()
        assert self.standing() == before, "a second round changes nothing"
        for letter in session.scalars(select(Letter).where(Letter.state.in_([S.QUEUED, S.HELD]))):
            where = find_destination(letter.prisoner_id, letter.channel, clock.today())
            if letter.state == S.QUEUED or letter.held_reason not in queue.BY_HAND:
                assert letter.held_reason == where.hold
        session.rollback()

    def letters(self):
        found = set(session.scalars(select(Letter.id)))
        session.rollback()
        return found

    def jobs_run(self):
        rows = session.scalars(select(StatusConsequence).order_by(StatusConsequence.id)).all()
        names = [(row.change_id, row.name) for row in rows]
        session.rollback()
        for change, name in names:
            with transaction():
                follow.follow(change, name)
        self.nothing_lies_in_a_pile_for_where_nobody_is()

    def the_clock_turns(self):
        for prisoner_id in queue.list_prisoners_to_settle():
            with transaction():
                queue.settle_prisoner(prisoner_id, actor=None)
        with transaction():
            outcomes.run_deadlines(clock.today())
        with transaction():
            retention.erase_bodies(clock.today())
        self.translators_turn()
        self.guests_turn()
        self.answers_turn()
        self.nothing_lies_in_a_pile_for_where_nobody_is()

    def nothing_lies_in_a_pile_for_where_nobody_is(self):
        for letter in session.scalars(select(Letter).where(Letter.state.in_(queue.IN_HAND))):
            stay = session.scalar(
                select(Custody).where(Custody.prisoner_id == letter.prisoner_id, Custody.until_on.is_(None))
            )
            assert stay is not None
            assert letter.facility_id == stay.facility_id
        session.rollback()

    @invariant()
    def every_step_has_its_event(self):
        last = {}
        for event in session.scalars(select(LetterEvent).order_by(LetterEvent.id)):
            assert event.was == last.get(event.letter_id, ""), "a step that nobody wrote down"
            last[event.letter_id] = event.now
        assert last == dict(session.execute(select(Letter.id, Letter.state)).all())
        session.rollback()

    @invariant()
    def no_letter_is_lost_or_appears(self):
        assert self.letters() == getattr(self, "known", set())

    @invariant()
    def every_letter_is_in_one_place(self):
        """In a batch of its own way and place, at a place of its own there; in none that is over without it."""
        rows = session.execute(select(Letter, LetterBatch).outerjoin(LetterBatch, LetterBatch.id == Letter.batch_id))
        taken = Counter()
        for letter, batch in rows:
            assert (batch is not None) == (letter.state in IN_BATCH | GONE_OUT)
            if batch is None:
                assert (letter.position, letter.address, letter.external_number) == (None, None, "")
                assert (letter.dispatched_on, letter.due_on) == (None, None)
                continue
            taken[(batch.id, letter.position)] += 1
            assert (letter.channel, letter.facility_id) == (batch.channel, batch.facility_id)
            assert (letter.state in IN_BATCH) == (batch.state in OPEN)
        assert max(taken.values(), default=1) == 1, "two letters at one place of a pile"
        session.rollback()

    @invariant()
    def attention_is_what_the_states_say(self):
        rows = session.execute(
            select(AttentionEntry.source_id, AttentionEntry.counted, AttentionEntry.counted_on).where(
                AttentionEntry.source == AttentionSource.LETTER
            )
        )
        gone = session.scalars(select(Letter).where(Letter.state.in_(GONE_OUT))).all()
        told = {each.id: (COUNTS[S(each.state)], each.dispatched_on) for each in gone}
        assert {row[0]: (row[1], row[2]) for row in rows} == told
        session.rollback()

    @invariant()
    def words_are_there_as_long_as_they_are_needed(self):
        letters = session.scalars(select(Letter)).all()
        again = {each.follows_id for each in letters if each.follows_id is not None}
        assert len(again) == len([each for each in letters if each.follows_id is not None]), "sent again twice"
        for letter in letters:
            if letter.state in NOT_LEFT:
                assert letter.text_sealed is not None
            if letter.id in again or (letter.state == S.REPORTED and not letter.keeps_text):
                assert letter.text_sealed is None
        session.rollback()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_letter_is_in_one_place_and_accounted_for(app, monkeypatch):
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + Post.shift)
    quick = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None,
        # Each step talks to the database, so a failure is told as it was found: making it shorter takes minutes.
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip
    run_state_machine_as_test(Post, settings=quick)
