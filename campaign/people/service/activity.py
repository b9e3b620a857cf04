"""The day on which somebody last did anything, kept beside the person: lists are ordered and narrowed by it.

Lines of their own record set it at once, by a trigger. What features know comes in here, within the hour: to ask all of
them for each list would take it seconds.
"""

from datetime import date
from typing import Any, cast

from sqlalchemy import Table, func, or_, select, union_all, update

from campaign.kernel.db import session
from campaign.kernel.registry_people import active_days
from campaign.people.models import Person

PIECE = 5_000


def follow_activity(today: date) -> int:
    """Bring the next people's day up to what features know; gives how many. The caller goes on while it is PIECE.

    The day only ever moves on: what is erased or moved by a merge leaves it where it was.
    """
    known = [days().subquery() for days in active_days]
    if not known:
        return 0
    every: Any = union_all(*(select(each.c[0].label("person_id"), each.c[1].label("day")) for each in known)).subquery()
    newest = (
        select(every.c.person_id, func.max(every.c.day).label("day"))
        .where(every.c.day <= today)
        .group_by(every.c.person_id)
        .subquery()
    )
    # In the order of their ids, as the trigger locks them, so that neither waits for the other for ever.
    due = (
        select(Person.id, newest.c.day)
        .join(newest, newest.c.person_id == Person.id)
        .where(or_(Person.active_on.is_(None), Person.active_on < newest.c.day))
        .order_by(Person.id)
        .limit(PIECE)
        .with_for_update(of=Person, key_share=True)
        .subquery()
    )
    # The table and not the class: what is shown beside a record is no change to it, so its version stays.
    person = cast(Table, Person.__table__)
    statement = update(person).where(person.c.id == due.c.id).values(active_on=due.c.day).returning(person.c.id)
    return len(session.execute(statement).all())
