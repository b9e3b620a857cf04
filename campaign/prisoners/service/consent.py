"""What a person or a family agreed to: recorded with how we know, revoked at once, the page with it."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.crypto.vault import seal_to_vault
from campaign.kernel.crypto.vault_door import Box, vault_door
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.kernel.registry import consent_endings
from campaign.prisoners.models import (
    ConsentEvidence,
    ConsentGiver,
    ConsentKind,
    Prisoner,
    PrisonerConsent,
    PrisonerState,
)
from campaign.prisoners.service.publication import withdraw

TABLE, COLUMN = "prisoner_consent", "note_sealed"


class BadConsent(DomainError):
    """What was given cannot be; `field` names the place."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """A consent as the form gives it."""

    kind: ConsentKind
    given_by: ConsentGiver
    given_on: date
    evidence: ConsentEvidence
    note: str = ""
    """Names and circumstances; sealed to the vault, so nobody reads it here again without opening it."""


def record_consent(prisoner: Prisoner, draft: ConsentDraft, *, actor: uuid.UUID | None) -> PrisonerConsent:
    """Write down a consent; flushed. One to publicity becomes what the public page may rest on.

    Raises BadConsent for a day to come and where one of this kind holds already, and NoVault for a note that this
    installation cannot seal.
    """
    if draft.given_on > clock.today():
        raise BadConsent("given_on", N_("This day lies in the future."))
    if find_consent(prisoner.id, draft.kind) is not None:
        raise BadConsent("kind", N_("A consent of this kind holds already. Revoke it first, if it has changed."))
    row = uuid.uuid4()
    consent = PrisonerConsent(
        id=row, prisoner_id=prisoner.id, kind=draft.kind, given_by=draft.given_by, given_on=draft.given_on,
        evidence=draft.evidence, note_sealed=_seal(row, draft.note), recorded_by=actor, revoked_on=None,
        revoked_by=None,
    )  # fmt: skip
    session.add(consent)
    session.flush()
    if draft.kind is ConsentKind.PUBLICITY:
        prisoner.publicity_consent_id = consent.id
        session.flush()
    audit.record("consent.recorded", actor=actor, about=f"prisoner:{prisoner.id}", reason=draft.kind.value)
    return consent


def revoke_consent(prisoner: Prisoner, consent_id: uuid.UUID, *, actor: uuid.UUID | None) -> bool:
    """End a consent from today, and take the public page away when it rested on it; whether it did.

    In one transaction, so that nothing stands for a moment without its consent: what else rests on one of this kind
    goes through the registry. Revoking twice changes nothing. Raises
    NotFound.
    """
    consent = session.get(PrisonerConsent, consent_id, with_for_update=True)
    if consent is None or consent.prisoner_id != prisoner.id:
        raise NotFound
    if consent.revoked_on is not None:
        return False
    consent.revoked_on, consent.revoked_by = max(clock.today(), consent.given_on), actor
    audit.record("consent.revoked", actor=actor, about=f"prisoner:{prisoner.id}", reason=consent.kind)
    session.flush()
    for follow in consent_endings:
        follow(prisoner.id, consent.kind, actor)
    if prisoner.publicity_consent_id != consent.id:
        return False
    taken = prisoner.state == PrisonerState.PUBLISHED and not prisoner.is_public_figure
    if taken:
        withdraw(prisoner, "consent revoked", actor=actor)
    prisoner.publicity_consent_id = None
    session.flush()
    return taken


def find_consent(prisoner: uuid.UUID, kind: ConsentKind) -> PrisonerConsent | None:
    """The consent of a kind that holds, or None."""
    statement = select(PrisonerConsent).where(
        PrisonerConsent.prisoner_id == prisoner, PrisonerConsent.kind == kind, PrisonerConsent.revoked_on.is_(None)
    )
    return session.scalar(statement)


def box_of_note(consent: PrisonerConsent) -> Box:
    """What the open vault is asked for to read a consent's note."""
    return Box(TABLE, COLUMN, consent.id, consent.note_sealed or b"")


def _seal(row: uuid.UUID, note: str) -> bytes | None:
    return seal_to_vault(vault_door.public_key, note, table=TABLE, column=COLUMN, row=row) if note else None
