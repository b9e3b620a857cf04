"""Reads of the register."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from campaign.designations.models import REGISTER_AGE, Designation, Organisation
from campaign.kernel.db import session


def list_organisations() -> Sequence[Organisation]:
    """Every organisation with its designations, by slug."""
    return session.scalars(
        select(Organisation).options(selectinload(Organisation.designations)).order_by(Organisation.slug)
    ).all()


def last_checked_on() -> date | None:
    """The day up to which the whole register is known to hold: that of its oldest entry. None when it is empty."""
    return session.scalar(select(func.min(Designation.checked_on)).where(Designation.ended_on.is_(None)))


def count_outdated(today: date) -> int:
    """How many current designations nobody has confirmed for thirty days."""
    statement = (
        select(func.count())
        .select_from(Designation)
        .where(Designation.ended_on.is_(None), Designation.checked_on < today - REGISTER_AGE)
    )
    return session.scalar(statement) or 0
