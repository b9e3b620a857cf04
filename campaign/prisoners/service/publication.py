"""Whether the public sees somebody: two persons publish, one hides at once, a withdrawal leaves nothing standing."""

import uuid
from dataclasses import dataclass

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.registry import page_withdrawals
from campaign.kernel.versions import check_version
from campaign.prisoners.models import Prisoner, PrisonerState, Publicity
from campaign.prisoners.service.facts import Source, Subject, record_facts
from campaign.prisoners.service.gone import forget_withdrawal, remember_withdrawal

STEPS = {
    PrisonerState.DRAFT: frozenset({PrisonerState.REVIEW, PrisonerState.ARCHIVED}),
    PrisonerState.REVIEW: frozenset({PrisonerState.DRAFT, PrisonerState.PUBLISHED}),
    PrisonerState.PUBLISHED: frozenset({PrisonerState.HIDDEN}),
    PrisonerState.HIDDEN: frozenset({PrisonerState.DRAFT, PrisonerState.ARCHIVED}),
    PrisonerState.ARCHIVED: frozenset({PrisonerState.DRAFT}),
}
MISSING = {
    "story": N_("Tell something of the person in one language at least: a summary or a story."),
    "publicity": N_("Say how public the person wants to be: “none” stands there now."),
    "consent": N_("Record a consent to publicity, or mark the person as a public figure and say why."),
}


class NotPublishable(DomainError):
    """Something is missing; `missing` names what (keys of MISSING)."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(MISSING[missing[0]])
        self.missing = missing


class OwnWork(DomainError):
    """Somebody else has to publish what one wrote or submitted."""


class NotThatStep(DomainError):
    """The record does not go from its state to that one."""


@dataclass(frozen=True, slots=True)
class PublicityDraft:
    """How public somebody is to be, and by what right."""

    publicity: Publicity
    is_public_figure: bool
    public_figure_reason: str


def find_missing(prisoner: Prisoner) -> list[str]:
    """What stands between a person and a public page; keys of MISSING, empty when nothing does."""
    is_told = any(text.summary or text.story for text in prisoner.texts)
    has_right = prisoner.is_public_figure or prisoner.publicity_consent_id is not None
    found = {"story": is_told, "publicity": prisoner.publicity != Publicity.PRIVATE, "consent": has_right}
    return [name for name, is_there in found.items() if not is_there]


def move_prisoner(
    prisoner: Prisoner, state: PrisonerState, *, seen_version: int, actor: uuid.UUID | None, reason: str = ""
) -> None:
    """Take a step of the state machine.

    Publishing takes a second person: neither who wrote the last change nor who submitted it (both are `author_id`).
    Raises Conflict, NotThatStep, NotPublishable and OwnWork.
    """
    check_version(prisoner.version, seen_version)
    if state not in STEPS[PrisonerState(prisoner.state)]:
        raise NotThatStep(N_("This step is not possible from where the record stands."))
    if state is PrisonerState.HIDDEN:
        withdraw(prisoner, reason, actor=actor)
        return
    if state in {PrisonerState.REVIEW, PrisonerState.PUBLISHED}:
        missing = find_missing(prisoner)
        if missing:
            raise NotPublishable(missing)
    if state is PrisonerState.REVIEW:
        prisoner.author_id, prisoner.publisher_id = actor, None
    if state is PrisonerState.PUBLISHED:
        _publish(prisoner, actor)
    _enter(prisoner, state, actor, reason)


def withdraw(prisoner: Prisoner, reason: str, *, actor: uuid.UUID | None) -> None:
    """Take a public page away at once, in the open transaction; dumps and mirrors carry a tombstone from now on.

    Every public read asks for the state, and no cache keeps a page about a person past the time it is fresh, so it is
    gone from pages, search, pictures, feeds and the API within seconds.
    """
    prisoner.withdrawn_on = clock.today()
    remember_withdrawal(prisoner)
    prisoner.publisher_id = None
    _enter(prisoner, PrisonerState.HIDDEN, actor, reason)
    for follow in page_withdrawals:
        follow(prisoner.id, actor)


def set_publicity(
    prisoner: Prisoner, draft: PublicityDraft, source: Source, *, seen_version: int, actor: uuid.UUID | None
) -> bool:
    """Say how public somebody is to be; whether that took a public page away. Raises Conflict.

    A page that is left without a right to stand, by "none" or by unmarking a public figure without a consent, is
    withdrawn in the same transaction.
    """
    check_version(prisoner.version, seen_version)
    after = {
        "publicity": draft.publicity, "is_public_figure": draft.is_public_figure,
        "public_figure_reason": draft.public_figure_reason if draft.is_public_figure else "",
    }  # fmt: skip
    before = {name: getattr(prisoner, name) for name in after}
    stays = draft.publicity is not Publicity.PRIVATE and (
        draft.is_public_figure or prisoner.publicity_consent_id is not None
    )
    taken = prisoner.state == PrisonerState.PUBLISHED and not stays
    if taken:
        # First, or the page would stand for one statement without its right, which the database refuses.
        withdraw(prisoner, source.title, actor=actor)
    for name, value in after.items():
        setattr(prisoner, name, value)
    if record_facts(Subject("prisoner", prisoner.id, prisoner=prisoner.id), before, after, source, actor=actor):
        audit.record("prisoner.publicity", actor=actor, about=f"prisoner:{prisoner.id}", reason=draft.publicity.value)
    session.flush()
    return taken


def _publish(prisoner: Prisoner, actor: uuid.UUID | None) -> None:
    if actor is not None and actor == prisoner.author_id:
        raise OwnWork(N_("You wrote or submitted this; somebody else publishes it."))
    prisoner.publisher_id = actor
    prisoner.published_on = prisoner.published_on or clock.today()
    prisoner.withdrawn_on = None
    forget_withdrawal(prisoner.id)
    prisoner.changed_on = clock.today()


def _enter(prisoner: Prisoner, state: PrisonerState, actor: uuid.UUID | None, reason: str) -> None:
    prisoner.state = state
    prisoner.edited_at = clock.now()
    session.flush()
    audit.record(f"prisoner.{state.value}", actor=actor, about=f"prisoner:{prisoner.id}", reason=reason)
