"""What signatures add to the rest: how their mails are made, and what is forgotten when."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy import Uuid, null, select, type_coerce

from campaign.kernel.actors import Actor
from campaign.kernel.arrivals import ActionKind, action_kinds
from campaign.kernel.errors import N_
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
from campaign.people.queries.conditions import consent_about, days_of_consent
from campaign.people.queries.occasions import agreed_about
from campaign.people.queries.person_page import list_consents
from campaign.petitions.queries import get_petition, list_titles
from campaign.signatures import mails, queries
from campaign.signatures.mails import petitions_by_id
from campaign.signatures.models import SignatureDay
from campaign.signatures.policy import can_export, can_moderate
from campaign.signatures.queries import count_totals, order_by_total, staff
from campaign.signatures.service import admit, count, expire, pack, restored
from campaign.signatures.service.confirm import CONFIRMED, UPDATES
from campaign.web.i18n import current_language


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
    mails.register()
    petition_totals.register("signatures", count_totals)
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
    petitions = petitions_by_id({each for each in counts if may(actor, each)})
    return [
        Need(
            title=f"{words}: {petition.text_in(current_language()).title}", count=counts[petition.id],
            url=url_for(endpoint, slug=petition.slug),
        )
        for petition in petitions.values()
    ]  # fmt: skip


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
