"""Reads around promises of one letter."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, select

from campaign.kernel.db import session
from campaign.penpals.models import Reservation, ReservationState
from campaign.prisoners.models import Custody, Facility, FacilityAddress, LibertyStatus, Prisoner, PrisonerState
from campaign.prisoners.queries.public_entries import is_minor
from campaign.prisoners.queries.reach import Reach, Stay, reach_of


class Reached(NamedTuple):
    """Whether a letter reaches somebody whose page is public."""

    slug: str
    reach: Reach
    is_minor: bool


def find_reach(prisoner_id: uuid.UUID, today: date) -> Reached | None:
    """Whether a letter reaches this person now, in one statement; None where the page is not public."""
    statement = (
        select(
            Prisoner.slug, Prisoner.letters_policy, Prisoner.born_on, Prisoner.born_precision,
            LibertyStatus.status, Custody.certainty, Custody.verified_on,
            Facility.kind, FacilityAddress.id.label("address"),
        )
        .select_from(Prisoner)
        .outerjoin(LibertyStatus, and_(LibertyStatus.prisoner_id == Prisoner.id, LibertyStatus.until_on.is_(None)))
        .outerjoin(Custody, and_(Custody.prisoner_id == Prisoner.id, Custody.until_on.is_(None)))
        .outerjoin(Facility, Facility.id == Custody.facility_id)
        .outerjoin(
            FacilityAddress, and_(FacilityAddress.facility_id == Facility.id, FacilityAddress.until_on.is_(None))
        )
        .where(Prisoner.id == prisoner_id, Prisoner.state == PrisonerState.PUBLISHED)
    )  # fmt: skip
    row = session.connection().execute(statement).first()
    if row is None:
        return None
    stay = Stay(row.certainty, row.kind, row.verified_on, row.address is not None) if row.certainty else None
    reach = reach_of(status=row.status, policy=row.letters_policy, stay=stay, today=today)
    return Reached(row.slug, reach, is_minor(row.born_on, row.born_precision, today))


def find_slug(prisoner_id: uuid.UUID) -> str | None:
    """Where a public person's page is found; None for anybody else."""
    return session.scalar(
        select(Prisoner.slug).where(Prisoner.id == prisoner_id, Prisoner.state == PrisonerState.PUBLISHED)
    )


def find_promise(code: str, prisoner_id: uuid.UUID, now: datetime) -> Reservation | None:
    """The promise that somebody without an account has made to this person and that holds still, by its code."""
    return session.scalar(
        select(Reservation).where(
            Reservation.code == code, Reservation.prisoner_id == prisoner_id, Reservation.volunteer_id.is_(None),
            Reservation.state == ReservationState.LIVE, Reservation.expires_at > now,
        )
    )  # fmt: skip


def list_open(volunteer_id: uuid.UUID, now: datetime) -> Sequence[Reservation]:
    """The letters a writer has promised and not told us about, those first whose time is over soonest."""
    return session.scalars(
        select(Reservation)
        .where(Reservation.volunteer_id == volunteer_id, Reservation.state == ReservationState.LIVE)
        .where(Reservation.expires_at > now)
        .order_by(Reservation.expires_at)
    ).all()
