"""What signatures add to the rest: how their mails are made, and what is forgotten when."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy import Uuid, null, select, type_coerce
from sqlalchemy.orm import selectinload

from campaign.kernel.actors import Actor
from campaign.kernel.arrivals import ActionKind, action_kinds
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry import (
    Need,
    Panel,
    RetentionRule,
    Survivor,
    after_restore,
    dashboard_needs,
    petition_orders,
    petition_panels,
    petition_totals,
    retention_rules,
    survivors,
)
from campaign.kernel.registry_automations import AutomationTrigger, automation_triggers
from campaign.kernel.registry_ladder import LadderStep, ladder_steps
from campaign.kernel.registry_people import (
    DID,
    ConditionField,
    Happening,
    SegmentCondition,
    active_days,
    consent_subjects,
    people_timelines,
    segment_conditions,
)
from campaign.kernel.registry_reports import Doing, Rows, doings
from campaign.kernel.switches import Switch
from campaign.people.queries.conditions import consent_about, days_of_consent
from campaign.people.queries.occasions import agreed_about
from campaign.people.queries.person_page import list_consents
from campaign.petitions.models import Petition, petition_scope
from campaign.petitions.queries import get_petition, list_titles
from campaign.signatures import queries
from campaign.signatures.models import EMAIL, Signature, SignatureDay, SignatureState
from campaign.signatures.policy import can_export, can_moderate
from campaign.signatures.queries import count_totals, order_by_total, staff
from campaign.signatures.service import admit, count, expire, pack, restored
from campaign.signatures.service.confirm import CONFIRMED, UPDATES, confirmation_token
from campaign.web.i18n import current_language
from campaign.web.mailing import render_text
from campaign.web.settings import absolute_url


def _titles() -> Sequence[tuple[str, str]]:
    return [(str(petition), title) for petition, title in list_titles(current_language())]


def _title_in(values: Mapping[str, Any]) -> str:
    petition = uuid.UUID(values["petition"])
    return dict(list_titles(current_language(), frozenset({petition}))).get(petition, str(_("one that is gone")))


# Not through the signature itself: who signed and asked for nothing is no person here (SAFETY.md 8).
SIGNED = SegmentCondition(
    "signed", N_("Signed a petition and asked for its news"),
    (ConditionField("petition", N_("Petition"), "choice", _titles),),
    lambda values: consent_about(UPDATES, uuid.UUID(values["petition"])),
    lambda values: str(_("signed “%(petition)s” and asked for its news", petition=_title_in(values))),
    lambda values: str(_("did not sign “%(petition)s” and ask for its news", petition=_title_in(values))), DID,
)  # fmt: skip


SIGN = LadderStep(
    "sign", 1, N_("Signed a petition"), N_("Sign a petition"),
    N_("Would you put your name under a petition? You can read each first, and stay unnamed:"), "/petitions",
    lambda: days_of_consent(UPDATES),
)  # fmt: skip


def signed_by_day() -> Rows:
    """Confirmed signatures; whose they are is nobody's to say."""
    return select(type_coerce(null(), Uuid), SignatureDay.day, SignatureDay.count)


def _signing(values: Mapping[str, Any]) -> str:
    if values["petition"] is None:
        return str(_("signs a petition and asks for its news"))
    return str(_("signs “%(petition)s” and asks for its news", petition=_title_in(values)))


SIGNS = AutomationTrigger(
    "signed", N_("Signed a petition and asked for its news"),
    (ConditionField("petition", N_("Petition (empty: any)"), "choice", _titles, is_needed=False),),
    lambda values, since: agreed_about(UPDATES, uuid.UUID(values["petition"]) if values["petition"] else None, since),
    _signing,
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    ladder_steps.register(SIGN.name, SIGN)
    action_kinds.register(CONFIRMED, ActionKind(N_("Signatures confirmed"), 10))
    action_kinds.register(expire.UNCONFIRMED, ActionKind(N_("Signatures not confirmed"), 20, is_done=False))
    segment_conditions.register(SIGNED.name, SIGNED)
    doings.register("signed", Doing(N_("Signatures"), signed_by_day, is_theirs=False, names_people=False, rank=80))
    automation_triggers.register(SIGNS.name, SIGNS)
    for kind, message in (
        ("signature.confirm", "signature_confirm"),
        ("signature.remind", "signature_remind"),
    ):
        mail_kinds.register(kind, MailKind(_Pending(message), switch=Switch.CONFIRM_MAIL))
    mail_kinds.register("signature.already", MailKind(_build_already, switch=Switch.CONFIRM_MAIL))
    petition_totals.register("signatures", count_totals)
    mail_kinds.register("signature.lookup", MailKind(_build_lookup, switch=Switch.CONFIRM_MAIL))
    dashboard_needs.register("signatures-quarantined", quarantined)
    dashboard_needs.register("signatures-exports", waiting_exports)
    petition_orders.register("signatures", order_by_total)
    petition_panels.register("signatures", petition_panel)
    consent_subjects.register(UPDATES, titles_of)
    people_timelines.register("signatures", list_signed)
    active_days.register("signatures", signed_days)
    for rule in (
        RetentionRule(
            "signatures-unconfirmed", expire.UNCONFIRMED_DAYS, expire.delete_unconfirmed,
            N_("A signature that was not confirmed: deleted after 7 days."),
        ),
        RetentionRule(
            "spent-proofs", 1, admit.forget_spent,
            N_("That a proof against floods was used, without whose it was: deleted after a day."),
        ),
        RetentionRule(
            "petition-keys", 30, expire.destroy_due_keys,
            N_("What signers of a petition gave: its keys are destroyed 30 days after it closes."),
        ),
        RetentionRule(
            "delivery-packs", pack.KEPT_DAYS, pack.delete_old_packs,
            N_("A file made to hand a petition in with: deleted after 7 days. It holds public names and counts only."),
        ),
    ):  # fmt: skip
        retention_rules.register(rule.name, rule)
    petition_is_there = "EXISTS (SELECT FROM public.petition WHERE petition.id = kept.petition_id)"
    survivors.register(
        "signature_block", Survivor("signature_block", ("petition_id", "address_index"), petition_is_there)
    )
    survivors.register("canary", Survivor("canary", ("address_index",)))
    # The list it stands in was carried away all the same.
    survivors.register("canary", Survivor("canary", ("address_index",)))
    survivors.register("public_name", Survivor("public_name", ("id",), petition_is_there))
    after_restore.register("signatures", restored.set_right)


def petition_panel(petition_id: uuid.UUID) -> Panel:
    """The count and how many chose to be named; and where the work on them is done."""
    petition = get_petition(petition_id)
    links = [(_("Totals, quarantine, exports"), url_for("signature_desk.show_totals", slug=petition.slug))]
    if petition.state in pack.ENDED:
        links.append((_("Delivery packs"), url_for("signatures_staff.show_packs", petition_id=petition_id)))
    return Panel(
        title=_("Signatures"),
        facts=[
            (_("Confirmed"), format_decimal(count.count_confirmed(petition_id))),
            (_("Chose to be named"), format_decimal(queries.count_shown_names(petition_id))),
        ],
        links=links,
    )


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
    petitions = _petitions_by_id({_petition_of(claim) for claim in claims})
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


def quarantined(actor: Actor) -> list[Need]:
    """Petitions with signatures in quarantine: they are deleted unread after a week."""
    return _needs(actor, staff.count_quarantined(), "signature_desk.show_quarantine", can_moderate, _("in quarantine"))


def waiting_exports(actor: Actor) -> list[Need]:
    """Exports that somebody else asked for."""
    counts = staff.count_waiting_exports(actor.id)
    return _needs(actor, counts, "signature_desk.show_exports", can_export, _("exports wait for you"))


def _needs(
    actor: Actor, counts: Mapping[uuid.UUID, int], endpoint: str, may: Callable[[Actor, uuid.UUID], bool], words: str
) -> list[Need]:
    petitions = _petitions_by_id({each for each in counts if may(actor, each)})
    return [
        Need(
            title=f"{words}: {petition.text_in(current_language()).title}", count=counts[petition.id],
            url=url_for(endpoint, slug=petition.slug),
        )
        for petition in petitions.values()
    ]  # fmt: skip


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
    return _petitions_by_id({signature.petition_id for signature in signatures})


def _petitions_by_id(wanted: set[uuid.UUID]) -> dict[uuid.UUID, Petition]:
    statement = select(Petition).options(selectinload(Petition.texts)).where(Petition.id.in_(wanted))
    return {petition.id: petition for petition in session.scalars(statement)}


def titles_of(petitions: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """What the petitions are called about which somebody wants to hear."""
    return dict(list_titles(current_language(), petitions))


def signed_days() -> Any:
    """On which days people signed and asked for news; no other signature leads to a person (SAFETY.md 8)."""
    return days_of_consent(UPDATES)


def list_signed(person_id: uuid.UUID) -> Sequence[Happening]:
    """What somebody signed, as far as they wanted to hear of it: only that consent joins a signature and a person."""
    found = [
        (each.subject, each.given_on)
        for each in list_consents(person_id)
        if each.purpose == UPDATES and each.subject is not None
    ]
    titles = titles_of(frozenset(subject for subject, _day in found)) if found else {}
    return [
        Happening(day, "signed", _("Signed “%(title)s”", title=titles[subject]))
        for subject, day in found
        if subject in titles
    ]
