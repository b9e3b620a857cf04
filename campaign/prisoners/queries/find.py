"""Finding people and places by what somebody types on a staff page."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from campaign.kernel.db import session
from campaign.prisoners.models import Facility, Prisoner
from campaign.prisoners.queries.search import search_people

MOST = 12


def find_people(folded: str, *, limit: int = MOST) -> Sequence[Prisoner]:
    """People in any state whose names fit `folded` (service/names.fold), a slip of the hand forgiven; best first."""
    ids = search_people(folded, published_only=False, limit=limit)
    found = {each.id: each for each in session.scalars(select(Prisoner).where(Prisoner.id.in_(ids)))}
    return [found[each] for each in ids]


def find_places(text: str, key: str, *, limit: int = MOST) -> Sequence[Facility]:
    """Facilities whose code is `key` (service/codes.code_key), else whose code or name has what was typed."""
    if not text:
        return []
    active = select(Facility).where(Facility.is_active).order_by(Facility.region, Facility.code_key, Facility.name_ru)
    exact = session.scalars(active.where(Facility.code_key == key).limit(limit)).all() if key else []
    if exact:
        return exact
    named = [
        column.icontains(text, autoescape=True) for column in (Facility.name_ru, Facility.name_latin, Facility.code)
    ]
    return session.scalars(active.where(or_(*named)).limit(limit)).all()
