"""Acts that changed somebody's situation: one, those of a person, what the public may read, what still waits."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.registry import consequences
from campaign.prisoners.models import (
    ChangeKind,
    ConsequenceState,
    Facility,
    Prisoner,
    PrisonerState,
    PublicChange,
    StatusChange,
    StatusConsequence,
)


@dataclass(frozen=True, slots=True)
class PublicLine:
    """One change as the public may read it."""

    entry: PublicChange
    prisoner: Prisoner
    details: Mapping[str, Any]
    """What was reported: of a sentence its term, of a hearing its court; see ChangeDraft. Names no supporter."""


def public_changes(prisoner_id: uuid.UUID | None = None) -> Select[PublicChange]:
    """Entries that the public may see now, of everybody or of one person, the newest first, for paging.

    Only of people whose page is public, and only what has waited its ten minutes. An entry that turned out not to be
    so stays, marked by `corrected_on`, since feed readers have it already.
    """
    statement = (
        select(PublicChange)
        .join(Prisoner, Prisoner.id == PublicChange.prisoner_id)
        .where(Prisoner.state == PrisonerState.PUBLISHED, PublicChange.shown_from <= clock.now())
    )
    if prisoner_id is not None:
        statement = statement.where(PublicChange.prisoner_id == prisoner_id)
    return statement.order_by(PublicChange.shown_from.desc(), PublicChange.id)


def list_public_changes(prisoner_id: uuid.UUID | None = None, *, limit: int = 20) -> list[PublicLine]:
    """The newest of them with whom they are about and what was reported."""
    statement = (
        public_changes(prisoner_id)
        .outerjoin(StatusChange, StatusChange.id == PublicChange.change_id)
        .add_columns(Prisoner, StatusChange.details)
    )
    rows = session.execute(statement.limit(limit))
    return [PublicLine(entry, prisoner, details or {}) for entry, prisoner, details in rows]


def get_change(prisoner_id: uuid.UUID, change_id: uuid.UUID) -> StatusChange:
    """An act of this very person; raises NotFound."""
    change = session.get(StatusChange, change_id)
    if change is None or change.prisoner_id != prisoner_id:
        raise NotFound
    return change


def find_correction(change_id: uuid.UUID) -> StatusChange | None:
    """The act that corrects another, and holds."""
    statement = select(StatusChange).where(StatusChange.corrects_id == change_id, StatusChange.undone_at.is_(None))
    return session.scalar(statement)


def list_consequences(change: StatusChange) -> list[StatusConsequence]:
    """What follows from an act: what is done at once before what waits, each in the order of the registry."""
    order = {name: place for place, (name, _consequence) in enumerate(consequences.items())}
    rows = session.scalars(select(StatusConsequence).where(StatusConsequence.change_id == change.id)).all()
    return sorted(rows, key=lambda row: (not row.is_immediate, order.get(row.name, len(order))))


def list_changes(prisoner_id: uuid.UUID) -> Sequence[StatusChange]:
    """Every act of a person, the newest first."""
    statement = select(StatusChange).where(StatusChange.prisoner_id == prisoner_id)
    return session.scalars(statement.order_by(StatusChange.made_at.desc(), StatusChange.id)).all()


def list_later(change: StatusChange, row_ids: frozenset[str]) -> list[StatusChange]:
    """Acts that hold, were made after another, and changed one of these rows: what has to be looked at first."""
    later = [each for each in list_changes(change.prisoner_id) if each.made_at > change.made_at]
    return [
        each
        for each in later
        if each.undone_at is None and row_ids & {row["id"] for row in each.before.get("rows", [])}
    ]


def staff_changes(*, kind: str = "", waiting: bool = False, made_by: uuid.UUID | None = None) -> Select[StatusChange]:
    """Acts for the staff list, the newest first: of one kind, only those that still wait to go out, one's own."""
    statement = select(StatusChange)
    if kind in set(ChangeKind):
        statement = statement.where(StatusChange.kind == kind)
    if waiting:
        statement = statement.where(_is_waiting())
    if made_by is not None:
        statement = statement.where(StatusChange.made_by == made_by)
    return statement.order_by(StatusChange.made_at.desc(), StatusChange.id)


def count_waiting() -> int:
    """How many acts have something that waits to go out."""
    return session.scalar(select(func.count()).select_from(StatusChange).where(_is_waiting())) or 0


def waiting_among(changes: Sequence[StatusChange]) -> set[uuid.UUID]:
    """Those of these acts that have something which waits to go out."""
    ids = [each.id for each in changes]
    return set(session.scalars(select(StatusChange.id).where(StatusChange.id.in_(ids), _is_waiting())))


def people_of(changes: Sequence[StatusChange]) -> dict[uuid.UUID, Prisoner]:
    """Whom acts are about, by id."""
    found = session.scalars(select(Prisoner).where(Prisoner.id.in_({each.prisoner_id for each in changes})))
    return {each.id: each for each in found}


def names_of_places(changes: Sequence[StatusChange]) -> dict[str, str]:
    """The facilities that acts name in their details, by id as text."""
    ids = {each.details["facility_id"] for each in changes if each.details.get("facility_id")}
    found = session.scalars(select(Facility).where(Facility.id.in_([uuid.UUID(each) for each in ids])))
    return {str(each.id): each.code or each.name_ru for each in found}


def _is_waiting() -> Any:
    return exists().where(
        StatusConsequence.change_id == StatusChange.id, StatusConsequence.state == ConsequenceState.WAITING
    )
