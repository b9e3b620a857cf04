"""What every part of the machine of letters uses: who there is, where everything stands, and how a step is tried."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import delete, select

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.letters.models import Letter, LetterFingerprint, Reply
from campaign.letters.service import moves

TWO, WHICH = st.integers(0, 1), st.integers(0, 20)
ANYWHERE = 16
WRITERS = "writers"


class Hands(RuleBasedStateMachine):
    """Two prisoners in two places, two writers, staff, and days that go by."""

    people: list
    writers: list
    known: set
    """Every letter that there is."""
    answers: set
    """Every answer that there is."""

    def one(self, which, *states, of=Letter):
        """Some row, mostly of those in some states; now and then any: steps out of turn are tried too."""
        rows = session.execute(select(of.id, of.state).order_by(of.number)).all()
        session.rollback()
        fits = [row for row in rows if not states or which > ANYWHERE or row.state in states] or rows
        return fits[which % len(fits)][0] if fits else None

    def standing(self):
        """Where every letter is, and where every answer."""
        letters = select(Letter.id, Letter.state, Letter.batch_id, Letter.held_reason).order_by(Letter.number)
        answers = select(Reply.id, Reply.state, Reply.letter_id, Reply.prisoner_id).order_by(Reply.number)
        found = [tuple(row) for each in (letters, answers) for row in session.execute(each)]
        session.rollback()
        return found

    def tried(self, step, *arguments, **more):
        """Do one thing; what is refused changes nothing."""
        before = self.standing()
        try:
            with transaction():
                step(*arguments, **more)
        except DomainError:
            assert self.standing() == before
            return False
        return True

    def with_letter(self, step, letter_id, **more):
        """The same with a letter under its lock."""
        return self.tried(lambda: step(moves.locked_with_prisoner(letter_id), **more))

    def forget_fingerprints(self):
        """The same words again and again are no matter here."""
        with transaction():
            session.execute(delete(LetterFingerprint))
