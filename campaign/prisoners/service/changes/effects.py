"""What each kind of act writes, under the lock that the act holds. Raises BadSituation with the field that is wrong."""

import uuid
from collections.abc import Callable

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.prisoners.models import (
    Certainty,
    ChangeKind,
    Facility,
    FacilityKind,
    Liberty,
    ReleaseReason,
)
from campaign.prisoners.queries.situation import list_statuses
from campaign.prisoners.service.cases import BadCase
from campaign.prisoners.service.changes import court
from campaign.prisoners.service.changes.draft import ChangeDraft
from campaign.prisoners.service.custody import StayDraft, record_stay
from campaign.prisoners.service.facts import Source
from campaign.prisoners.service.liberty import EndDraft, end_imprisonment, set_status
from campaign.prisoners.service.situation import (
    BadSituation,
    Incomplete,
)

ON_THE_WAY = frozenset({Liberty.IN_TRANSIT, Liberty.WHEREABOUTS_UNKNOWN})
SERVING = frozenset(
    {Liberty.SERVING_COLONY, Liberty.SERVING_PRISON, Liberty.SERVING_SETTLEMENT, Liberty.FORCED_LABOUR_CENTRE}
)
_STATUS_IN: dict[str, Liberty] = {
    FacilityKind.IVS: Liberty.DETAINED_48H,
    FacilityKind.SPECIAL_RECEPTION: Liberty.DETAINED_48H,
    FacilityKind.SIZO: Liberty.PRETRIAL_CUSTODY,
    FacilityKind.FSB_SIZO: Liberty.PRETRIAL_CUSTODY,
    FacilityKind.PFRSI: Liberty.PRETRIAL_CUSTODY,
    FacilityKind.TRANSIT_POINT: Liberty.IN_TRANSIT,
    FacilityKind.COLONY_SETTLEMENT: Liberty.SERVING_SETTLEMENT,
    FacilityKind.IK_GENERAL: Liberty.SERVING_COLONY,
    FacilityKind.IK_STRICT: Liberty.SERVING_COLONY,
    FacilityKind.IK_SPECIAL: Liberty.SERVING_COLONY,
    FacilityKind.WOMEN_IK: Liberty.SERVING_COLONY,
    FacilityKind.JUVENILE_VK: Liberty.SERVING_COLONY,
    FacilityKind.PRISON_T: Liberty.SERVING_PRISON,
    FacilityKind.MEDICAL: Liberty.PRISON_HOSPITAL,
    FacilityKind.TB_HOSPITAL: Liberty.PRISON_HOSPITAL,
    FacilityKind.PSYCH_HOSPITAL: Liberty.PSYCHIATRIC_HOSPITAL,
    FacilityKind.FORCED_LABOUR: Liberty.FORCED_LABOUR_CENTRE,
}
Effect = Callable[[uuid.UUID, ChangeDraft, Source, uuid.UUID | None], None]


def take_effect(prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, *, actor: uuid.UUID | None) -> None:
    """Write what the act says into stays, statuses, imprisonments, cases, sentences and hearings, with its source."""
    try:
        _EFFECTS[draft.kind](prisoner_id, draft, source, actor)
    except BadSituation as refusal:
        raise type(refusal)(_FIELDS.get(refusal.field, refusal.field), refusal.message) from refusal
    except BadCase as refusal:
        raise BadSituation(_FIELDS.get(refusal.field, refusal.field), refusal.message) from refusal


# Whatever a service calls what it writes, the form has one field for the day of the act.
_FIELDS = {
    **dict.fromkeys(("from_on", "since_on", "ended_on", "until_on", "decided_on", "held_on"), "happened_on"),
    "term_months": "term_years", "name_en": "case_name", "status": "happened_on",
}  # fmt: skip


def status_in(facility: Facility, prisoner_id: uuid.UUID) -> Liberty | None:
    """The status that a place suggests; None where nothing suggests one.

    A convict stays one in a remand prison, where trials bring many back; and a place of unknown kind changes nothing
    but ends being on the way.
    """
    held = next((each.status for each in list_statuses(prisoner_id) if each.status not in ON_THE_WAY), None)
    suggested = _STATUS_IN.get(facility.kind)
    if suggested is Liberty.PRETRIAL_CUSTODY and held in SERVING:
        return Liberty(held)
    return suggested or (Liberty(held) if held else None)


def _transfer(prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, actor: uuid.UUID | None) -> None:
    facility = session.get(Facility, draft.facility_id) if draft.facility_id else None
    if facility is None:
        raise Incomplete("facility", N_("Say in which facility."))
    stay = StayDraft(draft.certainty, draft.happened_on, facility.id, draft.evidence, draft.precision)
    begun = record_stay(prisoner_id, stay, source, actor=actor)
    status = draft.status or status_in(facility, prisoner_id)
    if status is not None:
        set_status(prisoner_id, status, begun.from_on, source, actor=actor, precision=draft.precision)


def _lose(certainty: Certainty, status: Liberty) -> Effect:
    def effect(prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, actor: uuid.UUID | None) -> None:
        stay = StayDraft(certainty, draft.happened_on, None, draft.evidence, draft.precision)
        begun = record_stay(prisoner_id, stay, source, actor=actor)
        set_status(prisoner_id, status, begun.from_on, source, actor=actor, precision=draft.precision)

    return effect


def _release(prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, actor: uuid.UUID | None) -> None:
    if draft.reason in {None, ReleaseReason.DEATH, ReleaseReason.EXCHANGE}:
        raise Incomplete("reason", N_("Say why the person was released."))
    _end(prisoner_id, draft, draft.reason or ReleaseReason.OTHER, source, actor)


def _exchange(prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, actor: uuid.UUID | None) -> None:
    _end(prisoner_id, draft, ReleaseReason.EXCHANGE, source, actor)


def _die(prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, actor: uuid.UUID | None) -> None:
    _end(prisoner_id, draft, ReleaseReason.DEATH, source, actor)


def _end(
    prisoner_id: uuid.UUID, draft: ChangeDraft, reason: ReleaseReason, source: Source, actor: uuid.UUID | None
) -> None:
    end = EndDraft(draft.happened_on, reason, draft.precision, draft.death_kind)
    end_imprisonment(prisoner_id, end, source, actor=actor)


def _nothing(_prisoner_id: uuid.UUID, _draft: ChangeDraft, _source: Source, _actor: uuid.UUID | None) -> None:
    """What did not happen leaves things as they were before it was reported."""


_EFFECTS: dict[ChangeKind, Effect] = {
    ChangeKind.TRANSFERRED: _transfer,
    ChangeKind.IN_TRANSIT: _lose(Certainty.IN_TRANSIT, Liberty.IN_TRANSIT),
    ChangeKind.WHEREABOUTS_UNKNOWN: _lose(Certainty.UNKNOWN, Liberty.WHEREABOUTS_UNKNOWN),
    ChangeKind.RELEASED: _release,
    ChangeKind.EXCHANGED: _exchange,
    ChangeKind.DIED: _die,
    ChangeKind.SENTENCED: court.sentence,
    ChangeKind.HEARING_SET: court.hear,
    ChangeKind.DID_NOT_HAPPEN: _nothing,
}
