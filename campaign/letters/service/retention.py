"""What goes by itself: words, drafts nobody touches, fingerprints, addresses of writers without an account."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, delete, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.letters.models import ENDED, Letter, LetterBatch, LetterFingerprint, LetterState, LetterThread
from campaign.letters.service import bodies

AFTER_RECONCILED = 14
ENDED_DAYS = 30
"""The words of what was rejected, withdrawn or given up stay so long, so that a writer can take them elsewhere."""
DRAFT_DAYS = 180
FINGERPRINT_DAYS = 90
CONTACT_DAYS = 180
BATCH = 500


def erase_bodies(today: date) -> int:
    """Erase the words of what left and was checked off, and of what ended; gives how many (SAFETY.md 4)."""
    reconciled = select(LetterBatch.id).where(LetterBatch.reconciled_on <= today - timedelta(days=AFTER_RECONCILED))
    left = Letter.batch_id.in_(reconciled) & (Letter.state != LetterState.RETURNED)
    ended = Letter.state.in_(ENDED) & (Letter.outcome_on <= today - timedelta(days=ENDED_DAYS))
    found = _list((left | ended) & ~Letter.keeps_text & Letter.body_erased_on.is_(None))
    return sum(bodies.erase_body(letter) for letter in found)


def drop_drafts(today: date) -> int:
    """Delete drafts that nobody has touched for half a year."""
    old = (
        delete(Letter)
        .where(Letter.state == LetterState.DRAFT, Letter.edited_on <= today - timedelta(days=DRAFT_DAYS))
        .returning(Letter.id)
    )
    return len(session.execute(old).all())


def drop_waiting(_today: date) -> int:
    """Delete letters that were handed over without an account and never confirmed, with all there is of them."""
    over = select(Letter.thread_id).where(Letter.state == LetterState.WAITING, Letter.expires_at <= clock.now())
    # A thread without a writer holds one letter, which goes with it.
    gone = delete(LetterThread).where(LetterThread.id.in_(over.limit(BATCH))).returning(LetterThread.id)
    return len(session.execute(gone).all())


def drop_fingerprints(today: date) -> int:
    """Forget which texts were handed in so long ago."""
    old = delete(LetterFingerprint).where(LetterFingerprint.seen_on <= today - timedelta(days=FINGERPRINT_DAYS))
    return len(session.execute(old.returning(LetterFingerprint.digest)).all())


def erase_contacts(today: date) -> int:
    """Erase where a writer without an account could be reached, once nothing is to be expected any more."""
    long_gone = Letter.dispatched_on <= today - timedelta(days=CONTACT_DAYS)
    ended = Letter.state.in_(ENDED) & (Letter.outcome_on <= today - timedelta(days=ENDED_DAYS))
    found = _list((long_gone | ended) & Letter.contact_sealed.is_not(None))
    for letter in found:
        letter.contact_sealed, letter.contact_index = None, None
    session.flush()
    return len(found)


def _list(which: ColumnElement[bool]) -> Sequence[Letter]:
    statement = select(Letter).where(which).order_by(Letter.id).limit(BATCH).with_for_update(skip_locked=True)
    return session.scalars(statement.execution_options(populate_existing=True)).all()
