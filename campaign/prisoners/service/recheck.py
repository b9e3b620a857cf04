"""Many things looked up at once, in one source."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.prisoners.models import Custody, Facility
from campaign.prisoners.service.custody import verify_stay
from campaign.prisoners.service.facilities import verify_facility
from campaign.prisoners.service.facts import Source
from campaign.prisoners.service.situation import BadSituation

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What was noted, and what had ended meanwhile and was left alone."""

    done: int
    left: int


def look_up(
    stays: Collection[uuid.UUID], facilities: Collection[uuid.UUID], source: Source, *, actor: uuid.UUID
) -> LookedUp:
    """Note that these stays and places still hold, from one source; at most MOST_AT_ONCE of each."""
    done = 0
    statement = select(Custody.prisoner_id, Custody.id).where(Custody.id.in_(list(stays)[:MOST_AT_ONCE]))
    # By person, as every act on somebody's situation locks: two who confirm lists at once never wait in a circle.
    for prisoner_id, stay_id in session.execute(statement.order_by(Custody.prisoner_id)).all():
        try:
            verify_stay(prisoner_id, stay_id, source, actor=actor)
        except BadSituation:
            continue
        done += 1
    places = select(Facility).where(Facility.id.in_(list(facilities)[:MOST_AT_ONCE])).order_by(Facility.id)
    for facility in session.scalars(places.with_for_update()).all():
        verify_facility(facility, actor=actor)
        done += 1
    session.flush()
    return LookedUp(done, len(stays) + len(facilities) - done)
