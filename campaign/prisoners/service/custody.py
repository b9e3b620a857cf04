"""Stays: where somebody is held, how surely that is known and from what, from a day until another.

Every function takes the lock on the person's row first. Confirmed stays never overlap; one stay at most has no end.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.prisoners.models import LOCATED, Certainty, Custody, Episode, Evidence, Facility, Precision
from campaign.prisoners.queries.situation import (
    find_current_status,
    find_current_stay,
    get_stay,
    is_over,
    list_episodes,
    situation_stamp,
)
from campaign.prisoners.service.facts import Source, Subject, record_facts
from campaign.prisoners.service.situation import (
    AlreadyReleased,
    AlreadySo,
    BeforeArrest,
    BeforeStay,
    EndsBeforeStart,
    Incomplete,
    check_not_future,
    flushed,
    lock_prisoner,
    period_of,
    settle,
)

_FIELDS = ("facility_id", "certainty", "evidence", "from_on", "from_precision", "until_on", "verified_on")


@dataclass(frozen=True, slots=True)
class StayDraft:
    """A stay as a form or an import gives it. Without `until_on` it is the present one."""

    certainty: Certainty
    from_on: date
    facility_id: uuid.UUID | None = None
    evidence: Evidence | None = None
    from_precision: Precision = Precision.DAY
    until_on: date | None = None
    verified_on: date | None = None
    """The day up to which it is known to hold; without one, the day on which the source was read."""


def record_stay(prisoner_id: uuid.UUID, draft: StayDraft, source: Source, *, actor: uuid.UUID | None) -> Custody:
    """Write down a stay; one without an end takes the place of the present one, which ends on the day it begins.

    Raises AlreadyReleased for a present stay of somebody free, AlreadySo for the place where they are already,
    BeforeArrest, BeforeStay, OverlapsStay, EndsBeforeStart, InFuture, Incomplete.
    """
    lock_prisoner(prisoner_id)
    draft = _checked(draft)
    present = find_current_stay(prisoner_id)
    if draft.until_on is None:
        draft = _take_over(prisoner_id, draft, present, source, actor)
    episode = _episode_of(prisoner_id, draft)
    draft = (
        replace(draft, from_on=settle(draft.from_on, draft.from_precision, episode.arrested_on)) if episode else draft
    )
    stay = Custody(id=uuid.uuid4(), prisoner_id=prisoner_id, episode_id=episode.id if episode else None)
    _fill(stay, draft, source, actor)
    with flushed():
        session.add(stay)
    record_facts(_subject(stay), {}, facts_of(stay), source, actor=actor)
    audit.record("custody.recorded", actor=actor, about=f"custody:{stay.id}")
    return stay


def correct_stay(
    prisoner_id: uuid.UUID, stay_id: uuid.UUID, draft: StayDraft, source: Source, *, seen: str,
    actor: uuid.UUID | None,
) -> int:  # fmt: skip
    """Change what is written of a stay; gives how many fields differ now.

    `seen` is the situation's stamp that the editor saw. Raises Conflict where it has changed since, AlreadyReleased
    where the present stay of somebody free would be without an end, and what `record_stay` raises.
    """
    lock_prisoner(prisoner_id)
    if situation_stamp(prisoner_id) != seen:
        raise Conflict(N_("Someone else changed this meanwhile. Look at it again before you go on."))
    draft = _checked(draft)
    stay = get_stay(prisoner_id, stay_id)
    if draft.until_on is None and stay.until_on is not None and is_over(find_current_status(prisoner_id)):
        raise AlreadyReleased("until_on", N_("This person is free, as far as we know, so the stay has an end."))
    episode = _episode_of(prisoner_id, draft)
    before = facts_of(stay)
    with flushed():
        stay.episode_id = episode.id if episode else None
        _fill(stay, draft, source, actor)
    changed = record_facts(_subject(stay), before, facts_of(stay), source, actor=actor)
    if changed:
        audit.record("custody.corrected", actor=actor, about=f"custody:{stay.id}", amount=changed)
    return changed


def verify_stay(prisoner_id: uuid.UUID, stay_id: uuid.UUID, source: Source, *, actor: uuid.UUID | None) -> Custody:
    """Say that a present stay still holds, on the day on which the source was read.

    Never moves the day back: an older source says nothing new. Raises NotFound, and AlreadySo for a stay that ended.
    """
    lock_prisoner(prisoner_id)
    stay = get_stay(prisoner_id, stay_id)
    if stay.until_on is not None:
        raise AlreadySo("verified_on", N_("This stay has ended."))
    day = max(stay.verified_on, source.retrieved_on or clock.today())
    check_not_future(day, "retrieved_on")
    before = facts_of(stay)
    stay.verified_on, stay.verified_by = day, actor
    session.flush()
    record_facts(_subject(stay), before, facts_of(stay), source, actor=actor)
    audit.record("custody.verified", actor=actor, about=f"custody:{stay.id}")
    return stay


def facts_of(stay: Custody) -> dict[str, object]:
    """What the history compares; the place as staff read it, not as a number."""
    facts = {name: getattr(stay, name) for name in _FIELDS if name != "facility_id"}
    facility = session.get(Facility, stay.facility_id) if stay.facility_id else None
    return {"facility": (facility.code or facility.name_ru) if facility else None, **facts}


def _checked(draft: StayDraft) -> StayDraft:
    draft = replace(draft, from_on=period_of(draft.from_on, draft.from_precision)[0])
    check_not_future(draft.from_on, "from_on")
    if draft.until_on is not None:
        check_not_future(draft.until_on, "until_on")
        if draft.until_on < draft.from_on:
            raise EndsBeforeStart("until_on", N_("The end lies before the beginning."))
    if draft.certainty in LOCATED and draft.facility_id is None:
        raise Incomplete("facility", N_("Say in which facility."))
    if draft.certainty not in LOCATED and draft.facility_id is not None:
        raise Incomplete("facility", N_("Somebody in transit, or whose place is unknown, is in no facility."))
    if draft.certainty is Certainty.CONFIRMED and draft.evidence is None:
        raise Incomplete("evidence", N_("Say what confirms it."))
    if draft.verified_on is not None:
        check_not_future(draft.verified_on, "verified_on")
    return draft


def _take_over(
    prisoner_id: uuid.UUID, draft: StayDraft, present: Custody | None, source: Source, actor: uuid.UUID | None
) -> StayDraft:
    """End the present stay on the day the new one begins."""
    episodes = list_episodes(prisoner_id)
    if is_over(find_current_status(prisoner_id)) or (episodes and all(each.ended_on for each in episodes)):
        raise AlreadyReleased("from_on", N_("This person is free, as far as we know. Record a new arrest first."))
    if present is None:
        return draft
    if (present.facility_id, present.certainty) == (draft.facility_id, draft.certainty):
        raise AlreadySo("facility", N_("That is where the person is already. Confirm the stay again instead."))
    begins = settle(draft.from_on, draft.from_precision, present.from_on)
    if begins < present.from_on:
        raise BeforeStay("from_on", N_("This day lies before the present stay began. Correct that stay first."))
    with flushed():
        present.until_on = begins
    record_facts(_subject(present), {"until_on": None}, {"until_on": begins}, source, actor=actor)
    return replace(draft, from_on=begins)


def _episode_of(prisoner_id: uuid.UUID, draft: StayDraft) -> Episode | None:
    """The imprisonment a stay belongs to; None where none is recorded at all."""
    episodes = list_episodes(prisoner_id)
    for episode in episodes:
        begins = settle(draft.from_on, draft.from_precision, episode.arrested_on)
        if begins >= episode.arrested_on and (episode.ended_on is None or begins <= episode.ended_on):
            if episode.ended_on is None or (draft.until_on is not None and draft.until_on <= episode.ended_on):
                return episode
            raise AlreadyReleased("until_on", N_("The imprisonment had ended by then."))
    if episodes:
        raise BeforeArrest("from_on", N_("On this day the person was not imprisoned, as far as is recorded."))
    return None


def _fill(stay: Custody, draft: StayDraft, source: Source, actor: uuid.UUID | None) -> None:
    for name in ("facility_id", "certainty", "evidence", "from_on", "from_precision", "until_on"):
        setattr(stay, name, getattr(draft, name))
    read_on = draft.verified_on or source.retrieved_on or clock.today()
    # A stay is known to hold on its first day at least, and nothing is said about days after its end.
    verified_on = max(read_on, stay.from_on)
    stay.verified_on = min(verified_on, stay.until_on) if stay.until_on else verified_on
    stay.verified_by = actor
    if stay.facility_id is not None:
        stay.facility = session.scalar(select(Facility).where(Facility.id == stay.facility_id))


def _subject(stay: Custody) -> Subject:
    return Subject("custody", stay.id, prisoner=stay.prisoner_id)
