"""Letters handed over without an account: they wait for the button in a mail, then go the way of all letters.

The address is sealed and kept to pass on states and the answer, and for nothing else (hooks/journey.py says until
when). Each step takes the locks first and looks at the state, so that two clicks at once do one thing once.
"""

import hashlib
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete

from campaign.kernel import clock
from campaign.kernel.addresses import Mailbox
from campaign.kernel.arrivals import note_action
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.mail import suppression
from campaign.kernel.mail.quota import take_mail
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.kernel.mail.suppression import SuppressionReason
from campaign.kernel.switches import Switch, require
from campaign.letters.models import SCOPE, Letter, LetterState, LetterThread, Reply, ReplyState
from campaign.letters.queries.pages import pages_of
from campaign.letters.service import bodies, drafts, replies, reply_moves, reply_retention
from campaign.letters.service.guest_links import find_by_token
from campaign.letters.service.moves import begin, locked_with_prisoner
from campaign.letters.service.submitting import RUSSIAN, submit
from campaign.letters.service.threads import open_thread
from campaign.letters.service.typed import clean_text
from campaign.penpals.queries.reservations import find_reach
from campaign.penpals.service.codes import new_code
from campaign.prisoners.queries.reach import Reach

MAIL = "letter.hand_over"
WAITS_DAYS = 7
HANDED_IN = "handed-in"
"""Among what readers of mailings do."""
HOLDS = frozenset({Reach.OPEN, Reach.IN_TRANSIT, Reach.UNKNOWN, Reach.PROBABLE, Reach.STALE, Reach.NO_ADDRESS})
"""In which a letter that was handed over meanwhile can still wait until it reaches them."""
BACKABLE = frozenset(
    {
        LetterState.IN_TRANSLATION, LetterState.IN_MODERATION, LetterState.CHANGES_REQUESTED, LetterState.QUEUED,
        LetterState.HELD,
    }
)  # fmt: skip


class NobodyThere(Conflict):
    """No letter of strangers goes to this person any more."""


class _NoMail(Exception):
    """This mail is owed already, or the address has had its three: nothing of the attempt stays."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What somebody without an account hands over."""

    prisoner_id: uuid.UUID
    mailbox: Mailbox
    text: str
    written_in: str
    """The language of the letter."""
    channel: str
    group_id: uuid.UUID | None
    """None: whichever has time."""
    language: str
    """Of the mails and pages."""
    reservation_id: uuid.UUID | None = None
    """The promise that handing it in keeps."""
    arrived_by: str | None = None
    """The code of the mailing that brought them."""


def hand_over(handed: Handed) -> None:
    """Keep a letter that waits for its mail's button, and owe that mail; three a day go to one address.

    Nothing tells the caller whether a mail goes out, and so nothing about the address. Raises Unsendable, NobodyThere,
    SwitchedOff.
    """
    require(Switch.LETTERS)
    if not _is_to_be_written(handed.prisoner_id, frozenset({Reach.OPEN})):
        raise NobodyThere(N_("No letter reaches this person at the moment. Somebody else waits for one."))
    keyring.ensure(SCOPE)
    letter, canonical = _letter_of(handed), handed.mailbox.canonical
    index = letter.contact_index = blind_index(SCOPE, canonical)
    # The day is part of it, so that who said "not me" to one can be handed the same words tomorrow.
    key = dedupe_key(
        SCOPE, MAIL, index, handed.prisoner_id.bytes, hashlib.sha256(handed.text.encode()).digest(),
        clock.today().isoformat().encode(),
    )  # fmt: skip
    with suppress(_NoMail), session.begin_nested():
        is_owed = queue_mail(MAIL, lane=Lane.FAST, language=handed.language, dedupe=key, ref=letter.id)
        if not is_owed or not take_mail(canonical):
            raise _NoMail
        letter.thread_id = open_thread(handed.prisoner_id, None, group_id=handed.group_id).id
        begin(letter, None)


def find_letter(token: str) -> Letter | None:
    """The letter behind a link; None when it is gone, or waited too long. Raises BadToken, KeyMissing, KeyDestroyed."""
    letter = find_by_token(token)
    return None if letter is None or _waited_too_long(letter) else letter


def is_confirmable(letter: Letter) -> bool:
    """Whether a letter that waits can still be handed in."""
    return _is_to_be_written(letter.prisoner_id, HOLDS)


def confirm(token: str) -> None:
    """Hand it in; twice changes nothing more. Raises Unsendable, SwitchedOff, and what find_letter raises."""
    letter = _held(token)
    if letter is not None and letter.state == LetterState.WAITING and is_confirmable(letter):
        letter.expires_at = None
        code, letter.arrived_by = letter.arrived_by, None
        submit(letter, actor=None, wants_translator=letter.original_language != RUSSIAN)
        note_action(code, HANDED_IN)


def reject(token: str, *, never_again: bool) -> None:
    """ "That was not me": delete what waits, and with `never_again` suppress the address everywhere."""
    letter = _held(token)
    if letter is None or letter.state != LetterState.WAITING:
        return
    address = bodies.read_contact(letter)
    if never_again and address is not None:
        suppression.suppress(address, SuppressionReason.ASKED)
    session.execute(delete(LetterThread).where(LetterThread.id == letter.thread_id))
    session.expunge(letter)


def withdraw(token: str) -> None:
    """Take it back before it lies in a batch; twice changes nothing more. Raises NotThatStep, NotFound."""
    drafts.withdraw(_got(token), actor=None)


def mend(token: str, text: str, *, seen_text_version: int) -> None:
    """Change the text as a moderator asked and hand it in again.

    Raises ChangedElsewhere, NotThatStep, Unsendable, SwitchedOff, NotFound.
    """
    letter = _got(token)
    drafts.save_draft(letter, text, seen_text_version=seen_text_version)
    submit(letter, actor=None, wants_translator=letter.original_language != RUSSIAN)


def erase_text(token: str) -> None:
    """Erase one's words earlier than they would go. Raises NotThatStep, NotFound."""
    drafts.erase_text(_got(token))


def forget_contact(token: str) -> None:
    """Erase the address: the letter goes on, and nobody is told of it any more. Raises NotFound."""
    letter = _got(token)
    if letter.state != LetterState.WAITING:
        letter.contact_sealed, letter.contact_index = None, None
        session.flush()


def get_answer(token: str, reply_id: uuid.UUID) -> Reply:
    """An answer to this letter that was passed on. Raises NotFound for every other."""
    letter = find_letter(token)
    found = session.get(Reply, reply_id) if letter is not None else None
    if letter is None or found is None or found.letter_id != letter.id or found.state != ReplyState.FORWARDED:
        raise NotFound
    return found


def note_read(token: str, reply_id: uuid.UUID) -> None:
    """Say that the answer was read; its pages go some time after (reply_retention.py). Raises NotFound."""
    replies.note_read(reply_moves.locked(get_answer(token, reply_id).id))


def erase_answer(token: str, reply_id: uuid.UUID) -> None:
    """Erase its pages now; twice changes nothing more. Raises NotFound."""
    reply_retention.erase(reply_moves.locked(get_answer(token, reply_id).id), actor=None)


def _letter_of(handed: Handed) -> Letter:
    text, today = clean_text(handed.text), clock.today()
    letter = Letter(
        id=uuid.uuid4(), code=new_code(), prisoner_id=handed.prisoner_id, channel=handed.channel,
        state=LetterState.WAITING, reservation_id=handed.reservation_id,
        original_language=handed.written_in, contact_language=handed.language,
        characters=len(text), pages=pages_of(handed.prisoner_id, handed.channel, text), created_on=today,
        edited_on=today, expires_at=clock.now() + timedelta(days=WAITS_DAYS), arrived_by=handed.arrived_by,
    )  # fmt: skip
    bodies.write_body(letter, text)
    bodies.write_contact(letter, handed.mailbox.address)
    return letter


def _is_to_be_written(prisoner_id: uuid.UUID, reaches: frozenset[Reach]) -> bool:
    """Whether somebody unknown may write to this person: to a minor only a coordinator brings writers."""
    found = find_reach(prisoner_id, clock.today())
    return found is not None and found.reach in reaches and not found.is_minor


def _waited_too_long(letter: Letter) -> bool:
    is_over = letter.expires_at is not None and letter.expires_at <= clock.now()
    return letter.state == LetterState.WAITING and is_over


def _held(token: str) -> Letter | None:
    """The letter under the locks of its prisoner and itself."""
    seen = find_by_token(token)
    if seen is None:
        return None
    try:
        letter = locked_with_prisoner(seen.id)
    except NotFound:
        return None
    return None if _waited_too_long(letter) else letter


def _got(token: str) -> Letter:
    letter = _held(token)
    if letter is None:
        raise NotFound
    return letter
