"""What comes back in the machine of letters: logged, scanned, matched or not, screened, passed on, read, closed."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.mail.rows import MailRow
from campaign.letters.models import GONE_OUT, Letter, LetterThread, Reply, ReplyEvent, ReplyPage, ReplyState
from campaign.letters.service import guests, replies, reply_moves, reply_pages, reply_retention
from campaign.letters.service.guest_links import token_of
from campaign.letters.service.tidings import Tidings
from campaign.prisoners.models import Channel
from tests.letters.machines.hands import TWO, WHICH, Hands
from tests.letters.replies import scan

R = ReplyState
TURNS = {
    "scan": (R.LOGGED,), "match": (R.SCANNED, R.UNMATCHED), "name": (R.SCANNED, R.UNMATCHED),
    "nobody knows": (R.SCANNED, R.MATCHED), "screen": (R.MATCHED,), "withhold": (R.MATCHED,),
    "pass on": (R.SCREENED,), "read": (R.FORWARDED,), "erase": (R.FORWARDED,), "close": (),
}  # fmt: skip
KNOWS_WHO = frozenset({R.MATCHED, R.SCREENED, R.FORWARDED})
PAGE = scan(size=(120, 120))


class Answers(Hands):
    """Envelopes with the code of a letter, with a name alone, or with nothing."""

    @rule(which=WHICH, person=TWO, tells=st.sampled_from(("code", "code", "name", "nothing")), is_another=st.booleans())
    def an_envelope_comes_in(self, which, person, tells, is_another):
        self.logged(which, person, tells, is_another=is_another)

    @rule(which=WHICH, passes=st.booleans())
    def an_answer_goes_all_the_way(self, which, passes):
        found = self.logged(which, 0, "code", is_another=True)
        if found is not None:
            for turn in ("scan", "match", "screen", "pass on")[: 4 if passes else 2]:
                self.answer_moves(found, turn, which)

    @rule(which=WHICH, turn=st.sampled_from(list(TURNS)), letter=WHICH)
    def something_is_done_with_an_answer(self, which, turn, letter):
        found = self.one(which, *TURNS[turn], of=Reply)
        if found is not None:
            self.answer_moves(found, turn, letter)

    def logged(self, which, person, tells, *, is_another):
        """Write an envelope down; gives the answer, or None where that was refused."""
        letter = self.one(which, *GONE_OUT)
        code = session.get_one(Letter, letter).code if tells == "code" and letter else ""
        session.rollback()
        by_name = self.people[person].id if tells == "name" else None
        draft = replies.EnvelopeDraft(Channel.POST, code=code, prisoner_id=by_name, is_another=is_another)
        made = []
        if not self.tried(lambda: made.append(replies.log_envelope(draft, actor=self.staff).id)):
            return None
        self.answers.add(made[0])
        return made[0]

    def answer_moves(self, found, turn, which):
        """One step, by the hands that take it."""
        letter_id = self.one(which, *GONE_OUT)
        step = {
            "scan": lambda: reply_pages.add_pages(found, [PAGE], actor=self.staff),
            "match": lambda: replies.match(found, letter_id=letter_id, has_arrived=which % 2 == 0, actor=self.staff),
            "name": lambda: replies.match(found, prisoner_id=self.people[which % 2].id, actor=self.staff),
            "nobody knows": lambda: replies.leave_unmatched(found, actor=self.staff),
            "screen": lambda: replies.screen(found, actor=self.staff),
            "withhold": lambda: self._withhold(found),
            "pass on": lambda: replies.forward(found, actor=self.staff),
            "read": lambda: self._read(found),
            "erase": lambda: reply_retention.erase(reply_moves.locked(found), actor=self.staff),
            "close": lambda: replies.close(found, "made up", actor=self.staff),
        }[turn]
        self.tried(step)

    def _withhold(self, found):
        for page in reply_pages.list_pages(found)[:1]:
            reply_pages.withhold_page(found, page.id, reply_pages.WithheldReason.NAMES_OTHERS, actor=self.staff)

    def _read(self, found):
        """Whoever wrote the letter reads the answer, and nobody else does."""
        reply = session.get_one(Reply, found, populate_existing=True)
        thread = session.get(LetterThread, reply.thread_id) if reply.thread_id is not None else None
        for writer in self.writers:
            is_theirs = reply.state == R.FORWARDED and thread is not None and thread.volunteer_id == writer.id
            try:
                replies.note_read(replies.get_forwarded(found, writer.id, lock=True))
                assert is_theirs
            except NotFound:
                assert not is_theirs
        if reply.state == R.FORWARDED and thread is not None and thread.volunteer_id is None:
            guests.note_read(token_of(session.get_one(Letter, reply.letter_id)), found)

    def answers_turn(self):
        """What the timetable does: pages go when their days are over."""
        with transaction():
            reply_retention.erase_old(clock.today())

    @invariant()
    def no_answer_is_lost_or_appears(self):
        assert set(session.scalars(select(Reply.id))) == getattr(self, "answers", set())
        session.rollback()

    @invariant()
    def every_step_of_an_answer_has_its_event(self):
        last = {}
        for event in session.scalars(select(ReplyEvent).order_by(ReplyEvent.id)):
            assert event.was == last.get(event.reply_id, ""), "a step that nobody wrote down"
            last[event.reply_id] = event.now
        assert last == dict(session.execute(select(Reply.id, Reply.state)).all())
        session.rollback()

    @invariant()
    def every_answer_is_in_one_place(self):
        """In the thread of the letter it answers, or known by its sender, or in the queue of those nobody knows."""
        pages = dict(session.execute(select(ReplyPage.reply_id, func.count()).group_by(ReplyPage.reply_id)).all())
        for reply in session.scalars(select(Reply)):
            assert (reply.letter_id is None) == (reply.thread_id is None)
            if reply.letter_id is not None:
                letter = session.get_one(Letter, reply.letter_id)
                assert (reply.thread_id, reply.prisoner_id) == (letter.thread_id, letter.prisoner_id)
            if reply.state == R.UNMATCHED:
                assert reply.letter_id is None
            if reply.state in KNOWS_WHO:
                assert reply.prisoner_id is not None
            is_open = reply.state not in {R.LOGGED, R.CLOSED} and reply.body_erased_on is None
            assert not is_open or pages.get(reply.id), "an answer without its pages"
            assert reply.body_erased_on is None or not pages.get(reply.id)
            assert reply.state != R.FORWARDED or (reply.thread_id is not None and reply.forwarded_on is not None)
        session.rollback()

    @invariant()
    def of_each_answer_its_writer_is_told_once(self):
        told = session.scalar(select(func.count()).select_from(MailRow).where(MailRow.kind == Tidings.REPLY)) or 0
        passed = select(func.count()).select_from(Reply).where(Reply.forwarded_on.is_not(None))
        assert told <= (session.scalar(passed) or 0)
        session.rollback()
