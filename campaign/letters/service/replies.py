"""An answer on its way from the envelope to whoever it is for: logged, matched, screened, passed on, read."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.letters.models import (
    Letter,
    LetterState,
    LetterThread,
    Original,
    PublicationState,
    Reply,
    ReplyPage,
    ReplyState,
)
from campaign.letters.queries.replies import count_waiting_scans
from campaign.letters.service.errors import NotThatStep
from campaign.letters.service.outcomes import report_outcome
from campaign.letters.service.reply_moves import begin, locked, move
from campaign.letters.service.reply_moves import note as note_step
from campaign.letters.service.reply_publication import Why, take_back
from campaign.letters.service.reply_scans import drop_files
from campaign.letters.service.reply_work import end_work
from campaign.letters.service.tidings import Tidings, tell
from campaign.penpals.service.codes import read_code

UNTOLD = frozenset({LetterState.DISPATCHED, LetterState.PRESUMED, LetterState.LOST})
"""Nobody said so far that it arrived; an answer to it does."""


class UnknownCode(DomainError):
    """A code that is well formed and on no letter of ours."""


class SecondEnvelope(Conflict):
    """An envelope for this letter is logged; whoever logs says whether this is another one."""


class NobodyToTell(DomainError):
    """An answer that cannot be passed on as it is."""


class NotReal(DomainError):
    """A day or a reason that cannot be."""


@dataclass(frozen=True, slots=True)
class EnvelopeDraft:
    """What can be said of an envelope before it is opened."""

    channel: str
    code: str = ""
    """Of the letter that it answers, as somebody read it off the paper."""
    prisoner_id: uuid.UUID | None = None
    """Where only the sender's name is known."""
    written_on: date | None = None
    office: str = ""
    is_another: bool = False
    """One for this letter is logged, and this is a second one."""


def find_by_code(text: str) -> Letter:
    """The letter that carries this code, however it was typed. Raises BadCode, UnknownCode."""
    found = session.scalar(select(Letter).where(Letter.code == read_code(text)))
    if found is None:
        raise UnknownCode(N_("No letter of ours carries this code. Compare it with the paper, or search by the name."))
    return found


def log_envelope(draft: EnvelopeDraft, *, actor: uuid.UUID | None, is_demo: bool = False) -> Reply:
    """Write an envelope down before anything else happens to it; its number goes onto the paper.

    Raises BadCode, UnknownCode, NotReal for a day to come, SecondEnvelope where one for this letter is logged and
    nobody said that this is another.
    """
    if draft.written_on is not None and draft.written_on > clock.today():
        raise NotReal(N_("This day has not come yet."))
    letter = find_by_code(draft.code) if draft.code else None
    if letter is not None:
        # Under the letter's lock, so that two who log one envelope at once are asked all the same.
        session.scalar(select(Letter.id).where(Letter.id == letter.id).with_for_update(key_share=True))
        if count_envelopes(letter.id) and not draft.is_another:
            raise SecondEnvelope(N_("An envelope with this code is logged already. Is this another one?"))
    reply = Reply(
        id=uuid.uuid4(), state=ReplyState.LOGGED, channel=draft.channel, letter_id=letter.id if letter else None,
        thread_id=letter.thread_id if letter else None, prisoner_id=letter.prisoner_id if letter else draft.prisoner_id,
        written_on=draft.written_on, logged_on=clock.today(), logged_by=actor, office=draft.office, is_demo=is_demo,
    )  # fmt: skip
    begin(reply, actor)
    audit.record("reply.log", actor=actor, about=f"reply:{reply.id}")
    return reply


def count_envelopes(letter_id: uuid.UUID) -> int:
    """How many answers to a letter are logged."""
    return session.scalar(select(func.count()).select_from(Reply).where(Reply.letter_id == letter_id)) or 0


def match(
    reply_id: uuid.UUID, *, letter_id: uuid.UUID | None = None, prisoner_id: uuid.UUID | None = None,
    has_arrived: bool = False, actor: uuid.UUID, seen_version: int | None = None,
) -> Reply:  # fmt: skip
    """Say which letter it answers, and so whose thread it stands in; or only who wrote it, where it answers none.

    `has_arrived`: the letter counts as delivered by report, since they answer it. Raises NotThatStep, NotFound.
    """
    reply = locked(reply_id, seen_version=seen_version)
    if letter_id is not None:
        letter = session.get(Letter, letter_id)
        if letter is None:
            raise NotFound
        reply.letter_id, reply.thread_id, reply.prisoner_id = letter.id, letter.thread_id, letter.prisoner_id
    elif prisoner_id is not None:
        reply.letter_id, reply.thread_id, reply.prisoner_id = None, None, prisoner_id
    else:
        raise NotFound
    reply.screened_by, reply.screened_on = None, None
    # Words that are shown are shown as one person's.
    take_back(reply, Why.MATCHED_ANEW, actor=actor)
    end_work(reply, actor=actor)
    move(reply, ReplyState.MATCHED, actor=actor)
    if letter_id is not None and has_arrived:
        _arrived(letter_id, reply, actor)
    audit.record("reply.match", actor=actor, about=f"reply:{reply.id}")
    return reply


def leave_unmatched(reply_id: uuid.UUID, *, actor: uuid.UUID, seen_version: int | None = None) -> Reply:
    """Nobody knows yet whom it answers: it waits in the queue. Raises NotThatStep."""
    reply = locked(reply_id, seen_version=seen_version)
    move(reply, ReplyState.UNMATCHED, actor=actor)
    reply.letter_id, reply.thread_id = None, None
    session.flush()
    return reply


def screen(reply_id: uuid.UUID, *, actor: uuid.UUID, seen_version: int | None = None) -> Reply:
    """Every page was read and what must not be passed on is kept back. Raises NotThatStep, also while there are files
    whose pages nobody could read yet."""
    reply = locked(reply_id, seen_version=seen_version)
    if count_waiting_scans(reply.id):
        raise NotThatStep(N_("Some pages are still being prepared. Wait for them, read them, then say so."))
    move(reply, ReplyState.SCREENED, actor=actor)
    reply.screened_by, reply.screened_on = actor, clock.today()
    session.flush()
    audit.record("reply.screen", actor=actor, about=f"reply:{reply.id}")
    return reply


def forward(reply_id: uuid.UUID, *, actor: uuid.UUID, seen_version: int | None = None) -> bool:
    """Let the writer read it, and owe them a mail that says nothing; gives whether there is an address to mail to.

    Raises NobodyToTell where no writer is known or every page is kept back, NotThatStep.
    """
    reply = locked(reply_id, seen_version=seen_version)
    if reply.thread_id is None:
        raise NobodyToTell(N_("We do not know whose letter this answers, so there is nobody to pass it on to."))
    shown = select(func.count()).select_from(ReplyPage).where(ReplyPage.reply_id == reply.id, ~ReplyPage.is_withheld)
    if not session.scalar(shown):
        raise NobodyToTell(N_("Every page is kept back, so there is nothing to pass on. Close it with a reason."))
    reply.forwarded_on = clock.today()
    move(reply, ReplyState.FORWARDED, actor=actor)
    audit.record("reply.forward", actor=actor, about=f"reply:{reply.id}")
    letter = _letter_to_tell(reply)
    return tell(Tidings.REPLY, letter, turn=f"reply:{reply.number}") if letter is not None else False


def close(reply_id: uuid.UUID, reason: str, *, actor: uuid.UUID, seen_version: int | None = None) -> Reply:
    """End it without (more) passing on. Raises NotReal without a reason, NotThatStep."""
    if not reason:
        raise NotReal(N_("Say why, so that others understand it later."))
    reply = locked(reply_id, seen_version=seen_version)
    if reply.state == ReplyState.FORWARDED or reply.publication == PublicationState.ASKED:
        # What is taken back from its writer is taken back from everybody; of a closed answer nobody approves more.
        take_back(reply, Why.CLOSED, actor=actor)
    move(reply, ReplyState.CLOSED, actor=actor, reason=reason)
    reply.closed_reason = reason
    drop_files(reply)
    end_work(reply, actor=actor)
    session.flush()
    audit.record("reply.close", actor=actor, about=f"reply:{reply.id}")
    return reply


def place_original(reply_id: uuid.UUID, original: Original | None, office: str, *, actor: uuid.UUID) -> Reply:
    """Say where the paper is, or what became of it."""
    reply = locked(reply_id)
    if (reply.original, reply.office) != (original, office):
        reply.original, reply.office = original, office
        note_step(reply, f"original:{original}" if original else "original", actor=actor)
    return reply


def get_forwarded(reply_id: uuid.UUID, volunteer_id: uuid.UUID, *, lock: bool = False) -> Reply:
    """An answer that was passed on to this writer; NotFound for anybody else's and for what is not passed on yet."""
    reply = locked(reply_id) if lock else session.get(Reply, reply_id)
    if reply is None or reply.state != ReplyState.FORWARDED or reply.thread_id is None:
        raise NotFound
    thread = session.get(LetterThread, reply.thread_id)
    if thread is None or thread.volunteer_id != volunteer_id:
        raise NotFound
    return reply


def note_read(reply: Reply) -> None:
    """The writer says that they have read it; saying so again keeps it longer, since the days count anew.

    The caller holds its lock.
    """
    reply.read_on = clock.today()
    session.flush()


def _arrived(letter_id: uuid.UUID, reply: Reply, actor: uuid.UUID) -> None:
    letter = session.get_one(Letter, letter_id)
    if letter.state not in UNTOLD:
        return
    with session.begin_nested():
        try:
            report_outcome(
                letter_id, LetterState.REPORTED, actor=actor, reason="answered", on=_arrived_on(letter, reply)
            )
        except NotThatStep:
            # Somebody reported something else meanwhile: what a person said stands.
            return


def _arrived_on(letter: Letter, reply: Reply) -> date | None:
    """By when the letter was there: when the answer was written, else when it came; None for days that cannot be."""
    since = letter.dispatched_on or clock.today()
    days = (day for day in (reply.written_on, reply.logged_on) if day is not None and since <= day <= clock.today())
    return next(days, None)


def _letter_to_tell(reply: Reply) -> Letter | None:
    """The letter through which its writer is reached: the one that is answered, else the last of the thread."""
    if reply.letter_id is not None:
        return session.get(Letter, reply.letter_id)
    last = select(Letter).where(Letter.thread_id == reply.thread_id).order_by(Letter.number.desc()).limit(1)
    return session.scalar(last)
