"""Asking for a run, and stopping one. At most one run of a level is at work: a constraint says so."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.penpals.jobs import RunMatching
from campaign.penpals.matching.weights import Settings
from campaign.penpals.models import MatchLevel, MatchRun, RunState
from campaign.penpals.queries.attention import setting
from campaign.penpals.queries.matching import get_run

AT_WORK = frozenset({RunState.WAITING, RunState.RUNNING})
LARGEST_SEED = 2**31 - 1
TAKES_OVER_AFTER = timedelta(minutes=10)
"""When a worker takes over a run that a command was asked for and has not finished: it was killed."""


def default_settings() -> dict[str, Any]:
    """What a run goes by when nobody has chosen: the floor that staff have set, and the weights as they come."""
    return {**Settings().as_json(), "floor": setting().floor}


def ask_for_run(
    level: MatchLevel, settings: Mapping[str, Any], *, seed: int | None = None, follows: uuid.UUID | None = None,
    actor: uuid.UUID | None, by_command: bool = False,
) -> MatchRun:  # fmt: skip
    """Ask for a run; the work is done in the background, or by the command that asks.

    `follows`: the run whose pins are kept. Raises Conflict while one of the same level is at work.
    """
    run = MatchRun(
        id=uuid.uuid4(), level=level, state=RunState.WAITING,
        seed=secrets.randbelow(LARGEST_SEED) if seed is None else seed, settings=dict(settings), figures={},
        follows_id=follows, asked_by=actor, asked_at=clock.now(),
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(run)
            session.flush()
    except IntegrityError as problem:
        if "uq_match_run_at_work" in str(problem.orig):
            raise Conflict(N_("A run of this kind is at work already. Wait for it, or cancel it first.")) from problem
        raise
    jobs.enqueue(RunMatching(str(run.id)), due_at=clock.now() + TAKES_OVER_AFTER if by_command else None)
    audit.record("matching.asked", actor=actor, about=f"match_run:{run.id}", reason=level)
    return run


def ask_again(run_id: uuid.UUID, *, actor: uuid.UUID | None) -> MatchRun:
    """The same once more with what is true now: settings and seed stay, and so do the pins. Raises Conflict."""
    run = get_run(run_id)
    if run.state in AT_WORK:
        raise Conflict(N_("A run of this kind is at work already. Wait for it, or cancel it first."))
    return ask_for_run(MatchLevel(run.level), run.settings, seed=run.seed, follows=run.id, actor=actor)


def cancel_run(run_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Stop a run that is at work; nothing of it is kept. Safe to press twice."""
    run = get_run(run_id, locked=True)
    if run.state in AT_WORK:
        run.state, run.finished_at = RunState.CANCELLED, clock.now()
        session.flush()
        audit.record("matching.cancelled", actor=actor, about=f"match_run:{run.id}")


def close_run(run_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Nothing more will be decided on this one. Safe to press twice; raises Conflict while lines are accepted."""
    run = get_run(run_id, locked=True)
    if run.stage:
        raise Conflict(N_("Lines of it are being accepted. Stop that first."))
    if run.state == RunState.READY:
        run.state = RunState.CLOSED
        session.flush()
        audit.record("matching.closed", actor=actor, about=f"match_run:{run.id}")
