"""What a signer does with the link in the mail: confirm, say it was not them, withdraw.

Each takes the row's lock first, so that two clicks at once do one thing once.
"""

import uuid
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock, tokens
from campaign.kernel.arrivals import note_action
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.mail import suppression
from campaign.kernel.mail.suppression import SuppressionReason
from campaign.partners.service.optins import withdraw_optins
from campaign.people.models import PETITION_NEWS
from campaign.people.service import end_consent, record_consent
from campaign.petitions.models import PetitionState, petition_scope
from campaign.petitions.queries import get_petition
from campaign.signatures.models import EMAIL, Signature, SignatureBlock, SignatureState, Visibility
from campaign.signatures.service.count import append_delta
from campaign.signatures.service.passing_on import pass_on
from campaign.signatures.service.thanks import owe_thanks

PURPOSE = "confirm"
UPDATES = PETITION_NEWS
CONFIRMED = "confirmed"
"""Among what readers of mailings do."""


class Outcome(StrEnum):
    """What a link leads to now."""

    CONFIRMABLE = "confirmable"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    NOT_ME = "not_me"
    CLOSED = "closed"
    SET_ASIDE = "set_aside"


def confirmation_token(signature: Signature) -> str:
    """The token of a signature's link; it lives as long as the signature."""
    scope = petition_scope(signature.petition_id)
    return tokens.derive(scope, PURPOSE, signature.id, version=signature.token_version, expires_on=None)


def find_by_token(token: str, *, lock: bool = False) -> Signature | None:
    """The signature a link belongs to, or None when it is gone or the link was never ours.

    Raises tokens.BadToken for a forged link. With `lock` the row is locked for the open transaction.
    """
    claim = tokens.parse(token)
    statement = select(Signature).where(Signature.bucket == claim.row.bytes[0], Signature.id == claim.row)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    signature = session.scalar(statement)
    if signature is not None:
        scope = petition_scope(signature.petition_id)
        tokens.verify(claim, scope, PURPOSE, version=signature.token_version, today=clock.today())
    return signature


def outcome_of(signature: Signature) -> Outcome:
    """What the page behind the link offers."""
    if signature.state == SignatureState.PENDING:
        is_open = get_petition(signature.petition_id).state == PetitionState.OPEN
        return Outcome.CONFIRMABLE if is_open else Outcome.CLOSED
    if signature.state == SignatureState.INVALIDATED:
        return Outcome.SET_ASIDE
    return Outcome.CONFIRMED if signature.state == SignatureState.CONFIRMED else Outcome.WITHDRAWN


def confirm_signature(token: str, *, passes_on: bool = True) -> uuid.UUID:
    """Confirm and count a signature, erase its address, and keep the consent to updates if it was given.

    What partners were ticked gets sealed to each of them, unless not `passes_on`: then nothing of it is kept.

    Doing it twice changes nothing more. Gives the petition's id. Raises NotFound when the signature is gone.
    """
    signature = _locked(token)
    if outcome_of(signature) is Outcome.CONFIRMABLE:
        if signature.wants_updates:
            _keep_consent(signature)
        if passes_on:
            pass_on(signature)
        signature.state = SignatureState.CONFIRMED
        signature.confirmed_on = clock.today()
        signature.is_quarantined = False
        code = signature.arrived_by
        _minimise(signature)
        append_delta(signature, +1)
        session.flush()
        note_action(code, CONFIRMED)
    return signature.petition_id


def reject_signature(token: str, *, never_again: bool) -> uuid.UUID:
    """ "That was not me": delete the row and block the address for this petition.

    With `never_again` the address is suppressed everywhere, which is possible while it is still stored.
    Gives the petition's id. Raises NotFound when the signature is gone.
    """
    signature = _locked(token)
    if never_again and signature.email_sealed is not None:
        suppression.suppress(_address(signature), SuppressionReason.ASKED)
    block = insert(SignatureBlock).values(
        petition_id=signature.petition_id, address_index=signature.address_index, since_on=clock.today()
    )
    session.execute(block.on_conflict_do_nothing())
    if signature.state == SignatureState.CONFIRMED:
        append_delta(signature, -1)
    withdraw_optins(signature.petition_id, signature.id)
    session.execute(delete(Signature).where(Signature.bucket == signature.bucket, Signature.id == signature.id))
    return signature.petition_id


def withdraw_signature(token: str, *, address: str | None = None) -> uuid.UUID:
    """Take a confirmed signature back and stop counting it; a pending one is deleted. Safe to repeat.

    One that was set aside is withdrawn too, so that undoing that does not bring it back. Gives the petition's id.
    Raises NotFound when the signature is gone.
    """
    signature = _locked(token)
    if signature.state == SignatureState.PENDING:
        session.execute(delete(Signature).where(Signature.bucket == signature.bucket, Signature.id == signature.id))
    elif signature.state in {SignatureState.CONFIRMED, SignatureState.INVALIDATED}:
        if signature.state == SignatureState.CONFIRMED:
            append_delta(signature, -1)
        signature.state = SignatureState.WITHDRAWN
        signature.email_sealed, signature.name_sealed, signature.optins_sealed = None, None, None
        signature.visibility = Visibility.COUNT
        session.flush()
        withdraw_optins(signature.petition_id, signature.id)
    if address is not None:
        end_consent(address, purpose=UPDATES, subject=signature.petition_id)
    return signature.petition_id


def withdraw_from_partner(token: str, partner: uuid.UUID) -> uuid.UUID:
    """Take back what one partner alone was let know; the signature stands. Safe to repeat.

    Gives the petition's id. Raises NotFound when the signature is gone.
    """
    signature = _locked(token)
    withdraw_optins(signature.petition_id, signature.id, only=partner)
    return signature.petition_id


def _locked(token: str) -> Signature:
    signature = find_by_token(token, lock=True)
    if signature is None:
        raise NotFound
    return signature


def _address(signature: Signature) -> str:
    if signature.email_sealed is None:
        raise NotFound
    return EMAIL.unseal(petition_scope(signature.petition_id), signature.id, signature.email_sealed)


def _keep_consent(signature: Signature) -> None:
    person = record_consent(
        _address(signature), purpose=UPDATES, subject=signature.petition_id,
        text_version=signature.consent_version or "", language=signature.language, country=signature.country,
    )  # fmt: skip
    owe_thanks(person, signature.petition_id, signature.language)


def _minimise(signature: Signature) -> None:
    """Erase what is no longer needed (SAFETY.md 4): address, ticks, how they came, and a name not to be shown."""
    signature.email_sealed = None
    signature.optins_sealed = None
    signature.wants_updates = False
    signature.arrived_by = None
    if signature.visibility == Visibility.COUNT:
        signature.name_sealed = None
