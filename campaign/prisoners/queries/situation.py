"""Where somebody is and where the law has put them, now and before."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import (
    LOCATED,
    OVER,
    SHORT_STAYS,
    Certainty,
    Custody,
    Episode,
    LibertyStatus,
    StatusChange,
)

SHORT_DAYS, LONG_DAYS = 60, 180


class LocationState(StrEnum):
    """Whether a letter can be addressed: in transit and unknown hold it."""

    KNOWN = "known"
    IN_TRANSIT = "in_transit"
    UNKNOWN = "unknown"


def find_current_stay(prisoner_id: uuid.UUID) -> Custody | None:
    """The stay that has not ended, with its facility; None for somebody free or never recorded."""
    return find_current_stays([prisoner_id]).get(prisoner_id)


def find_current_stays(prisoner_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Custody]:
    """The same for several people, by person, in one go."""
    statement = select(Custody).where(Custody.prisoner_id.in_(prisoner_ids), Custody.until_on.is_(None))
    return {stay.prisoner_id: stay for stay in session.scalars(statement.options(selectinload(Custody.facility)))}


def find_current_status(prisoner_id: uuid.UUID) -> LibertyStatus | None:
    """The status that holds now; None where none was ever recorded."""
    return find_current_statuses([prisoner_id]).get(prisoner_id)


def find_current_statuses(prisoner_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, LibertyStatus]:
    """The same for several people, by person, in one go."""
    statement = select(LibertyStatus).where(
        LibertyStatus.prisoner_id.in_(prisoner_ids), LibertyStatus.until_on.is_(None)
    )
    return {status.prisoner_id: status for status in session.scalars(statement)}


def find_open_episode(prisoner_id: uuid.UUID) -> Episode | None:
    """The imprisonment that has not ended."""
    statement = select(Episode).where(Episode.prisoner_id == prisoner_id, Episode.ended_on.is_(None))
    return session.scalar(statement)


def get_stay(prisoner_id: uuid.UUID, stay_id: uuid.UUID) -> Custody:
    """A stay of this very person; raises NotFound."""
    stay = session.get(Custody, stay_id, options=[selectinload(Custody.facility)])
    if stay is None or stay.prisoner_id != prisoner_id:
        raise NotFound
    return stay


def list_stays(prisoner_id: uuid.UUID) -> Sequence[Custody]:
    """Every stay with its facility, the newest first."""
    statement = select(Custody).where(Custody.prisoner_id == prisoner_id).options(selectinload(Custody.facility))
    return session.scalars(statement.order_by(Custody.from_on.desc(), Custody.until_on.desc().nulls_first())).all()


def list_statuses(prisoner_id: uuid.UUID) -> Sequence[LibertyStatus]:
    """Every status, the newest first."""
    statement = select(LibertyStatus).where(LibertyStatus.prisoner_id == prisoner_id)
    order = (LibertyStatus.since_on.desc(), LibertyStatus.until_on.desc().nulls_first())
    return session.scalars(statement.order_by(*order)).all()


def list_episodes(prisoner_id: uuid.UUID) -> Sequence[Episode]:
    """Every imprisonment, the newest first."""
    statement = select(Episode).where(Episode.prisoner_id == prisoner_id)
    return session.scalars(statement.order_by(Episode.arrested_on.desc())).all()


def location_state(stay: Custody | None) -> LocationState:
    """What a current stay means for whoever wants to write."""
    if stay is None or stay.certainty == Certainty.UNKNOWN:
        return LocationState.UNKNOWN
    return LocationState.KNOWN if stay.certainty in LOCATED else LocationState.IN_TRANSIT


def is_over(status: LibertyStatus | None) -> bool:
    """Whether somebody is free or dead, as far as is known."""
    return status is not None and status.status in OVER


def stale_from(stay: Custody) -> date:
    """The day from which a stay has to be looked up again: after 60 days where people do not stay, else 180."""
    lasts_long = stay.facility is not None and stay.facility.kind not in SHORT_STAYS
    return stay.verified_on + timedelta(days=1 + (LONG_DAYS if lasts_long else SHORT_DAYS))


def is_stale(stay: Custody, today: date) -> bool:
    """Whether a current stay was last looked up too long ago; one that has ended never is."""
    return stay.until_on is None and today >= stale_from(stay)


def situation_stamp(prisoner_id: uuid.UUID) -> str:
    """Changes whenever a stay, a status, an imprisonment or an act of this person does: what an editor has seen."""
    rows: list[object] = []
    for model in (Custody, LibertyStatus, Episode):
        table = model.__table__
        rows += session.execute(select(table).where(table.c.prisoner_id == prisoner_id).order_by(table.c.id))
    acts = select(StatusChange.id, StatusChange.undone_at).where(StatusChange.prisoner_id == prisoner_id)
    rows += session.execute(acts.order_by(StatusChange.id))
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]
