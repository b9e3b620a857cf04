"""Finding people and places by what somebody types on a staff page."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from campaign.kernel.db import session
from campaign.prisoners.models import Facility, Prisoner, SearchEntry

MOST = 12


def find_people(folded: str, *, limit: int = MOST) -> Sequence[Prisoner]:
    """People in any state who have every word of `folded` (service/names.fold) in some spelling; by name."""
    words = folded.split()
    if not words:
        return []
    statement = select(Prisoner).join(SearchEntry, SearchEntry.prisoner_id == Prisoner.id)
    for word in words:
        statement = statement.where(SearchEntry.folded.contains(word, autoescape=True))
    return session.scalars(
        statement.order_by(Prisoner.last_latin, Prisoner.first_latin, Prisoner.id).limit(limit)
    ).all()


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
