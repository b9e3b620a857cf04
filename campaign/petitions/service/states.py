"""The states of a petition: draft > review > open > paused > closed > delivered > archived."""

import uuid
from datetime import timedelta

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.versions import check_version
from campaign.petitions.models import EventKind, Petition, PetitionState
from campaign.petitions.service.record import note_step

TRANSITIONS: dict[PetitionState, frozenset[PetitionState]] = {
    PetitionState.DRAFT: frozenset({PetitionState.REVIEW}),
    PetitionState.REVIEW: frozenset({PetitionState.DRAFT, PetitionState.OPEN}),
    PetitionState.OPEN: frozenset({PetitionState.PAUSED, PetitionState.CLOSED}),
    PetitionState.PAUSED: frozenset({PetitionState.OPEN, PetitionState.CLOSED}),
    PetitionState.CLOSED: frozenset({PetitionState.DELIVERED, PetitionState.ARCHIVED}),
    PetitionState.DELIVERED: frozenset({PetitionState.ARCHIVED}),
    PetitionState.ARCHIVED: frozenset(),
}
REOPEN_WITHIN = timedelta(days=1)


class NotPossible(DomainError):
    """The petition's state does not allow this step."""


class NeedsSecondPerson(DomainError):
    """Whoever wrote a petition does not publish it."""


class NotComplete(DomainError):
    """A language is only half written."""


class NeedsReason(DomainError):
    """This step is explained to those it concerns."""


def change_state(petition: Petition, to: PetitionState, *, actor: uuid.UUID | None, reason: str = "") -> None:
    """Take one step of the state machine, under the row's version.

    Raises NotPossible, NeedsSecondPerson, or Conflict when somebody else took a step at the same moment.
    """
    before = PetitionState(petition.state)
    if to not in TRANSITIONS[before]:
        raise NotPossible(N_("The petition is no longer in the state for this step. Look at it again."))
    if to in {PetitionState.REVIEW, PetitionState.OPEN} and petition.keys_destroyed_on is not None:
        raise NotPossible(N_("The keys of this petition are destroyed, so nobody could sign it. Write it anew."))
    if to is PetitionState.REVIEW:
        petition.submitter_id = actor
    if before is PetitionState.REVIEW and to is PetitionState.OPEN:
        _publish(petition, actor)
    if to is PetitionState.CLOSED:
        petition.closed_on = clock.today()
    petition.state = to
    session.flush()
    note_step(petition, before, to, actor, reason)


def submit_for_review(petition: Petition, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Hand a draft to a second person; raises NotComplete when a language is only half written."""
    check_version(petition.version, seen_version)
    for text in petition.texts:
        if not all((text.title, text.summary, text.body, text.addressee)):
            raise NotComplete(
                N_("Each language needs title, summary, text and addressee. Complete it, or empty all four of them.")
            )
    change_state(petition, PetitionState.REVIEW, actor=actor, reason=reason)


def publish(petition: Petition, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Open a reviewed petition to the public, exactly as the second person saw it; raises NeedsSecondPerson."""
    check_version(petition.version, seen_version)
    change_state(petition, PetitionState.OPEN, actor=actor, reason=reason)


def send_back(petition: Petition, *, seen_version: int, actor: uuid.UUID, reason: str) -> None:
    """Make a draft of it again. Who submitted it may take it back without a word; others say why (NeedsReason)."""
    check_version(petition.version, seen_version)
    if not reason and actor != petition.submitter_id:
        raise NeedsReason(N_("Say what should be changed, so that the author knows."))
    change_state(petition, PetitionState.DRAFT, actor=actor, reason=reason)


def pause(petition: Petition, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Stop collecting for a while; confirmation links wait."""
    check_version(petition.version, seen_version)
    change_state(petition, PetitionState.PAUSED, actor=actor, reason=reason)


def resume(petition: Petition, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Collect again after a pause."""
    check_version(petition.version, seen_version)
    if petition.state != PetitionState.PAUSED:
        raise NotPossible(N_("Only a paused petition can be resumed."))
    change_state(petition, PetitionState.OPEN, actor=actor, reason=reason)


def close(petition: Petition, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """End the collecting; from today the days run after which the petition's keys are destroyed (SAFETY.md 7)."""
    check_version(petition.version, seen_version)
    change_state(petition, PetitionState.CLOSED, actor=actor, reason=reason)


def reopen(petition: Petition, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Undo a closing of today or yesterday, while the keys still exist; raises NotPossible."""
    check_version(petition.version, seen_version)
    closed_on = petition.closed_on
    if petition.state != PetitionState.CLOSED or closed_on is None or petition.keys_destroyed_on is not None:
        raise NotPossible(N_("Only a petition that was just closed can be opened again."))
    if clock.today() - closed_on > REOPEN_WITHIN:
        raise NotPossible(N_("A closing can be undone on the same day and the next, not later."))
    petition.state, petition.closed_on = PetitionState.OPEN, None
    session.flush()
    note_step(petition, PetitionState.CLOSED, PetitionState.OPEN, actor, reason, kind=EventKind.UNDONE)


def archive(petition: Petition, *, seen_version: int, actor: uuid.UUID, reason: str = "") -> None:
    """Put it away for good; its keys are destroyed with the next nightly run, however many days are left."""
    check_version(petition.version, seen_version)
    change_state(petition, PetitionState.ARCHIVED, actor=actor, reason=reason)


def _publish(petition: Petition, actor: uuid.UUID | None) -> None:
    if actor is not None and actor in {petition.author_id, petition.submitter_id}:
        raise NeedsSecondPerson(
            N_("Whoever wrote or submitted a petition does not publish it. Ask another organiser to look at it.")
        )
    petition.publisher_id = actor
    petition.opened_on = petition.opened_on or clock.today()
