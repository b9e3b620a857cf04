"""The mails about signatures: what each is for, and how it is made when it leaves."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import UNSUBSCRIBE, AutomaticMail, Slot, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry_ladder import LadderStep, list_steps
from campaign.kernel.switches import Switch
from campaign.people.models import Consent
from campaign.people.queries.mail_wishes import select_paused, select_resting
from campaign.people.service.ladder.ask import addresses_of
from campaign.people.service.mail_links import token_of_petition
from campaign.petitions.models import Petition, petition_scope
from campaign.signatures.models import EMAIL, Signature, SignatureState
from campaign.signatures.service import thanks
from campaign.signatures.service.confirm import confirmation_token
from campaign.web.mailing import render_text, unsubscribe_slots, with_unsubscribe
from campaign.web.settings import absolute_url

SIGNED_RANK = 1
"""The rung of the ladder on which a signer stands."""
SIGNER, LINK = N_("the address that was given"), page_link("/confirm/example")
PETITION = Slot("petition", N_("the link to the petition's page"), "/l/abcdefgh", is_needed=False)
SENTENCE = N_("Would you write one letter to somebody who gets few? It takes half an hour, and we help with it:")
MAILS = (
    AutomaticMail(
        "signature.confirm", N_("Confirm a signature"), N_("Somebody signed a petition."), SIGNER, Why.ACT,
        (LINK, PETITION),
    ),
    AutomaticMail(
        "signature.remind", N_("Reminder to confirm a signature"),
        N_("Two days after signing, once, where nobody has confirmed."), SIGNER, Why.ACT, (LINK, PETITION),
    ),
    AutomaticMail(
        "signature.already", N_("Signed already"), N_("An address signs again that has confirmed."), SIGNER, Why.ACT,
        (LINK, PETITION),
    ),
    AutomaticMail(
        "signature.lookup", N_("How a signature stands"),
        N_("Somebody asked whether their address signed, and it did."), SIGNER, Why.ACT, (LINK, PETITION),
    ),
    AutomaticMail(
        "signature.lookup", N_("No signature found"),
        N_("Somebody asked whether their address signed, and it did not."), SIGNER, Why.ACT, (PETITION,),
        folder="signature_lookup_nothing",
    ),
    AutomaticMail(
        thanks.MAIL, N_("Thanks, with a next step"),
        N_("The day after a signature was confirmed, only where its news were asked for; one a day to one person."),
        N_("a signer who asked for news of the petition"), Why.CONSENT,
        (Slot("step", N_("the sentence that asks for the next step"), SENTENCE), page_link("/write"), UNSUBSCRIBE),
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    for kind in ("signature.confirm", "signature.remind"):
        mail_kinds.register(kind, MailKind(_Pending(kind.replace(".", "_")), switch=Switch.CONFIRM_MAIL))
    mail_kinds.register("signature.already", MailKind(_build_already, switch=Switch.CONFIRM_MAIL))
    mail_kinds.register("signature.lookup", MailKind(_build_lookup, switch=Switch.CONFIRM_MAIL))
    # A thanks whose fate is unknown waits for a person: twice is once too often.
    thanked = MailKind(build_thanks, switch=Switch.BULK_MAIL, resend_unknown=False, by_consent=True, counts=True)
    mail_kinds.register(thanks.MAIL, thanked)
    register_all(MAILS)


class _Pending:
    """Mails to signers who have not confirmed: the address stands on the signature."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pending) and other.message == self.message

    def __hash__(self) -> int:
        return hash(self.message)

    def __call__(self, claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
        signatures = _load(claims)
        petitions = _petitions(signatures.values())
        mails = {}
        for claim in claims:
            signature = signatures.get(claim.ref) if claim.ref else None
            if signature is None or signature.state != SignatureState.PENDING or signature.email_sealed is None:
                continue
            try:
                address = EMAIL.unseal(petition_scope(signature.petition_id), signature.id, signature.email_sealed)
            except CryptoError:
                continue  # the petition's keys are destroyed: there is nobody left to write to
            petition = petitions[signature.petition_id]
            mails[claim.id] = Mail(
                address, render_text(self.message, claim.language), _slots(petition, signature, claim.language)
            )
        return mails


def _build_already(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    signatures = _load(claims)
    petitions = _petitions(signatures.values())
    mails = {}
    for claim in claims:
        signature = signatures.get(claim.ref) if claim.ref else None
        if signature is None or signature.state != SignatureState.CONFIRMED:
            continue
        text = render_text("signature_already", claim.language)
        slots = _slots(petitions[signature.petition_id], signature, claim.language)
        mails[claim.id] = Mail(claim.recipient(), text, slots)
    return mails


def _build_lookup(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """The answer to a signer's own question, true for the moment it leaves."""
    signatures = _load(claims)
    petitions = petitions_by_id({_petition_of(claim) for claim in claims})
    mails = {}
    for claim in claims:
        petition = petitions.get(_petition_of(claim))
        signature = signatures.get(claim.ref) if claim.ref else None
        if petition is None:
            continue
        slots = {"petition": absolute_url(f"/l/{petition.alias}", claim.language)}
        if signature is not None and signature.state != SignatureState.WITHDRAWN:
            text, slots = render_text("signature_lookup", claim.language), _slots(petition, signature, claim.language)
        else:
            text = render_text("signature_lookup_nothing", claim.language)
        try:
            mails[claim.id] = Mail(claim.recipient(), text, slots)
        except CryptoError:
            continue  # the petition's keys are destroyed: there is nobody left to write to
    return mails


def _petition_of(claim: Claim) -> uuid.UUID:
    """The petition whose key seals the recipient."""
    return uuid.UUID((claim.recipient_scope or "").removeprefix("petition:"))


def _slots(petition: Petition, signature: Signature, language: str) -> dict[str, str]:
    # The petition goes by its alias: neither subject nor path names a prisoner (SAFETY.md 22).
    return {
        "link": absolute_url(f"/confirm/{confirmation_token(signature)}", language),
        "petition": absolute_url(f"/l/{petition.alias}", language),
    }


def _load(claims: Sequence[Claim]) -> dict[uuid.UUID, Signature]:
    ids = [claim.ref for claim in claims if claim.ref is not None]
    buckets = {ref.bytes[0] for ref in ids}
    statement = (
        select(Signature)
        .where(Signature.bucket.in_(buckets), Signature.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    return {signature.id: signature for signature in session.scalars(statement)}


def _petitions(signatures: Iterable[Signature]) -> dict[uuid.UUID, Petition]:
    return petitions_by_id({signature.petition_id for signature in signatures})


def petitions_by_id(wanted: set[uuid.UUID]) -> dict[uuid.UUID, Petition]:
    """Petitions with their texts."""
    statement = select(Petition).options(selectinload(Petition.texts)).where(Petition.id.in_(wanted))
    return {petition.id: petition for petition in session.scalars(statement)}


def build_thanks(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """By row; whoever has taken the consent back since, pauses, or wants to be asked for nothing gets none."""
    ids = {claim.ref for claim in claims if claim.ref}
    wanted = select(Consent).where(Consent.id.in_(ids), Consent.ended_on.is_(None))
    wanted = wanted.where(Consent.person_id.not_in(select_paused()), Consent.person_id.not_in(select_resting()))
    consents = {each.id: each for each in session.scalars(wanted.execution_options(populate_existing=True))}
    people = {each.person_id for each in consents.values()}
    try:
        addresses = addresses_of(people)
    except CryptoError:
        return {}  # the key is gone: there is nobody left to write to
    steps, mails = _next_steps(people), {}
    for claim in claims:
        consent = consents.get(claim.ref) if claim.ref else None
        step = steps.get(consent.person_id) if consent is not None else None
        if consent is None or step is None or consent.person_id not in addresses:
            continue
        with force_locale(claim.language):
            slots = {"step": _(step.mail), "link": absolute_url(step.path, claim.language)}
        slots |= unsubscribe_slots(token_of_petition(consent.id), claim.language)
        text = with_unsubscribe(render_text("signature_thanks", claim.language))
        mails[claim.id] = Mail(addresses[consent.person_id], text, slots)
    return mails


def _next_steps(people: Collection[uuid.UUID]) -> dict[uuid.UUID, LadderStep]:
    """The lowest step above signing that each has not taken; a statement a step. Who took all is thanked no more."""
    found: dict[uuid.UUID, LadderStep] = {}
    for step in list_steps():
        waiting = set(people) - set(found)
        if step.rank <= SIGNED_RANK or not waiting:
            continue
        done = step.done().subquery()
        took = set(session.scalars(select(done.c[0]).where(done.c[0].in_(waiting))))
        found |= dict.fromkeys(waiting - took, step)
    return found
