"""What volunteers carry beside what they said they could: read as it is now, since a warning of yesterday is none."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from campaign.kernel.db import session
from campaign.kernel.registry_reports import Load, loads
from campaign.people.models import AT_WORK, Interaction, InteractionKind, Volunteer, VolunteerEvent, VolunteerState
from campaign.people.queries.segment_query import Within

OVER, FULL, NEARLY, HALF, NOTHING, UNSAID = "over", "full", "nearly", "half", "nothing", "unsaid"
LEVELS = (NOTHING, HALF, NEARLY, FULL, OVER, UNSAID)
CARRYING = (HALF, NEARLY, FULL, OVER)
HOURS_DAYS, MANY_HOURS = 30, 40
NO_REST_DAYS = 365
MOST = 200
"""So many are read of each list; more would be no warning any more."""
HOUR_STEPS = (0, 5, 20, MANY_HOURS)
"""Hours in HOURS_DAYS at which a next column begins."""


@dataclass(slots=True)
class Burden:
    """A volunteer who carries too much, or could take more."""

    volunteer_id: uuid.UUID
    person_id: uuid.UUID | None
    pseudonym: str
    carried: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By load: how much, and how much they said they could."""
    over_since: dict[str, date] = field(default_factory=dict)
    """By load: since when they carry more than they say they can now."""
    hours: int = 0
    """Given in HOURS_DAYS, as far as it was written down."""
    rested_on: date | None = None
    """When they last rested, or began."""

    def has_no_rest(self, today: date) -> bool:
        """Whether a year has gone by without a pause."""
        return self.rested_on is not None and (today - self.rested_on).days >= NO_REST_DAYS

    def weeks_over(self, today: date) -> int:
        """Whole weeks since the first day on which they carried too much of something."""
        return max(((today - day).days // 7 for day in self.over_since.values()), default=0)


def count_levels(load: Load, within: Within) -> dict[str, int]:
    """How many volunteers at work stand at each level of one load."""
    rows = _rows(load, within)
    level = _level(rows)
    found: dict[str, int] = dict(session.execute(select(level, func.count()).group_by(level)).all())
    return {each: found.get(each, 0) for each in LEVELS}


def count_hours(within: Within, today: date) -> list[int]:
    """How many volunteers at work gave none, some and many hours, in the columns of HOUR_STEPS; none comes first."""
    minutes = _minutes(today)
    given = func.coalesce(minutes.c.minutes, 0)
    step = case(
        *((given >= hours * 60, place + 1) for place, hours in reversed(list(enumerate(HOUR_STEPS[1:], 1)))),
        (given > 0, 1), else_=0,
    )  # fmt: skip
    statement = (
        select(step, func.count())
        .select_from(Volunteer)
        .outerjoin(minutes, minutes.c.person_id == Volunteer.person_id)
        .where(*_at_work(within))
        .group_by(step)
    )
    found: dict[int, int] = dict(session.execute(statement).all())
    return [found.get(place, 0) for place in range(len(HOUR_STEPS) + 1)]


def list_burdened(within: Within, today: date) -> list[Burden]:
    """Whoever carries more than they said, or gave very many hours; the longest over first."""
    found: dict[uuid.UUID, Burden] = {}
    for name, load in loads.items():
        rows = _rows(load, within)
        for row in session.execute(select(rows).where(rows.c.carried > rows.c.room).order_by(rows.c.since).limit(MOST)):
            each = _burden(found, row)
            each.carried[name] = (row.carried, row.room)
            if row.since is not None:
                each.over_since[name] = row.since
    _add_hours(found, within, today)
    _add_rests(found)
    return sorted(
        found.values(), key=lambda each: (-each.weeks_over(today), -each.hours, each.pseudonym.casefold())
    )  # fmt: skip


def list_with_room(name: str, within: Within, *, most: int) -> list[Burden]:
    """Whoever could take more of one load; those with most room first, and of these who has nothing."""
    rows = _rows(loads[name], within)
    room = (rows.c.room - rows.c.carried).desc()
    found: dict[uuid.UUID, Burden] = {}
    free = select(rows).where(rows.c.carried < rows.c.room)
    for row in session.execute(free.order_by(room, func.lower(rows.c.pseudonym), rows.c.id).limit(most)):
        _burden(found, row).carried[name] = (row.carried, row.room)
    return list(found.values())


def _burden(found: dict[uuid.UUID, Burden], row: Any) -> Burden:
    return found.setdefault(row.id, Burden(row.id, row.person_id, row.pseudonym))


def _add_hours(found: dict[uuid.UUID, Burden], within: Within, today: date) -> None:
    minutes = _minutes(today)
    many = minutes.c.minutes >= MANY_HOURS * 60
    statement = (
        select(Volunteer.id, Volunteer.person_id, Volunteer.pseudonym, minutes.c.minutes)
        .join(minutes, minutes.c.person_id == Volunteer.person_id)
        .where(*_at_work(within), or_(many, Volunteer.id.in_(list(found))))
        .order_by(minutes.c.minutes.desc())
        .limit(MOST * 2)
    )
    for row in session.execute(statement):
        _burden(found, row).hours = round(row.minutes / 60)


def _add_rests(found: dict[uuid.UUID, Burden]) -> None:
    """When each was last at rest: paused or away, else on the day they began."""
    rested = func.max(VolunteerEvent.happened_on).filter(
        or_(
            VolunteerEvent.was.in_((VolunteerState.PAUSED, VolunteerState.INACTIVE)),
            VolunteerEvent.now.in_((VolunteerState.PAUSED, VolunteerState.INACTIVE)),
        )
    )
    statement = (
        select(Volunteer.id, func.coalesce(rested, Volunteer.applied_on))
        .outerjoin(VolunteerEvent, VolunteerEvent.volunteer_id == Volunteer.id)
        .where(Volunteer.id.in_(list(found)))
        .group_by(Volunteer.id)
    )
    for volunteer, day in session.execute(statement):
        found[volunteer].rested_on = day


def _rows(load: Load, within: Within) -> CTE:
    """One row a volunteer at work: what they carry, what they said, and since when it is more than that."""
    held, offered = load.held().subquery(), load.room().subquery()
    volunteer, since = held.c
    sums = (
        select(
            volunteer.label("volunteer"), func.count().label("carried"),
            func.array_agg(aggregate_order_by(since, since.asc())).label("days"),
        )
        .group_by(volunteer)
        .subquery()
    )  # fmt: skip
    owner, room = offered.c
    carried = func.coalesce(sums.c.carried, 0)
    # The day of the first that was too many: of what they carry now, in the order in which they took it.
    over = case((carried > room, sums.c.days[room + 1]))
    return (
        select(
            Volunteer.id, Volunteer.person_id, Volunteer.pseudonym, carried.label("carried"), room.label("room"),
            over.label("since"),
        )
        .outerjoin(sums, sums.c.volunteer == Volunteer.id)
        .outerjoin(offered, owner == Volunteer.id)
        .where(*_at_work(within))
        .cte("burden")
    )  # fmt: skip


def _level(rows: CTE) -> ColumnElement[str]:
    carried, room = rows.c.carried, rows.c.room
    return case(
        (room.is_(None), UNSAID), (carried > room, OVER), (carried == 0, NOTHING), (carried == room, FULL),
        (carried * 2 <= room, HALF), else_=NEARLY,
    )  # fmt: skip


def _minutes(today: date) -> Any:
    """Minutes that each person gave in the last days."""
    return (
        select(Interaction.person_id, func.sum(Interaction.amount).label("minutes"))
        .where(
            Interaction.kind == InteractionKind.GAVE_TIME, Interaction.happened_on > today - timedelta(days=HOURS_DAYS)
        )
        .group_by(Interaction.person_id)
        .subquery()
    )


def _at_work(within: Within) -> Sequence[ColumnElement[bool]]:
    mine = () if within is None else (Volunteer.person_id.in_(within),)
    return (Volunteer.state.in_(AT_WORK), *mine)
