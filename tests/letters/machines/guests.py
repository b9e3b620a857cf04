"""What writers without an account do in the machine of letters: hand over, press the button in the mail, or not."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.addresses import read_address
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.rows import MailRow
from campaign.letters.models import Letter, LetterState, LetterThread
from campaign.letters.service import guests, retention
from campaign.letters.service.guest_links import token_of
from tests.letters.machines.hands import TWO, WHICH, Hands
from tests.support import post

TURNS = st.sampled_from(("confirm", "confirm", "not me", "withdraw", "mend", "forget"))


class Guests(Hands):
    """Letters that came without an account; each has its link."""

    handed = 0

    @rule(person=TWO, language=st.sampled_from(("ru", "ru", "en")), presses=st.booleans())
    def a_guest_hands_a_letter_over(self, person, language, presses):
        type(self).handed += 1
        handed = guests.Handed(
            self.people[person].id, read_address(f"guest-{self.handed}@example.org"), post.TEXT, language, "post",
            None, "en",
        )  # fmt: skip
        before = self.waiting()
        for _again in range(2):  # a second press of the same button hands nothing over
            self.tried(guests.hand_over, handed)
        new = self.waiting() - before
        assert len(new) <= 1
        self.known |= new
        if presses and new:
            self.guest_does(new.pop(), "confirm")

    @rule(which=WHICH, turn=TURNS)
    def a_guest_comes_back(self, which, turn):
        rows = session.execute(
            select(Letter.id, Letter.state).where(Letter.written_by.is_(None)).order_by(Letter.number)
        )
        waits = {"confirm": {LetterState.WAITING}, "not me": {LetterState.WAITING}}.get(turn)
        found = [each for each in rows if waits is None or each.state in waits]
        session.rollback()
        if found:
            self.guest_does(found[which % len(found)][0], turn)

    def guest_does(self, letter_id, turn):
        """One press on the page behind the link, and the same once more."""
        letter = session.get_one(Letter, letter_id, populate_existing=True)
        token, seen, was = token_of(letter), letter.text_version, letter.state
        session.rollback()
        step = {
            "confirm": lambda: guests.confirm(token),
            "not me": lambda: guests.reject(token, never_again=False),
            "withdraw": lambda: guests.withdraw(token),
            "mend": lambda: guests.mend(token, f"{post.TEXT} {seen}", seen_text_version=seen),
            "forget": lambda: guests.forget_contact(token),
        }[turn]
        if self.tried(step) and turn != "mend":
            stood = self.standing()
            self.tried(step)
            assert self.standing() == stood, "twice is once"
        if turn == "not me" and was == LetterState.WAITING:
            self.known.discard(letter_id)
        self.forget_fingerprints()

    def waiting(self):
        """What waits for the button in its mail."""
        found = set(session.scalars(select(Letter.id).where(Letter.state == LetterState.WAITING)))
        session.rollback()
        return found

    def guests_turn(self):
        """What the timetable does: what nobody pressed for is gone, and where somebody could be reached."""
        over = select(Letter.id).where(Letter.state == LetterState.WAITING, Letter.expires_at <= clock.now())
        late = set(session.scalars(over))
        session.rollback()
        with transaction():
            assert retention.drop_waiting(clock.today()) == len(late)
        self.known -= late
        with transaction():
            retention.erase_contacts(clock.today())

    @invariant()
    def what_waits_has_its_mail_and_its_thread(self):
        """One mail with the button, an address to send it to, and a thread of its own."""
        for letter in session.scalars(select(Letter).where(Letter.state == LetterState.WAITING)):
            mails = select(func.count()).select_from(MailRow).where(
                MailRow.kind == guests.MAIL, MailRow.ref == letter.id
            )  # fmt: skip
            assert session.scalar(mails) == 1
            assert letter.contact_sealed is not None
            assert letter.expires_at is not None
        alone = session.scalars(
            select(func.count())
            .select_from(Letter)
            .join(LetterThread, LetterThread.id == Letter.thread_id)
            .where(LetterThread.volunteer_id.is_(None), Letter.follows_id.is_(None))
            .group_by(LetterThread.id)
        ).all()
        assert set(alone) <= {1}
        session.rollback()
