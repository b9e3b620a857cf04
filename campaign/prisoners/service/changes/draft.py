"""What is reported of one act, as the guided form gives it and as the act keeps it."""

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from campaign.prisoners.models import (
    Certainty,
    ChangeKind,
    DeathKind,
    Evidence,
    Instance,
    Liberty,
    Openness,
    Precision,
    Punishment,
    Regime,
    ReleaseReason,
    StatusChange,
)


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """One act. Each kind uses the fields that belong to it and leaves the others as they are."""

    kind: ChangeKind
    happened_on: date
    precision: Precision = Precision.DAY

    facility_id: uuid.UUID | None = None
    certainty: Certainty = Certainty.CONFIRMED
    evidence: Evidence | None = None
    status: Liberty | None = None
    """The status in the new place; without one, as the kind of place suggests."""

    reason: ReleaseReason | None = None
    death_kind: DeathKind | None = None

    case_id: uuid.UUID | None = None
    case_name: str = ""
    """What a case that is not recorded yet is called."""
    court: str = ""
    instance: Instance = Instance.FIRST
    punishment: Punishment | None = None
    regime: Regime = Regime.UNKNOWN
    term_months: int | None = None
    in_absentia: bool = False
    expected_release_on: date | None = None
    release_basis: str = ""
    in_force_on: date | None = None

    starts_at: str = ""
    openness: Openness = Openness.UNKNOWN

    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By the name of a consequence: what was decided about each row."""

    def details(self) -> dict[str, Any]:
        """What is kept beside kind, day and precision, as JSON values; what is not said is left out."""
        kept = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _COLUMNS}
        return {name: as_json(value) for name, value in kept.items() if value not in (None, "", False, {})}


_COLUMNS = frozenset({"kind", "happened_on", "precision"})
_TYPES: dict[str, Any] = {
    "facility_id": uuid.UUID, "case_id": uuid.UUID, "certainty": Certainty, "evidence": Evidence, "status": Liberty,
    "reason": ReleaseReason, "death_kind": DeathKind, "instance": Instance, "punishment": Punishment, "regime": Regime,
    "openness": Openness, "expected_release_on": date.fromisoformat, "in_force_on": date.fromisoformat,
}  # fmt: skip


def draft_of(change: StatusChange) -> ChangeDraft:
    """What was reported of an act that was made."""
    known = {each.name for each in fields(ChangeDraft)}
    details = {name: _TYPES.get(name, _same)(value) for name, value in change.details.items() if name in known}
    return ChangeDraft(ChangeKind(change.kind), change.happened_on, Precision(change.happened_precision), **details)


def as_json(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date | uuid.UUID):
        return str(value)
    return value


def _same(value: Any) -> Any:
    return value
