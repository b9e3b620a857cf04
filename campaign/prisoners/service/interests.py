"""The vocabulary of interests: added to, renamed and merged by editors, never deleted."""

import tomllib
import uuid
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.slugs import slug_from
from campaign.kernel.spelling import latin_of
from campaign.prisoners.models import Interest, PrisonerInterest

STARTING_WORDS = Path(__file__).resolve().parent.parent / "data" / "interests.toml"
LONGEST_SLUG = 60
# Adding and merging take this lock: two editors who add the same word at once would both find none.
VOCABULARY_LOCK = 0x_49_4E_54_45


class WordExists(DomainError):
    """The vocabulary has this word already; `interest` is it, `language` where it stands."""

    def __init__(self, interest: Interest, language: str) -> None:
        super().__init__(N_("The vocabulary has this word already. Use that one, or merge the two."))
        self.interest = interest
        self.language = language


class NotMergeable(DomainError):
    """These two are one already, or one of them is gone into another."""


def add_interest(labels: Mapping[str, str], *, actor: uuid.UUID | None) -> Interest:
    """Add a word; flushed. `labels` by language, English and Russian at least. Raises WordExists."""
    _lock()
    words = _clean(labels)
    _refuse_twin(words, None)
    interest = Interest(id=uuid.uuid4(), slug=_free_slug(words), labels=words)
    session.add(interest)
    session.flush()
    audit.record("interest.added", actor=actor, about=f"interest:{interest.slug}")
    return interest


def rename_interest(
    interest: Interest, labels: Mapping[str, str], *, seen: Mapping[str, str], actor: uuid.UUID | None
) -> None:
    """Change what a word is called; its slug stays, since addresses and exports name it.

    `seen`: the labels that the editor changed. Raises WordExists, and Conflict where somebody else renamed it since.
    """
    _lock()
    session.refresh(interest)
    if dict(seen) != interest.labels:
        raise Conflict(N_("Someone else renamed this meanwhile. Look at it again before you go on."))
    words = _clean(labels)
    _refuse_twin(words, interest)
    if words != interest.labels:
        interest.labels = words
        session.flush()
        audit.record("interest.renamed", actor=actor, about=f"interest:{interest.slug}")


def merge_interests(loser: Interest, winner: Interest, *, actor: uuid.UUID | None) -> int:
    """Let `winner` stand for `loser` from now on; gives how many people it concerned.

    People move, whoever has both keeps one, and the merged word stays as another name of the winner, as does whatever
    had been merged into it before: forms and imports that still say it mean the winner. Raises NotMergeable.
    """
    _lock()
    session.refresh(loser)
    session.refresh(winner)
    if loser.id == winner.id or loser.merged_into_id is not None or winner.merged_into_id is not None:
        raise NotMergeable(N_("These two cannot be merged: choose two words that both stand by themselves."))
    moved = select(PrisonerInterest.prisoner_id).where(PrisonerInterest.interest_id == loser.id)
    people = session.scalars(moved).all()
    if people:
        rows = [{"prisoner_id": person, "interest_id": winner.id} for person in people]
        session.execute(insert(PrisonerInterest).on_conflict_do_nothing(), rows)
    session.execute(delete(PrisonerInterest).where(PrisonerInterest.interest_id == loser.id))
    session.execute(
        update(Interest)
        .where(or_(Interest.id == loser.id, Interest.merged_into_id == loser.id))
        .values(merged_into_id=winner.id)
    )
    session.expire_all()
    audit.record(
        "interest.merged", actor=actor, about=f"interest:{loser.slug}", amount=len(people), reason=f"into {winner.slug}"
    )
    return len(people)


def load_starting_words(*, actor: uuid.UUID | None) -> int:
    """Add the words that the vocabulary begins with; gives how many were new. Doing it twice changes nothing, and what
    editors renamed or merged stays as they have it."""
    _lock()
    known = set(session.scalars(select(Interest.slug)))
    spelled = {(language, word.casefold()) for each in _everything() for language, word in each.labels.items()}
    added = 0
    for slug, labels in tomllib.loads(STARTING_WORDS.read_text(encoding="utf-8")).items():
        if slug in known or any((language, word.casefold()) in spelled for language, word in labels.items()):
            continue
        session.add(Interest(id=uuid.uuid4(), slug=slug, labels=labels))
        added += 1
    session.flush()
    if added:
        audit.record("interest.loaded", actor=actor, amount=added)
    return added


def _lock() -> None:
    session.execute(select(func.pg_advisory_xact_lock(VOCABULARY_LOCK)))


def _clean(labels: Mapping[str, str]) -> dict[str, str]:
    words = {language: " ".join(word.split()) for language, word in labels.items()}
    return {language: word for language, word in words.items() if word}


def _everything() -> list[Interest]:
    return list(session.scalars(select(Interest)))


def _refuse_twin(words: Mapping[str, str], besides: Interest | None) -> None:
    """Compared in Python: a vocabulary is a few hundred words, and case folds there as in any language."""
    for each in _everything():
        # What was merged into a word may be said again by that word itself.
        if besides is not None and besides.id in {each.id, each.merged_into_id}:
            continue
        for language, word in words.items():
            if str(each.labels.get(language, "")).casefold() == word.casefold():
                raise WordExists(each, language)


def _free_slug(words: Mapping[str, str]) -> str:
    wanted = slug_from(words["en"], LONGEST_SLUG) or slug_from(latin_of(words["ru"]), LONGEST_SLUG) or "word"
    taken = set(session.scalars(select(Interest.slug).where(Interest.slug.startswith(wanted))))
    return next(slug for slug in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)
