"""What translators do in the machine of letters: asked, taken, given back, handed in, sent back by a moderator."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import select

from campaign.activities.models import OPEN_TASKS, Task, TaskKind, TaskState
from campaign.activities.service import tasks
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.letters.models import Letter, LetterState
from campaign.letters.service import submitting, translating
from campaign.letters.service.bodies import read_body
from campaign.prisoners.models import Channel
from tests.letters.machines.hands import TWO, WHICH, WRITERS, Hands
from tests.support import post

ENGLISH = "Hello! I repair old clocks. What do you like?"
TURNS = st.sampled_from(("take", "take", "hand in", "hand in", "give back", "look again"))


class Translators(Hands):
    """Letters in another language, and the two writers as translators of each other's."""

    @rule(person=TWO, writer=TWO)
    def a_letter_is_handed_in_to_be_translated(self, person, writer):
        made = post.draft(self.people[person], self.writers[writer], ENGLISH)
        self.known.add(made.id)
        with transaction():
            letter = session.get_one(Letter, made.id)
            letter.channel, letter.original_language = Channel.POST, "en"
        self.with_letter(submitting.submit, made.id, actor=None, wants_translator=True)
        self.forget_fingerprints()

    @rule(which=WHICH, who=TWO, turn=TURNS)
    def a_translation_moves(self, which, who, turn):
        if turn == "look again":
            self._looked_at_again(which)
            return
        states = (TaskState.OPEN,) if turn == "take" else (TaskState.CLAIMED,)
        found = self.task(which, *states)
        if found is None:
            return
        me = self.writers[who].id
        if turn == "take":
            self.tried(tasks.claim, found, me)
        elif turn == "give back":
            self.tried(tasks.give_back, found, me)
        else:
            self.tried(self._hand_in, found, me)

    def _hand_in(self, task_id, me):
        task, letter = translating.open_work(task_id, me)
        translating.save_translation(letter, post.TEXT, seen_text_version=letter.text_version)
        translating.hand_in(task, letter, actor=None)

    def _looked_at_again(self, which):
        found = self.one(which, LetterState.IN_MODERATION)
        if found is not None:
            seen = session.get_one(Letter, found, populate_existing=True).text_version
            session.rollback()
            self.tried(translating.back_to_translator, found, actor=self.staff, seen_text_version=seen)

    def task(self, which, *states):
        """Some task, mostly of those in some states."""
        rows = session.execute(select(Task.id, Task.state).order_by(Task.created_on, Task.subject_id)).all()
        session.rollback()
        fits = [row for row in rows if row.state in states] or rows
        return fits[which % len(fits)][0] if fits else None

    def translators_turn(self):
        """What the timetable does: what ran out is open again, what nobody needs is over."""
        with transaction():
            tasks.sweep(clock.today())
        with transaction():
            translating.cancel_needless()
        for task in session.scalars(select(Task).where(Task.state.in_(OPEN_TASKS))):
            assert session.get_one(Letter, task.subject_id).state == LetterState.IN_TRANSLATION
        session.rollback()

    @invariant()
    def who_waits_for_a_translator_has_asked_once(self):
        """No letter waits for nobody, none has two tasks, and the writer's own words stay beside the translation."""
        asked = Counter(
            session.scalars(
                select(Task.subject_id).where(Task.kind == TaskKind.TRANSLATE_LETTER, Task.state.in_(OPEN_TASKS))
            )
        )
        assert max(asked.values(), default=1) == 1
        for letter in session.scalars(select(Letter).where(Letter.state == LetterState.IN_TRANSLATION)):
            assert asked[letter.id] == 1
            assert read_body(letter).original
        session.rollback()

    @invariant()
    def a_task_that_is_taken_is_somebodys(self):
        mine = {each.id for each in getattr(self, WRITERS, ())}
        for task in session.scalars(select(Task)):
            assert (task.state == TaskState.CLAIMED) == (task.claimed_until is not None)
            assert task.state != TaskState.CLAIMED or task.claimed_by in mine
        session.rollback()
