"""Days in court: set, held, moved, cancelled."""

import re
import uuid
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from campaign.kernel import audit
from campaign.kernel.errors import N_, NotFound
from campaign.prisoners.models import Case, Hearing, Instance, Openness
from campaign.prisoners.service.cases.dates import check_hearing_day, is_future, refuse_if
from campaign.prisoners.service.cases.record import check_seen, facts_of, note
from campaign.prisoners.service.facts import Source

TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|")


@dataclass(frozen=True, slots=True)
class HearingDraft:
    """A day in court as it is announced or was held."""

    held_on: date
    court: str
    starts_at: str = ""
    """Local time of the court, HH:MM, or empty."""
    openness: Openness = Openness.UNKNOWN
    instance: Instance = Instance.FIRST


def set_hearing(
    case: Case, draft: HearingDraft, source: Source, *, actor: uuid.UUID | None, seen_version: int | None = None
) -> Hearing:
    """Write down a day in court, to come or past; flushed. Raises BadCase, Conflict."""
    check_seen(case, seen_version)
    hearing = Hearing(id=uuid.uuid4(), case_id=case.id, state="set", outcome="", **_checked(case, draft))
    case.hearings.append(hearing)
    note(case, ("hearing", hearing.id), {}, facts_of(hearing), source, actor=actor)
    audit.record("hearing.set", actor=actor, about=f"case:{case.id}")
    return hearing


def hold_hearing(
    case: Case, hearing_id: uuid.UUID, outcome: str, source: Source, *, actor: uuid.UUID | None,
    seen_version: int | None = None,
) -> Hearing:  # fmt: skip
    """Say that a hearing took place and what came of it; also corrects what was said before.

    Raises NotFound, Conflict, and BadCase for a day that has not come or a hearing that was moved or cancelled.
    """
    check_seen(case, seen_version)
    hearing = _find(case, hearing_id, states=("set", "held"))
    refuse_if(is_future(hearing.held_on), "state", N_("This day has not come yet."))
    refuse_if(not outcome.strip(), "outcome", N_("Say what came of it."))
    _change(case, hearing, {"state": "held", "outcome": outcome.strip()}, source, actor)
    return hearing


def cancel_hearing(
    case: Case, hearing_id: uuid.UUID, reason: str, source: Source, *, actor: uuid.UUID | None,
    seen_version: int | None = None,
) -> Hearing:  # fmt: skip
    """Say that a hearing does not take place, and no other day is set. Raises NotFound, BadCase, Conflict."""
    check_seen(case, seen_version)
    hearing = _find(case, hearing_id, states=("set",))
    _change(case, hearing, {"state": "cancelled", "outcome": reason.strip()}, source, actor)
    return hearing


def move_hearing(
    case: Case, hearing_id: uuid.UUID, draft: HearingDraft, source: Source, *, actor: uuid.UUID | None,
    seen_version: int | None = None,
) -> Hearing:  # fmt: skip
    """Put a hearing off: the old day stays on record as moved, the new one is a hearing of its own, which is given.

    Raises NotFound, Conflict, and BadCase where the new day is the old one.
    """
    check_seen(case, seen_version)
    old = _find(case, hearing_id, states=("set",))
    same = (old.held_on, old.starts_at) == (draft.held_on, draft.starts_at)
    refuse_if(same, "held_on", N_("This is the day for which it is set already."))
    new = set_hearing(case, draft, source, actor=actor)
    _change(case, old, {"state": "moved"}, source, actor)
    return new


def _checked(case: Case, draft: HearingDraft) -> dict[str, Any]:
    refuse_if(TIME.fullmatch(draft.starts_at) is None, "starts_at", N_("Write the time as 10:30, or leave it empty."))
    refuse_if(not draft.court.strip(), "court", N_("Name the court."))
    check_hearing_day(case, draft.held_on)
    openness, instance = Openness(draft.openness).value, Instance(draft.instance).value
    return {**asdict(draft), "court": draft.court.strip(), "openness": openness, "instance": instance}


def _find(case: Case, hearing_id: uuid.UUID, *, states: tuple[str, ...]) -> Hearing:
    hearing = next((each for each in case.hearings if each.id == hearing_id), None)
    if hearing is None:
        raise NotFound
    refuse_if(hearing.state not in states, "state", N_("This hearing was held, moved or cancelled already."))
    return hearing


def _change(
    case: Case, hearing: Hearing, values: dict[str, Any], source: Source, actor: uuid.UUID | None
) -> None:  # fmt: skip
    before = facts_of(hearing)
    for name, value in values.items():
        setattr(hearing, name, value)
    if note(case, ("hearing", hearing.id), before, facts_of(hearing), source, actor=actor):
        audit.record(f"hearing.{hearing.state}", actor=actor, about=f"case:{case.id}")
