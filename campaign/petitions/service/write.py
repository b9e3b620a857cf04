"""Writing a petition: drafts, and what may still change while it collects."""

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.languages import in_language
from campaign.kernel.slugs import slug_from
from campaign.kernel.versions import check_version
from campaign.petitions.models import (
    Audience,
    EventKind,
    Petition,
    PetitionState,
    PetitionText,
    petition_scope,
)
from campaign.petitions.service.record import note, note_step
from campaign.petitions.service.states import NotPossible

ALIAS_LETTERS = "abcdefghjkmnpqrstuvwxyz"
LONGEST_SLUG = 80
DEFAULT_KEYS_DAYS = 30


class SlugTaken(DomainError):
    """Another petition stands at this address."""


class NothingWritten(DomainError):
    """A petition needs a title in one language at least, so that it can be found again."""


@dataclass(frozen=True, slots=True)
class TextDraft:
    """What a petition says in one language."""

    language: str
    title: str
    summary: str
    body: str
    addressee: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written in this language."""
        return not any(self.as_columns().values())

    def as_columns(self) -> dict[str, str]:
        """What is stored of it beside the language."""
        return {"title": self.title, "summary": self.summary, "body": self.body, "addressee": self.addressee}


@dataclass(frozen=True, slots=True)
class PetitionDraft:
    """All that can be edited before a petition opens. Without a slug one is made from the title."""

    slug: str
    goal: int
    audience: Audience
    keys_days: int
    texts: list[TextDraft]


def create_petition(
    *,
    slug: str,
    goal: int,
    audience: Audience,
    texts: list[TextDraft],
    author: uuid.UUID | None,
    is_demo: bool = False,
    keys_days: int = DEFAULT_KEYS_DAYS,
) -> Petition:
    """Make a draft. Its key scope is committed to the keyring before the first row that uses it (SAFETY.md 6).

    Raises NothingWritten and SlugTaken.
    """
    written = _written(texts)
    chosen = _free_slug(slug, written, None)
    identity = uuid.uuid4()
    keyring.ensure(petition_scope(identity))
    petition = Petition(
        id=identity, slug=chosen, goal=goal, audience=audience, author_id=author, is_demo=is_demo, keys_days=keys_days,
        alias="".join(secrets.choice(ALIAS_LETTERS) for _ in range(8)), created_at=clock.now(),
        texts=[PetitionText(language=text.language, **text.as_columns()) for text in written],
    )  # fmt: skip
    session.add(petition)
    session.flush()
    note_step(petition, None, PetitionState.DRAFT, author)
    return petition


def edit_petition(petition: Petition, draft: PetitionDraft, *, seen_version: int, actor: uuid.UUID | None) -> None:
    """Store what a draft says now; whoever changed its text becomes its author.

    Raises Conflict when somebody saved meanwhile, NotPossible once it is no draft, NothingWritten and SlugTaken.
    """
    check_version(petition.version, seen_version)
    if petition.state != PetitionState.DRAFT:
        raise NotPossible(N_("What a petition says can be changed as a draft only."))
    written = _written(draft.texts)
    changed = _store_texts(petition, written)
    petition.slug = _free_slug(draft.slug, written, petition.id)
    petition.goal, petition.audience, petition.keys_days = draft.goal, draft.audience, draft.keys_days
    if changed:
        petition.author_id = actor
    petition.edited_at = clock.now()
    session.flush()
    note(petition, EventKind.EDITED, actor)


def set_goal(petition: Petition, goal: int, *, seen_version: int, actor: uuid.UUID | None) -> None:
    """Change the goal of a petition that collects; the history says from what to what."""
    check_version(petition.version, seen_version)
    if petition.state not in {PetitionState.OPEN, PetitionState.PAUSED}:
        raise NotPossible(N_("The goal can be changed while the petition collects signatures."))
    before, petition.goal = petition.goal, goal
    session.flush()
    note(petition, EventKind.EDITED, actor, f"goal {before} > {goal}")


def suggest_slug(texts: Iterable[TextDraft]) -> str:
    """A free slug in Latin letters from the English title, else from any other."""
    written = [text for text in texts if text.title]
    return _free(slug_from(in_language(written, "en").title, LONGEST_SLUG) or "petition", None) if written else ""


def _written(texts: Iterable[TextDraft]) -> list[TextDraft]:
    written = [text for text in texts if not text.is_empty]
    if not any(text.title for text in written):
        raise NothingWritten(N_("Enter a title in one language at least."))
    return written


def _store_texts(petition: Petition, texts: list[TextDraft]) -> bool:
    known = {text.language: text for text in petition.texts}
    wanted = {text.language for text in texts}
    changed = set(known) != wanted
    petition.texts = [text for text in petition.texts if text.language in wanted]
    for text in texts:
        row = known.get(text.language)
        if row is None:
            petition.texts.append(PetitionText(language=text.language, **text.as_columns()))
            continue
        for column, value in text.as_columns().items():
            if getattr(row, column) != value:
                setattr(row, column, value)
                changed = True
    return changed


def _free_slug(slug: str, texts: list[TextDraft], petition: uuid.UUID | None) -> str:
    if not slug:
        return suggest_slug(texts)
    if _is_taken(slug, petition):
        raise SlugTaken(N_("Another petition stands at this address. Choose another one."))
    return slug


def _free(wanted: str, petition: uuid.UUID | None) -> str:
    slug, number = wanted, 1
    while _is_taken(slug, petition):
        number += 1
        slug = f"{wanted[: LONGEST_SLUG - 6].rstrip('-')}-{number}"
    return slug


def _is_taken(slug: str, petition: uuid.UUID | None) -> bool:
    statement = select(func.count()).select_from(Petition).where(Petition.slug == slug)
    if petition is not None:
        statement = statement.where(Petition.id != petition)
    return bool(session.scalar(statement))
