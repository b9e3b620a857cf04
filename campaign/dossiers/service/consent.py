"""Who agreed that a dossier is submitted. Without one that holds nothing is released; a withdrawn one stops it."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.dossiers.models import (
    CONSENT_NOTE,
    EDITABLE,
    SCOPE,
    ConsentFrom,
    ConsentProof,
    Dossier,
    DossierConsent,
    DossierState,
    Step,
)
from campaign.dossiers.queries.dossiers import find_consent
from campaign.dossiers.service.moves import BadDossier, NotThatStep, lock, move, record
from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_

LONGEST_NOTE = 2_000


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """What staff write down of a consent."""

    given_by: ConsentFrom
    given_on: date
    proof: ConsentProof
    note: str = ""


def record_consent(dossier_id: uuid.UUID, draft: ConsentDraft, *, actor: uuid.UUID) -> DossierConsent:
    """Write it down; one that held before is replaced by it. Raises NotFound, BadDossier, NotThatStep once closed."""
    dossier = lock(dossier_id)
    if dossier.state == DossierState.CLOSED:
        raise NotThatStep(N_("This dossier is closed."))
    if draft.given_on > clock.today():
        raise BadDossier(N_("This day lies in the future."))
    if not draft.note.strip():
        raise BadDossier(N_("Say who agreed to what, and to whom: it is sealed."))
    before = find_consent(dossier_id)
    if before is not None:
        before.withdrawn_on, before.withdrawn_by = max(clock.today(), before.given_on), actor
        session.flush()
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    made = DossierConsent(
        id=row, dossier_id=dossier_id, given_by=draft.given_by, given_on=draft.given_on, proof=draft.proof,
        note_sealed=CONSENT_NOTE.seal(SCOPE, row, draft.note.strip()[:LONGEST_NOTE]), recorded_by=actor,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(dossier, Step.CONSENT_RECORDED, actor=actor)
    return made


def withdraw_consent(dossier_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """They do not agree any more: it is a draft again, or, once it was sent, nothing of it is told any more. Twice is
    once. Raises NotFound."""
    _withdraw(lock(dossier_id), actor)


def withdraw_of_person(prisoner_id: uuid.UUID, actor: uuid.UUID | None) -> int:
    """The same for every dossier of somebody who does not agree to appeals any more; gives how many."""
    mine = select(Dossier).where(Dossier.prisoner_id == prisoner_id, Dossier.state != DossierState.CLOSED)
    found = session.scalars(mine.order_by(Dossier.id).with_for_update()).all()
    return sum(_withdraw(each, actor) for each in found)


def open_note(consent: DossierConsent) -> str:
    """Names and circumstances; the caller has put the look on record."""
    return CONSENT_NOTE.unseal(SCOPE, consent.id, consent.note_sealed) if consent.note_sealed else ""


def _withdraw(dossier: Dossier, actor: uuid.UUID | None) -> bool:
    holds = find_consent(dossier.id)
    if holds is None:
        return False
    holds.withdrawn_on, holds.withdrawn_by = max(clock.today(), holds.given_on), actor
    dossier.filing_shown_on = dossier.outcome_shown_on = None
    session.flush()
    if dossier.state in EDITABLE and dossier.state != DossierState.DRAFT:
        move(dossier, DossierState.DRAFT, Step.CONSENT_WITHDRAWN, actor=actor)
    else:
        record(dossier, Step.CONSENT_WITHDRAWN, actor=actor)
    return True
