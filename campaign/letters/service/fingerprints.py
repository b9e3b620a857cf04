"""Keyed hashes of texts, by which the same letter to many is noticed (rule L31) without keeping a word of it."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.letters.checker.folding import normal_form
from campaign.letters.models import SCOPE, LetterFingerprint


def remember_text(prisoner_id: uuid.UUID, text: str) -> None:
    """Keep the hash of a text that was handed in."""
    session.execute(
        insert(LetterFingerprint)
        .values(digest=_digest(text), prisoner_id=prisoner_id, seen_on=clock.today())
        .on_conflict_do_nothing()
    )


def count_same(prisoner_id: uuid.UUID, text: str) -> int:
    """To how many other people the same text was handed in."""
    same = (
        select(func.count())
        .select_from(LetterFingerprint)
        .where(LetterFingerprint.digest == _digest(text), LetterFingerprint.prisoner_id != prisoner_id)
    )
    return session.scalar(same) or 0


def _digest(text: str) -> bytes:
    keyring.ensure(SCOPE)
    return blind_index(SCOPE, normal_form(text))
