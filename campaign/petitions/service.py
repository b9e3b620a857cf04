"""What may be done with petitions."""

import secrets
import uuid
from dataclasses import dataclass

from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import DomainError
from campaign.petitions.models import Audience, Petition, PetitionEvent, PetitionState, PetitionText, petition_scope

ALIAS_LETTERS = "abcdefghjkmnpqrstuvwxyz"

TRANSITIONS: dict[PetitionState, frozenset[PetitionState]] = {
    PetitionState.DRAFT: frozenset({PetitionState.REVIEW}),
    PetitionState.REVIEW: frozenset({PetitionState.DRAFT, PetitionState.OPEN}),
    PetitionState.OPEN: frozenset({PetitionState.PAUSED, PetitionState.CLOSED}),
    PetitionState.PAUSED: frozenset({PetitionState.OPEN, PetitionState.CLOSED}),
    PetitionState.CLOSED: frozenset({PetitionState.DELIVERED, PetitionState.ARCHIVED}),
    PetitionState.DELIVERED: frozenset({PetitionState.ARCHIVED}),
    PetitionState.ARCHIVED: frozenset(),
}


class NotPossible(DomainError):
    """The petition's state does not allow this step."""


class NeedsSecondPerson(DomainError):
    """Whoever wrote a petition does not publish it."""


@dataclass(frozen=True, slots=True)
class TextDraft:
    """What a petition says in one language."""

    language: str
    title: str
    summary: str
    body: str
    addressee: str


def create_petition(
    *,
    slug: str,
    goal: int,
    audience: Audience,
    texts: list[TextDraft],
    author: uuid.UUID | None,
    is_demo: bool = False,
) -> Petition:
    """Make a draft. Its key scope is committed to the keyring before the first row that uses it (SAFETY.md 6)."""
    identity = uuid.uuid4()
    keyring.ensure(petition_scope(identity))
    petition = Petition(
        id=identity, slug=slug, goal=goal, audience=audience, author_id=author, is_demo=is_demo,
        alias="".join(secrets.choice(ALIAS_LETTERS) for _ in range(8)), created_at=clock.now(),
        texts=[PetitionText(**_as_columns(text)) for text in texts],
    )  # fmt: skip
    session.add(petition)
    session.flush()
    _note(petition, None, PetitionState.DRAFT, author, "")
    return petition


def change_state(petition: Petition, to: PetitionState, *, actor: uuid.UUID | None, reason: str = "") -> None:
    """Take one step of the state machine, under the row's version; raises NotPossible or NeedsSecondPerson."""
    before = PetitionState(petition.state)
    if to not in TRANSITIONS[before]:
        raise NotPossible
    if before is PetitionState.REVIEW and to is PetitionState.OPEN:
        if actor is not None and actor == petition.author_id:
            raise NeedsSecondPerson
        petition.publisher_id = actor
        petition.opened_on = petition.opened_on or clock.today()
    if to is PetitionState.CLOSED:
        petition.closed_on = clock.today()
    petition.state = to
    session.flush()
    _note(petition, before, to, actor, reason)


def _note(
    petition: Petition, before: PetitionState | None, after: PetitionState, actor: uuid.UUID | None, reason: str
) -> None:
    session.add(
        PetitionEvent(
            petition_id=petition.id, from_state=before, to_state=after, actor_id=actor, at=clock.now(), reason=reason
        )
    )
    audit.record(f"petition.{after}", actor=actor, about=f"petition:{petition.id}", reason=reason)


def _as_columns(text: TextDraft) -> dict[str, str]:
    return {
        "language": text.language,
        "title": text.title,
        "summary": text.summary,
        "body": text.body,
        "addressee": text.addressee,
    }
