"""Why somebody is in a segment or out of it: step by step, condition by condition."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from campaign.kernel.db import read_only
from campaign.kernel.registry_people import segment_conditions
from campaign.people.models import Person, Segment
from campaign.people.queries.segment_query import compile_tree, hold
from campaign.people.queries.segment_tree import Step, StepKind, read_tree
from campaign.people.queries.segments import people_of

MOST_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Stand:
    """How somebody comes out of one step."""

    step: Step
    is_meant: bool | None
    """Whether its conditions mean them; None for a limit."""
    was_in: bool
    is_in: bool
    held: Sequence[bool] = ()
    """For each condition, turned around where it says so, whether it is so of them."""
    place: int | None = None
    """Of a limit: their place in the order, from 1; None where they were out already."""

    @property
    def has_decided(self) -> bool:
        """Whether the step changed anything for them."""
        return self.was_in != self.is_in


def explain(segment: Segment, person_id: uuid.UUID, audience: str) -> list[Stand]:
    """One line a step. The caller has checked that they may be seen. Raises Refused, TooSlow."""
    tree = read_tree(segment.tree)
    within = people_of(audience)
    if all(step.kind is not StepKind.LIMIT for step in tree.steps):
        # Without a limit nobody else matters, and a page need not look at them.
        alone = select(Person.id).where(Person.id == person_id)
        within = alone if within is None else alone.where(Person.id.in_(within))
    compiled = compile_tree(tree, segment_conditions, within=within)
    stands: list[Stand] = []
    with read_only(MOST_SECONDS) as connection:
        row = connection.execute(compiled.standing(person_id)).one()
        for number, step in enumerate(tree.steps):
            held: Sequence[bool] = ()
            if step.conditions:
                held = list(connection.execute(hold(step, person_id, segment_conditions)).one())
            own, after, place = row[3 * number : 3 * number + 3]
            was_in = stands[-1].is_in if stands else False
            stands.append(Stand(step, own, was_in, after, held, place))
    return stands
