"""Letting go: reminders, unconfirmed signatures after a week, and a petition's keys after its close."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import Integer, cast, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit
from campaign.kernel.arrivals import note_action
from campaign.kernel.crypto.errors import KeyDestroyed
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.partners.service.optins import forget_petition
from campaign.people.service import end_consents
from campaign.petitions.models import Petition, PetitionState, petition_scope
from campaign.signatures.models import NAME, PublicName, Signature, SignatureState, Visibility

REMIND_AFTER = timedelta(days=2)
UNCONFIRMED_DAYS = 7
BATCH = 500
UNCONFIRMED = "unconfirmed"
"""What readers of mailings began and left; beside those who confirmed it tells how many signed."""
# Set aside before they were confirmed: they keep their address for an undo, and no longer than the unconfirmed ones.
SET_ASIDE_UNCONFIRMED = (Signature.state == SignatureState.INVALIDATED, Signature.email_sealed.is_not(None))


def queue_reminders(today: date) -> int:
    """Owe one reminder to each signer who has not confirmed for two days; gives how many.

    Safe to repeat: the day is noted on the signature, and the mail row's key is unique.
    """
    statement = (
        select(Signature)
        .join(Petition, Petition.id == Signature.petition_id)
        .where(
            Signature.state == SignatureState.PENDING,
            Signature.is_quarantined.is_(False),
            Signature.signed_on <= today - REMIND_AFTER,
            Signature.reminded_on.is_(None),
            Petition.state == PetitionState.OPEN,
        )
        .limit(BATCH)
        .with_for_update(of=Signature, skip_locked=True)
    )
    signatures = session.scalars(statement).all()
    for signature in signatures:
        signature.reminded_on = today
        scope = petition_scope(signature.petition_id)
        key = dedupe_key(scope, "remind", signature.id.bytes)
        queue_mail("signature.remind", lane=Lane.FAST, language=signature.language, dedupe=key, ref=signature.id)
    session.flush()
    return len(signatures)


def delete_unconfirmed(today: date) -> int:
    """Delete signatures that nobody confirmed within seven days; gives how many."""
    oldest = today - timedelta(days=UNCONFIRMED_DAYS)
    pending = delete(Signature).where(Signature.state == SignatureState.PENDING, Signature.signed_on <= oldest)
    aside = delete(Signature).where(*SET_ASIDE_UNCONFIRMED, Signature.signed_on <= oldest)
    gone = session.scalars(pending.returning(Signature.arrived_by)).all()
    for code, amount in sorted(Counter(code for code in gone if code is not None).items()):
        note_action(code, UNCONFIRMED, amount)
    return len(gone) + len(session.execute(aside.returning(Signature.id)).all())


def destroy_due_keys(today: date) -> int:
    """Destroy the keys of petitions whose days after closing are over (SAFETY.md 7); gives how many."""
    statement = select(Petition).where(
        Petition.keys_destroyed_on.is_(None),
        (Petition.state == PetitionState.ARCHIVED) | (Petition.closed_on + cast(Petition.keys_days, Integer) <= today),
    )
    petitions = session.scalars(statement).all()
    for petition in petitions:
        destroy_keys(petition, today)
    return len(petitions)


def destroy_keys(petition: Petition, today: date) -> None:
    """Shred what a petition's signers gave. Names that are shown stay, in clear; nothing else can be read again.

    The keys go before the commit: should it fail, the next run finds the petition again and ends in the same state.
    """
    _keep_public_names(petition)
    session.execute(
        delete(Signature).where(Signature.petition_id == petition.id, Signature.state == SignatureState.PENDING)
    )
    session.execute(delete(Signature).where(Signature.petition_id == petition.id, *SET_ASIDE_UNCONFIRMED))
    session.execute(update(Signature).where(Signature.petition_id == petition.id).values(name_sealed=None))
    end_consents(petition.id)
    forget_petition(petition.id)
    petition.keys_destroyed_on = today
    session.flush()
    audit.record("petition.keys_destroyed", about=f"petition:{petition.id}")
    keyring.destroy(petition.scope)


def _keep_public_names(petition: Petition) -> None:
    statement = select(Signature).where(
        Signature.petition_id == petition.id,
        Signature.state == SignatureState.CONFIRMED,
        Signature.visibility != Visibility.COUNT,
        Signature.name_sealed.is_not(None),
    )
    try:
        for signature in session.scalars(statement.execution_options(yield_per=500)):
            name = NAME.unseal(petition.scope, signature.id, signature.name_sealed or b"")
            session.execute(
                insert(PublicName).values(id=signature.id, petition_id=petition.id, name=name).on_conflict_do_nothing()
            )
    except KeyDestroyed:
        return  # a run before this one destroyed the keys and failed to commit
