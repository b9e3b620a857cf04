"""Reads for staff: counts along one line at a time, groups in quarantine, and what is under way."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, Subquery, case, func, literal, select, tuple_
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.petitions.models import Petition
from campaign.signatures.models import PublicName, Signature, SignatureState
from campaign.signatures.models.staff import SignatureExport, SignatureInvalidation
from campaign.signatures.queries import SMALLEST_CELL, name_of

QUARANTINED = "quarantined"
# A signature's state as staff see it: quarantine is a kind of pending that gets no mail.
STATUS: ColumnElement[str] = case(
    ((Signature.state == SignatureState.PENDING) & Signature.is_quarantined, literal(QUARANTINED, String)),
    else_=Signature.state,
)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which signatures of a petition are meant. None means any; an empty country or mark means none given."""

    day_from: date | None = None
    day_to: date | None = None
    mail_domain: str | None = None
    country: str | None = None
    visibility: str | None = None
    states: tuple[str, ...] = ()

    def conditions(self, petition_id: uuid.UUID) -> list[ColumnElement[bool]]:
        """The same as conditions on rows of `signature`."""
        found = [Signature.petition_id == petition_id]
        if self.day_from is not None:
            found.append(Signature.signed_on >= self.day_from)
        if self.day_to is not None:
            found.append(Signature.signed_on <= self.day_to)
        if self.visibility is not None:
            found.append(Signature.visibility == self.visibility)
        for column, wanted in ((Signature.mail_domain, self.mail_domain), (Signature.country, self.country)):
            if wanted is not None:
                found.append(column == wanted if wanted else column.is_(None))
        if self.states:
            found.append(STATUS.in_(self.states))
        return found


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How many signatures match, along each line that staff may see; never crossed, never by person."""

    total: int
    by_state: dict[str, int]
    by_day: dict[date, int]
    by_country: dict[str, int]
    by_visibility: dict[str, int]
    by_mail_domain: dict[str, int]


def break_down(petition_id: uuid.UUID, criteria: Criteria) -> Breakdown:
    """Count what matches along each line, in one pass over the petition's signatures."""
    rows = _labelled(*criteria.conditions(petition_id))
    lines = (rows.c.status, rows.c.signed_on, rows.c.country, rows.c.visibility, rows.c.mail_domain)
    statement = select(func.grouping(*lines), *lines, func.count()).group_by(
        func.grouping_sets(*(tuple_(line) for line in lines))
    )
    # GROUPING() has a bit for each line, set where the row is not grouped by it; the first line is the highest bit.
    found: list[dict[Any, int]] = [{} for _ in lines]
    for mask, *values, count in session.execute(statement):
        which = next(number for number in range(len(lines)) if not mask >> (len(lines) - 1 - number) & 1)
        found[which][values[which]] = int(count)
    by_state, by_day, by_country, by_visibility, by_mail_domain = found
    return Breakdown(
        sum(by_state.values()), by_state, dict(sorted(by_day.items())), by_country, by_visibility, by_mail_domain
    )


def count_by_state(petition_id: uuid.UUID, criteria: Criteria) -> dict[str, int]:
    """How many match, by state (the quarantined apart from the pending)."""
    rows = _labelled(*criteria.conditions(petition_id))
    statement = select(rows.c.status, func.count()).group_by(rows.c.status)
    return {state: int(count) for state, count in session.execute(statement)}


@dataclass(frozen=True, slots=True)
class QuarantineGroup:
    """Quarantined signatures of one day, mail mark and country."""

    day: date
    mail_domain: str
    country: str
    count: int


def list_quarantine(petition_id: uuid.UUID, limit: int = 200) -> Sequence[QuarantineGroup]:
    """What is quarantined, largest group first."""
    rows = _labelled(*Criteria(states=(QUARANTINED,)).conditions(petition_id))
    group = (rows.c.signed_on, rows.c.mail_domain, rows.c.country)
    statement = select(*group, func.count()).group_by(*group).order_by(func.count().desc(), *group).limit(limit)
    return [QuarantineGroup(day, domain, land, int(count)) for day, domain, land, count in session.execute(statement)]


def count_quarantined() -> dict[uuid.UUID, int]:
    """How many signatures are quarantined, by petition."""
    statement = (
        select(Signature.petition_id, func.count())
        .where(Signature.state == SignatureState.PENDING, Signature.is_quarantined.is_(True))
        .group_by(Signature.petition_id)
    )
    return {petition: int(count) for petition, count in session.execute(statement)}


def get_invalidation(petition_id: uuid.UUID, invalidation_id: uuid.UUID) -> SignatureInvalidation:
    """One invalidation of a petition; raises NotFound."""
    found = session.get(SignatureInvalidation, invalidation_id, populate_existing=True)
    if found is None or found.petition_id != petition_id:
        raise NotFound
    return found


def list_invalidations(petition_id: uuid.UUID, limit: int = 100) -> Sequence[SignatureInvalidation]:
    """A petition's invalidations, newest first."""
    statement = (
        select(SignatureInvalidation)
        .where(SignatureInvalidation.petition_id == petition_id)
        .order_by(SignatureInvalidation.asked_at.desc())
        .limit(limit)
    )
    return session.scalars(statement).all()


def get_export(petition_id: uuid.UUID, export_id: uuid.UUID) -> SignatureExport:
    """One export of a petition; raises NotFound."""
    found = session.get(SignatureExport, export_id, populate_existing=True)
    if found is None or found.petition_id != petition_id:
        raise NotFound
    return found


def list_exports(petition_id: uuid.UUID, limit: int = 100) -> Sequence[SignatureExport]:
    """A petition's exports, newest first."""
    statement = (
        select(SignatureExport)
        .where(SignatureExport.petition_id == petition_id)
        .order_by(SignatureExport.asked_at.desc())
        .limit(limit)
    )
    return session.scalars(statement).all()


def count_waiting_exports(account: uuid.UUID) -> dict[uuid.UUID, int]:
    """Exports that somebody else asked for and nobody has decided on, by petition."""
    statement = (
        select(SignatureExport.petition_id, func.count())
        .where(SignatureExport.decided_at.is_(None), SignatureExport.asked_by != account)
        .group_by(SignatureExport.petition_id)
    )
    return {petition: int(count) for petition, count in session.execute(statement)}


@dataclass(frozen=True, slots=True)
class ExportedSignature:
    """A confirmed signature as an export shows it: no address, and a name only where its owner chose to show it."""

    key: tuple[int, bytes]
    day: date
    country: str
    visibility: str
    name: str


def list_exported_signatures(
    petition_id: uuid.UUID, after: tuple[int, bytes] | None, limit: int
) -> Sequence[ExportedSignature]:
    """Up to `limit` confirmed signatures behind the key `after`, in an order that tells nothing."""
    statement = select(Signature, PublicName.name).outerjoin(PublicName, PublicName.id == Signature.id)
    statement = statement.where(Signature.petition_id == petition_id, Signature.state == SignatureState.CONFIRMED)
    if after is not None:
        statement = statement.where(tuple_(Signature.bucket, Signature.address_index) > after)
    statement = statement.order_by(Signature.bucket, Signature.address_index).limit(limit)
    return [
        ExportedSignature(
            (each.bucket, each.address_index), each.confirmed_on or each.signed_on, each.country or "", each.visibility,
            kept or name_of(each),
        )
        for each, kept in session.execute(statement)
    ]  # fmt: skip


def _labelled(*conditions: ColumnElement[bool]) -> Subquery:
    """Signatures with what staff see of them, as columns to group by; an expression with parameters cannot be one."""
    return (
        select(
            STATUS.label("status"),
            Signature.signed_on,
            func.coalesce(Signature.country, "").label("country"),
            Signature.visibility,
            func.coalesce(Signature.mail_domain, "").label("mail_domain"),
        )
        .where(*conditions)
        .subquery()
    )


def get_petition_by_slug(slug: str) -> Petition:
    """A petition in any state, for staff; raises NotFound."""
    # PostgreSQL refuses NUL in text with an error of its own; no slug has one.
    statement = select(Petition).options(selectinload(Petition.texts)).where(Petition.slug == slug.replace("\x00", ""))
    petition = session.scalar(statement)
    if petition is None:
        raise NotFound
    return petition


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: no count means that it is too small to be shown."""

    key: Any
    count: int | None


def veil(cells: dict[Any, int]) -> list[Cell]:
    """Cells without counts under five, and never one of them alone: it could be had by subtraction (SAFETY.md 18)."""
    small = {key for key, count in cells.items() if count < SMALLEST_CELL}
    if len(small) == 1 and len(cells) > 1:
        small.add(min(cells.keys() - small, key=lambda key: (cells[key], str(key))))
    return [Cell(key, None if key in small else count) for key, count in cells.items()]
