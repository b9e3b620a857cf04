"""One SQL statement out of the steps of a segment: a common table expression a step, and what is asked of them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    Subquery,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union,
)

from campaign.people.models import Interaction, InteractionKind, Person
from campaign.people.queries.segment_tree import (
    Chosen,
    Known,
    LimitBy,
    Match,
    Step,
    StepKind,
    Tree,
    check_tree,
    check_values,
)

Within = Select[uuid.UUID] | None


@dataclass(frozen=True, slots=True)
class _Part:
    """One step, compiled."""

    own: CTE | None
    """Everybody whom its conditions mean; None for a limit."""
    after: CTE
    """Who is in after it."""
    ranked: CTE | None = None
    """Of a limit: everybody before it with their place in the order."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The steps as one statement, in whatever form it is asked."""

    parts: Sequence[_Part]

    def members(self) -> Select[uuid.UUID]:
        """The ids of those who are in."""
        return select(self.parts[-1].after.c.id)

    def counts(self) -> Select[Any]:
        """One row: for each step how many its conditions mean (NULL for a limit) and how many are in after it."""
        columns: list[ColumnElement[Any]] = []
        for number, part in enumerate(self.parts):
            own = literal(None) if part.own is None else _count(part.own)
            columns += [own.label(f"own_{number}"), _count(part.after).label(f"after_{number}")]
        return select(*columns)

    def standing(self, person_id: uuid.UUID) -> Select[Any]:
        """One row: for each step whether somebody is meant by it, in after it, and their place in a limit's order."""
        columns: list[ColumnElement[Any]] = []
        for number, part in enumerate(self.parts):
            own = literal(None) if part.own is None else _holds(part.own, person_id)
            place = literal(None)
            if part.ranked is not None:
                ranked = select(part.ranked.c.place).where(part.ranked.c.id == person_id)
                place = ranked.scalar_subquery()  # type: ignore[assignment]
            columns += [
                own.label(f"own_{number}"), _holds(part.after, person_id).label(f"after_{number}"),
                place.label(f"place_{number}"),
            ]  # fmt: skip
        return select(*columns)


def compile_tree(tree: Tree, known: Known, *, within: Within = None) -> Statement:
    """The statement of a tree for everybody, or those `within` alone. Raises Refused for the first step at fault."""
    problems = check_tree(tree, known)
    if problems:
        raise problems[0]
    parts: list[_Part] = []
    for number, step in enumerate(tree.steps, 1):
        before = parts[-1].after if parts else None
        if step.kind is StepKind.LIMIT:
            parts.append(_limit(step, number, before))
        else:
            own = _meant(step, number, known, within)
            parts.append(_Part(own, own if before is None else _changed(step, number, before, own)))
    return Statement(parts)


def hold(step: Step, person_id: uuid.UUID, known: Known) -> Select[Any]:
    """One row: for each condition of a step whether somebody meets it, turned around where it says so."""
    columns: list[ColumnElement[Any]] = [
        exists(select(literal(1)).select_from(Person).where(Person.id == person_id, _met(each, known))).label(f"c_{at}")
        for at, each in enumerate(step.conditions)
    ]
    return select(*columns)


def _changed(step: Step, number: int, before: CTE, own: CTE) -> CTE:
    found, mine = select(before.c.id), select(own.c.id)
    after = found.union(mine) if step.kind is StepKind.ADD else found.except_(mine)
    return after.cte(f"after_{number}")


def _limit(step: Step, number: int, before: CTE | None) -> _Part:
    # check_tree lets no limit come first.
    assert before is not None  # noqa: S101
    asked = _last_asked()
    place = func.row_number().over(order_by=_order(step, asked.c.asked_on)).label("place")
    people = select(Person.id, place).join(before, before.c.id == Person.id)
    if step.by is LimitBy.LONGEST_NOT_ASKED:
        people = people.outerjoin(asked, asked.c.person_id == Person.id)
    ranked = people.cte(f"ranked_{number}")
    after = select(ranked.c.id).where(ranked.c.place <= step.amount).cte(f"after_{number}")
    return _Part(None, after, ranked)


def _order(step: Step, asked_on: ColumnElement[Any]) -> Sequence[Any]:
    if step.by is LimitBy.RANDOM:
        # A hash and not random(): the same seed gives the same people, whoever else has come or gone meanwhile.
        return (func.md5(func.concat(cast(Person.id, String), ":", str(step.seed))), Person.id)
    if step.by is LimitBy.LONGEST_NOT_ASKED:
        return (asked_on.asc().nulls_first(), Person.since_on, Person.id)
    return (Person.since_on.desc(), Person.id)


def _last_asked() -> Subquery:
    return (
        select(Interaction.person_id, func.max(Interaction.happened_on).label("asked_on"))
        .where(Interaction.kind == InteractionKind.ASKED)
        .group_by(Interaction.person_id)
        .subquery()
    )


def _meant(step: Step, number: int, known: Known, within: Within) -> CTE:
    """Everybody whom the conditions of a step mean."""
    name = f"step_{number}"
    if step.match is Match.ALL:
        return _people(within).where(*(_met(each, known) for each in step.conditions)).cte(name)
    # One OR over subqueries could be neither hashed nor joined; each by itself can.
    folded = [where for each in step.conditions if (where := _folded(each, known)) is not None]
    rest = [_met(each, known) for each in step.conditions if _folded(each, known) is None]
    selects = [_people(within).where(condition) for condition in rest]
    if folded:
        selects.append(_people(within).where(or_(*folded)))
    return (selects[0] if len(selects) == 1 else union(*selects)).cte(name)


def _people(within: Within) -> Select[uuid.UUID]:
    everybody = select(Person.id)
    return everybody if within is None else everybody.where(Person.id.in_(within))


def _met(chosen: Chosen, known: Known) -> ColumnElement[bool]:
    """That a person meets a condition, of whatever row of Person stands around it."""
    folded = _folded(chosen, known)
    if folded is not None:
        return folded
    found = _select(chosen, known).subquery()
    # EXISTS and not IN: turned around, IN becomes a comparison with each row once it outgrows the memory of a hash.
    met = select(literal(1)).select_from(found).where(found.c[0] == Person.id).correlate(Person).exists()
    return ~met if chosen.is_not else met


def _folded(chosen: Chosen, known: Known) -> ColumnElement[bool] | None:
    """The condition as a comparison of Person's own columns, where it is one."""
    found = _select(chosen, known)
    if list(found.get_final_froms()) != [Person.__table__]:
        return None
    where = true() if found.whereclause is None else found.whereclause
    # What is not known is not so: NOT would leave out whoever has no country at all.
    return where.is_not(true()) if chosen.is_not else where


def _select(chosen: Chosen, known: Known) -> Select[uuid.UUID]:
    condition = known[chosen.name]
    return condition.select(check_values(condition, chosen.values))


def _count(of: CTE) -> ColumnElement[int]:
    return select(func.count()).select_from(of).scalar_subquery()


def _holds(of: CTE, person_id: uuid.UUID) -> ColumnElement[bool]:
    return exists(select(literal(1)).select_from(of).where(of.c.id == person_id))
