"""What staff write down of somebody: a new record with the ways to reach them, and further ways."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from campaign.kernel.errors import N_, DomainError
from campaign.people.models import IdentityKind, Person, Purpose
from campaign.people.service.consents import may_be_called, note_consent
from campaign.people.service.identities import Reached, add_identity, mark_right
from campaign.people.service.records import PersonDraft, add_person, lock_person


class NotToBeCalled(DomainError):
    """A number of somebody who has not agreed to be called is not kept (SAFETY.md 1)."""

    def __init__(self) -> None:
        super().__init__(
            N_("A number is kept only of somebody who agrees to be called: write that consent down first.")
        )


class NoSource(DomainError):
    """A record that nobody could say the origin of."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody agreed to before a person of ours: to what, how, and what proves it."""

    purposes: Collection[Purpose] = ()
    how: str = ""
    evidence: str = ""


def write_down(draft: PersonDraft, ways: Sequence[Reached], given: Given, *, actor: uuid.UUID) -> Person:
    """Write somebody down, on the ground that `draft.source` states. Raises NoSource, NotToBeCalled, NoEvidence,
    IdentityTaken."""
    if not draft.source.strip():
        raise NoSource(N_("Say where it comes from: nobody is kept without a reason that can be told."))
    if Purpose.CALLS not in given.purposes and any(each.kind is IdentityKind.PHONE for each in ways):
        raise NotToBeCalled
    person = add_person(draft, identities=ways, actor=actor)
    for purpose in given.purposes:
        note_consent(person.id, purpose, how=given.how, evidence=given.evidence, actor=actor)
    return person


def add_way(person_id: uuid.UUID, reached: Reached, *, actor: uuid.UUID) -> uuid.UUID:
    """Add a way to reach somebody; a number that was said to be another's is theirs again.

    Raises NotToBeCalled, IdentityTaken, NotFound.
    """
    lock_person(person_id)
    if reached.kind is IdentityKind.PHONE and not may_be_called(person_id):
        raise NotToBeCalled
    added = add_identity(person_id, reached, actor=actor)
    mark_right(person_id, added, actor=actor)
    return added
