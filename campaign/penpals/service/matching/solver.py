"""The solver behind a run: the input is read, solved, and its digest kept."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from campaign.kernel import clock
from campaign.kernel.errors import N_, NotFound
from campaign.penpals.matching.digest import input_digest
from campaign.penpals.matching.problem import Broken, Helper, Level, Outcome, Problem, Recipient
from campaign.penpals.matching.solve import solve
from campaign.penpals.matching.weights import Settings
from campaign.penpals.queries.matching_input import read_problem
from campaign.penpals.service.matching.engine import PairLook, Promised, Solved, Task, Tell

NOT_THERE = N_("One of the two is not there any more.")


def solve_it(task: Task, tell: Tell) -> Solved:
    """Read what is true now and work out who should get whom."""
    problem = read_problem(Level(task.level), clock.today(), pins=tuple(pin.pair for pin in task.pins))
    outcome = solve(problem, Settings.from_json(task.settings), task.seed, tell)
    return Solved(outcome, input_digest(problem))


def look_at_pair(
    level: Level, helper_id: uuid.UUID, prisoner_id: uuid.UUID, settings: Mapping[str, Any], promised: Promised
) -> PairLook:  # fmt: skip
    """What speaks for and against these two, as things stand now: a run with nobody else in it, where they are pinned.

    Raises NotFound when one of them does not come into question at all.
    """
    whole = read_problem(level, clock.today(), pins=((helper_id, prisoner_id),))
    helper = next((each for each in whole.helpers if each.id == helper_id), None)
    recipient = next((each for each in whole.recipients if each.id == prisoner_id), None)
    if helper is None or recipient is None:
        raise NotFound(NOT_THERE)
    outcome = solve(_only(whole, helper, recipient, promised), Settings.from_json(settings))
    return _look(level, outcome, helper, recipient)


def _only(whole: Problem, helper: Helper, recipient: Recipient, promised: Promised) -> Problem:
    """The problem of two; what others hold of their places stays held."""
    two = (helper.id, recipient.id)
    return replace(
        whole, helpers=(replace(helper, live=helper.live + promised.of_helper),),
        recipients=(replace(recipient, helpers=recipient.helpers + promised.of_recipient),), pins=(two,),
        running=tuple(each for each in whole.running if (each.helper_id, each.recipient_id) == two),
        blocked=tuple(each for each in whole.blocked if each == two),
    )  # fmt: skip


def _look(level: Level, outcome: Outcome, helper: Helper, recipient: Recipient) -> PairLook:
    of_groups = level is Level.GROUPS
    broken: tuple[Broken, ...] = outcome.broken
    reasons = {code: dict(each) for pair in outcome.pairs for code, each in pair.reasons.items() if code != "pinned"}
    return PairLook(
        volunteer_id=None if of_groups else helper.id,
        group_id=helper.id if of_groups else recipient.group_id,
        problems=tuple(each.condition for each in broken),
        reasons=reasons,
    )
