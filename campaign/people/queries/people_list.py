"""One page of a list of people: whoever the database finds by filters, memory by name, in one order, with counts."""

import uuid
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, ScalarSelect, Select, cast, false, func, literal, select, text

from campaign.kernel.db import session
from campaign.people.models import Person
from campaign.people.queries.name_index import Look
from campaign.people.queries.name_text import Names
from campaign.people.queries.wanted import Wanted, conditions_of, is_one_of

PER_PAGE = 50
FEW = 1_000
"""So many ids are given to the database to narrow; of more it is asked for all that fit."""
PAGES_AHEAD, AHEAD = 5, 2_000
"""One of the first pages is looked for among so many names for each page, before all who fit are put in order."""
BROUGHT = 5_000
"""So many who fit are brought wherever they stand. Of more, those ahead fill the page, unless filters go with names."""
Within = Select[uuid.UUID] | None


@dataclass(frozen=True, slots=True)
class Hits:
    """Who fits what was typed."""

    exact: Sequence[uuid.UUID] = ()
    """Those whose address, number or name in a messenger it is."""
    codes: Sequence[int] = ()
    """In the index of names."""
    is_near: bool = False
    """Nobody is called so; these are called nearly so, the nearest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of those who fit."""

    ids: Sequence[uuid.UUID]
    number: int
    total: int
    is_near: bool = False
    is_by_name: bool = True
    """Whether names could be asked for the order, where it is theirs."""


def search_names(text: str, look: Look) -> Hits:
    """Who is called so, or nearly so where nobody is; empty while the index is loading."""
    if look.names is None:
        return Hits()
    codes = look.names.search(text)
    return Hits(codes=codes) if codes else Hits(codes=look.names.search_near(text), is_near=True)


def find_people(wanted: Wanted, hits: Hits, *, within: Within, look: Look, number: int) -> Found:
    """A page of those who fit; past the end the last one. `hits` counts only where `wanted.text` is given."""
    conditions = conditions_of(wanted)
    if within is not None:
        conditions.append(Person.id.in_(within))
    # Whoever reads such a page waits for it alone; shared out among processes, the hashes of a join are made for each,
    # and two processors take longer over it than one.
    session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
    if wanted.column == "name" and look.names is not None:
        if conditions and not wanted.text and number <= PAGES_AHEAD:
            found = _ahead(wanted, conditions, look.names, max(number, 1))
            if found is not None:
                return found
        people = _by_name(wanted, hits, conditions, look.names)
        return _of_people(people, number, is_near=hits.is_near and not hits.exact)
    if wanted.text:
        conditions.append(_are_hits(hits, look))
    return _by_record(wanted, conditions, number, hits)


def select_ids(wanted: Wanted, hits: Hits, *, within: Within, look: Look) -> Select[uuid.UUID]:
    """A SELECT of the ids of all who fit, in no order."""
    statement = select(Person.id).where(*conditions_of(wanted))
    if within is not None:
        statement = statement.where(Person.id.in_(within))
    return statement.where(_are_hits(hits, look)) if wanted.text else statement


class _People(Sequence[uuid.UUID]):
    """Ids that are made of codes only where they are looked at."""

    def __init__(self, first: Sequence[uuid.UUID], codes: Sequence[int], names: Names) -> None:
        self._first, self._codes, self._names = first, codes, names

    def __len__(self) -> int:
        return len(self._first) + len(self._codes)

    def __getitem__(self, wanted: slice) -> list[uuid.UUID]:  # type: ignore[override]
        begin, end, _step = wanted.indices(len(self))
        many = len(self._first)
        rest = self._codes[max(begin - many, 0) : max(end - many, 0)]
        return [*self._first[begin:end], *self._names.people(rest)]


def _of_people(people: _People, number: int, *, is_near: bool = False) -> Found:
    shown = _page(number, len(people))
    return Found(people[(shown - 1) * PER_PAGE : shown * PER_PAGE], shown, len(people), is_near)


def _ahead(wanted: Wanted, conditions: Sequence[ColumnElement[bool]], names: Names, number: int) -> Found | None:
    """One of the first pages of those who fit; None where the names ahead of the others do not fill it.

    One question tells how many fit, which of the names ahead do, and who all of them are where they are few.
    """
    codes = _falling(names.order, names) if wanted.is_falling else names.order
    ahead = codes[: number * AHEAD]
    fit = select(Person.id).where(*conditions).cte("fit")
    total, all_of_few, fit_ahead = session.execute(select(
        select(func.count()).select_from(fit).scalar_subquery(),
        _joined(select(fit.c.id).limit(BROUGHT)),
        _joined(select(fit.c.id).where(is_one_of(names.hexadecimal(ahead), fit.c.id))),
    )).one()  # fmt: skip
    if total <= BROUGHT:
        people = names.among(names.order, bytes(all_of_few or b""))
        return _of_people(_People((), _falling(people, names) if wanted.is_falling else people, names), number)
    page = names.among(ahead, bytes(fit_ahead or b""))[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Found(names.people(page), number, total) if len(page) == PER_PAGE else None


def _by_name(wanted: Wanted, hits: Hits, conditions: Sequence[ColumnElement[bool]], names: Names) -> _People:
    codes = hits.codes if wanted.text else names.order
    if conditions and codes:
        narrowed = select(Person.id).where(*conditions)
        if len(codes) <= FEW:
            narrowed = narrowed.where(is_one_of(names.hexadecimal(codes)))
        codes = names.among(codes, bytes(session.scalar(select(_joined(narrowed))) or b""))
    if wanted.is_falling and not hits.is_near:
        codes = _falling(codes, names)
    first: Sequence[uuid.UUID] = ()
    if wanted.text and hits.exact:
        first = session.scalars(select(Person.id).where(is_one_of(each.hex for each in hits.exact), *conditions)).all()
        known = set(first)
        codes = [code for code, person in zip(codes, names.people(codes), strict=True) if person not in known]
    return _People(first, codes, names)


def _falling(codes: Sequence[int], names: Names) -> Sequence[int]:
    """From the last name to the first; who has none stays at the end."""
    named = bisect_left(codes, True, key=lambda code: not names.entry(code).plain)
    return [*reversed(codes[:named]), *codes[named:]]


def _joined(ids: Select[uuid.UUID]) -> ScalarSelect[bytes | None]:
    """Ids one behind the other, as the server writes them: of many rows, one value is read in a tenth of the time."""
    (person,) = ids.subquery().c
    return select(func.string_agg(func.uuid_send(person), cast(literal(b""), LargeBinary))).scalar_subquery()


def _by_record(wanted: Wanted, conditions: Sequence[ColumnElement[bool]], number: int, hits: Hits) -> Found:
    total = session.scalar(select(func.count()).select_from(Person).where(*conditions)) or 0
    shown = _page(number, total)
    statement = select(Person.id).where(*conditions).order_by(*_order(wanted))
    ids = session.scalars(statement.limit(PER_PAGE).offset((shown - 1) * PER_PAGE)).all()
    return Found(ids, shown, total, hits.is_near and not hits.exact, is_by_name=wanted.column != "name")


def _order(wanted: Wanted) -> list[Any]:
    columns = {"country": Person.country, "active": Person.active_on}
    if wanted.column in columns:
        column = columns[wanted.column]
        by = column.desc() if wanted.is_falling else column.asc()
        return [by.nulls_last(), Person.id]
    # By name where no name can be asked: the newest first.
    falls = wanted.is_falling or wanted.column == "name"
    return [Person.since_on.desc(), Person.id.desc()] if falls else [Person.since_on, Person.id]


def _are_hits(hits: Hits, look: Look) -> ColumnElement[bool]:
    named = look.names.hexadecimal(hits.codes) if look.names is not None else []
    people = [*(each.hex for each in hits.exact), *named]
    return is_one_of(people) if people else false()


def _page(number: int, total: int) -> int:
    return min(max(number, 1), max(1, ceil(total / PER_PAGE)))
