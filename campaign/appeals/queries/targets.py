"""Officials for staff: searched, narrowed, and what needs a look."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from campaign.appeals.models import CHECK_AFTER, ImportState, Target, TargetImport, TargetKind
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound

STALE, RETIRED = "stale", "retired"
SORTS = frozenset({"name", "country", "checked"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows a list of officials."""

    search: str = ""
    kind: str = ""
    country: str = ""
    state: str = ""
    """STALE: nobody looked for too long; RETIRED; anything else is those who are asked."""
    sort: str = ""


def select_targets(wanted: Wanted, today: date) -> Select[Target]:
    """Officials that fit, by country, body and name, or as `sort` says (- before it: descending)."""
    statement = select(Target)
    if wanted.state == RETIRED:
        statement = statement.where(Target.retired_on.is_not(None))
    else:
        statement = statement.where(Target.retired_on.is_(None))
    if wanted.state == STALE:
        statement = statement.where(Target.checked_on < today - CHECK_AFTER)
    if wanted.kind in set(TargetKind):
        statement = statement.where(Target.kind == wanted.kind)
    if wanted.country:
        statement = statement.where(Target.country == wanted.country)
    for word in wanted.search.split()[:6]:
        columns = (Target.name, Target.office, Target.body, Target.constituency, Target.email)
        # icontains escapes % and _, so that a search for them finds them.
        statement = statement.where(or_(*(each.icontains(word, autoescape=True) for each in columns)))
    columns_of: dict[str, Any] = {
        "name": func.lower(Target.name),
        "country": Target.country,
        "checked": Target.checked_on,
    }
    column = columns_of.get(wanted.sort.removeprefix("-"))
    if column is not None:
        statement = statement.order_by(column.desc() if wanted.sort.startswith("-") else column.asc())
    return statement.order_by(Target.country, Target.body, Target.name, Target.id)


def get_target(target_id: uuid.UUID) -> Target:
    """One official; raises NotFound."""
    found = session.get(Target, target_id)
    if found is None:
        raise NotFound
    return found


def list_countries_of_targets() -> Sequence[str]:
    """The countries for which officials are written down; without the empty one of international bodies."""
    return session.scalars(select(Target.country).where(Target.country != "").distinct()).all()


def count_stale(today: date) -> int:
    """Of how many nobody looked for too long whether they still hold the office."""
    stale = select(func.count()).select_from(Target)
    stale = stale.where(Target.retired_on.is_(None), Target.checked_on < today - CHECK_AFTER)
    return session.scalar(stale) or 0


def get_import(import_id: uuid.UUID) -> TargetImport:
    """One file; raises NotFound."""
    found = session.get(TargetImport, import_id)
    if found is None:
        raise NotFound
    return found


def list_staged() -> Sequence[TargetImport]:
    """Files on which nobody has decided."""
    waiting = select(TargetImport).where(TargetImport.state == ImportState.STAGED)
    return session.scalars(waiting.order_by(TargetImport.made_at.desc()).limit(20)).all()
