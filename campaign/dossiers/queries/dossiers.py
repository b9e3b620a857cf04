"""Reads of dossiers and of what they are made of. Nothing sealed is opened here."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from campaign.dossiers.models import (
    OPEN,
    SANCTIONS,
    Body,
    Dossier,
    DossierAnswer,
    DossierConsent,
    DossierDue,
    DossierEvent,
    DossierPage,
    DossierPaper,
    DossierRelease,
    DossierSource,
    DossierState,
    Origin,
)
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound

SOON = timedelta(days=7)
UNFINISHED, MINE, LOOK = "open", "mine", "look"
"""Words of the filter by state: what is not closed; what waits for my release; what is to be looked at again."""
LATE, WITHIN_A_WEEK = "late", "soon"
_NEXT_DUE = (
    select(func.min(DossierDue.due_on))
    .where(DossierDue.dossier_id == Dossier.id, DossierDue.done_on.is_(None))
    .correlate(Dossier)
    .scalar_subquery()
)
SORTS: dict[str, tuple[Any, ...]] = {
    "number": (Dossier.number,), "body": (Dossier.body,), "changed": (Dossier.changed_on,), "due": (_NEXT_DUE,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the list, and its order."""

    state: str = UNFINISHED
    """A state, one of the words above, or empty for all."""
    body: str = ""
    prisoners: Collection[uuid.UUID] | None = None
    number: int | None = None
    due: str = ""
    sort: str = ""
    with_sanctions: bool = False


def get_dossier(dossier_id: uuid.UUID) -> Dossier:
    """One of them. Raises NotFound."""
    found = session.get(Dossier, dossier_id)
    if found is None:
        raise NotFound
    return found


def select_dossiers(wanted: Wanted, *, account: uuid.UUID, today: date) -> Select[Dossier]:
    """Dossiers for a list: what is due first comes first, then what was changed last."""
    statement = select(Dossier).where(*_visible(wanted.with_sanctions))
    if wanted.state == UNFINISHED:
        statement = statement.where(Dossier.state != DossierState.CLOSED)
    elif wanted.state == MINE:
        statement = statement.where(_waits_for(account))
    elif wanted.state == LOOK:
        statement = statement.where(_is_to_be_looked_at())
    elif wanted.state in set(DossierState):
        statement = statement.where(Dossier.state == wanted.state)
    if wanted.body in set(Body):
        statement = statement.where(Dossier.body == wanted.body)
    if wanted.prisoners is not None:
        statement = statement.where(Dossier.prisoner_id.in_(wanted.prisoners))
    if wanted.number is not None:
        statement = statement.where(Dossier.number == wanted.number)
    if wanted.due:
        until = today - timedelta(days=1) if wanted.due == LATE else today + SOON
        statement = statement.where(until >= _NEXT_DUE)
    order = SORTS.get(wanted.sort.removeprefix("-"), ())
    falling = wanted.sort.startswith("-")
    statement = statement.order_by(*(each.desc() if falling else each.asc() for each in order))
    return statement.order_by(_NEXT_DUE.asc().nulls_last(), Dossier.changed_on.desc(), Dossier.number.desc())


def list_of_prisoner(prisoner_id: uuid.UUID, *, with_sanctions: bool) -> Sequence[Dossier]:
    """A prisoner's dossiers, the newest first."""
    statement = select(Dossier).where(Dossier.prisoner_id == prisoner_id, *_visible(with_sanctions))
    return session.scalars(statement.order_by(Dossier.number.desc())).all()


def next_dues(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, date]:
    """The next day on which something is due, of each that has one."""
    first = func.min(DossierDue.due_on)
    statement = select(DossierDue.dossier_id, first).where(DossierDue.dossier_id.in_(ids), DossierDue.done_on.is_(None))
    return {dossier: day for dossier, day in session.execute(statement.group_by(DossierDue.dossier_id)) if day}


def list_answers(dossier_id: uuid.UUID) -> dict[str, DossierAnswer]:
    """Every answer by its question; of those nobody touched there is none."""
    found = session.scalars(select(DossierAnswer).where(DossierAnswer.dossier_id == dossier_id))
    return {each.question: each for each in found}


def count_answered(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """How many questions of each dossier have an answer."""
    statement = select(DossierAnswer.dossier_id, func.count()).where(
        DossierAnswer.dossier_id.in_(ids), DossierAnswer.origin != Origin.EMPTY
    )
    rows = session.execute(statement.group_by(DossierAnswer.dossier_id))
    return {row[0]: row[1] for row in rows}


def list_sources(dossier_id: uuid.UUID) -> Sequence[DossierSource]:
    """The annex of sources, in the order in which they are numbered on paper."""
    mine = select(DossierSource).where(DossierSource.dossier_id == dossier_id)
    return session.scalars(mine.order_by(DossierSource.number)).all()


def list_papers(dossier_id: uuid.UUID) -> Sequence[DossierPaper]:
    """Its papers, in the order in which they came."""
    mine = select(DossierPaper).where(DossierPaper.dossier_id == dossier_id)
    return session.scalars(mine.order_by(DossierPaper.number)).all()


def list_pages(dossier_id: uuid.UUID) -> Sequence[Any]:
    """Id, paper, place, width and height of every page; the pages themselves stay sealed."""
    statement = (
        select(DossierPage.id, DossierPage.paper_id, DossierPage.place, DossierPage.width, DossierPage.height)
        .join(DossierPaper, DossierPaper.id == DossierPage.paper_id)
        .where(DossierPaper.dossier_id == dossier_id)
        .order_by(DossierPaper.number, DossierPage.place)
    )
    return session.execute(statement).all()


def list_consents(dossier_id: uuid.UUID) -> Sequence[DossierConsent]:
    """Every consent, the one that holds first."""
    mine = select(DossierConsent).where(DossierConsent.dossier_id == dossier_id)
    order = (DossierConsent.withdrawn_on.is_not(None), DossierConsent.given_on.desc(), DossierConsent.id)
    return session.scalars(mine.order_by(*order)).all()


def find_consent(dossier_id: uuid.UUID) -> DossierConsent | None:
    """The consent that holds now."""
    mine = (DossierConsent.dossier_id == dossier_id, DossierConsent.withdrawn_on.is_(None))
    return session.scalar(select(DossierConsent).where(*mine))


def list_releases(dossier_id: uuid.UUID) -> Sequence[DossierRelease]:
    """What was released, the newest first, without its contents."""
    mine = select(DossierRelease).where(DossierRelease.dossier_id == dossier_id)
    return session.scalars(mine.order_by(DossierRelease.version.desc())).all()


def sizes_of_releases(dossier_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many bytes each file has that is still kept, to a few: what a mailbox may refuse."""
    size = func.octet_length(DossierRelease.pdf_sealed)
    mine = (DossierRelease.dossier_id == dossier_id, DossierRelease.pdf_sealed.is_not(None))
    return {each.id: each.size for each in session.execute(select(DossierRelease.id, size.label("size")).where(*mine))}


def list_events(dossier_id: uuid.UUID) -> Sequence[DossierEvent]:
    """Every step, oldest first."""
    mine = select(DossierEvent).where(DossierEvent.dossier_id == dossier_id)
    return session.scalars(mine.order_by(DossierEvent.number)).all()


def list_dues(dossier_id: uuid.UUID) -> Sequence[DossierDue]:
    """What is due, soonest first, and what was."""
    mine = select(DossierDue).where(DossierDue.dossier_id == dossier_id)
    return session.scalars(mine.order_by(DossierDue.done_on.is_not(None), DossierDue.due_on)).all()


def count_to_release(account: uuid.UUID, *, with_sanctions: bool) -> int:
    """How many wait for this person as the second one."""
    return _count(_waits_for(account), *_visible(with_sanctions))


def count_due(until: date, *, with_sanctions: bool) -> int:
    """Of how many something is due by this day."""
    return _count(until >= _NEXT_DUE, *_visible(with_sanctions))


def count_to_look_at(*, with_sanctions: bool) -> int:
    """How many are to be looked at again since something happened to the person."""
    return _count(_is_to_be_looked_at(), *_visible(with_sanctions))


def _count(*conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Dossier).where(*conditions)) or 0


def _visible(with_sanctions: bool) -> list[ColumnElement[bool]]:
    return [] if with_sanctions else [Dossier.body.not_in(SANCTIONS)]


def _waits_for(account: uuid.UUID) -> ColumnElement[bool]:
    others = and_(Dossier.asked_by != account, Dossier.written_by != account)
    return and_(Dossier.state == DossierState.PROPOSED, others)


def _is_to_be_looked_at() -> ColumnElement[bool]:
    return and_(Dossier.look_change_id.is_not(None), or_(*(Dossier.state == each for each in sorted(OPEN))))
