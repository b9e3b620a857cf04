"""One run, from its input to its proposal.

The work stands in one transaction with the end of its job, so a worker that is killed leaves nothing of it, and the job
begins anew. How far it is is written beside it, each time in a transaction of its own, which also tells that somebody
has cancelled.
"""

import time
import uuid
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import structlog
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from campaign.kernel import audit, clock
from campaign.kernel.db import execute_alone, session
from campaign.penpals.matching.problem import Outcome
from campaign.penpals.models import MatchLevel, MatchProposal, MatchRun, MatchUnplaced, ProposalState, RunState
from campaign.penpals.queries.matching import find_run, get_run
from campaign.penpals.service.matching.ask import AT_WORK
from campaign.penpals.service.matching.engine import Engine, Pin, Solved, Stopped, Task, Tell
from campaign.penpals.service.matching.solver import solve_it

log = structlog.get_logger()
SECONDS_BETWEEN = 0.5
STAGES = ("reading", "build", "solve", "price", "compare", "explain", "writing")
PAGE = 2000
TENTHS = 10
# What a worker may wait for the solver inside its transaction; the server's own limit would end it after a minute.
PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = '10min'")
PROGRESS = (
    "UPDATE match_run SET state = 'running', stage = %(stage)s, done = %(done)s, total = %(total)s"
    " WHERE id = %(run)s AND state IN ('waiting', 'running') RETURNING id"
)
FAILED = (
    "UPDATE match_run SET state = 'failed', stage = '', problem = %(problem)s, finished_at = %(now)s"
    " WHERE id = %(run)s AND state IN ('waiting', 'running')"
)


def carry_out(run_id: uuid.UUID, engine: Engine = solve_it, tell: Tell | None = None) -> bool:
    """Work a run out and make it ready; False when it is wanted no more or could not be done.

    The same input, settings and seed give the same lines. `tell` hears of the progress as well.
    """
    run = find_run(run_id)
    if run is None or run.state not in AT_WORK:
        return False
    session.execute(PATIENCE)
    progress = Progress(run_id, tell)
    try:
        progress("reading", 0, 0)
        solved = engine(Task(run.level, run.seed, run.settings, _pins_of(run)), progress)
        progress("writing", 0, len(solved.outcome.pairs))
    except Stopped:
        return False
    except SQLAlchemyError:
        # The database is away or slow: the job comes again.
        raise
    except Exception as problem:
        log.error("matching.failed", run=str(run_id), error=type(problem).__name__, exc_info=problem)
        execute_alone(FAILED, {"run": run_id, "problem": type(problem).__name__, "now": clock.now()})
        return False
    return _write(run_id, solved)


class Progress:
    """Writes down which step a run is at, a few times a second at most, and finds out whether it is still wanted."""

    def __init__(self, run_id: uuid.UUID, tell: Tell | None = None) -> None:
        self.run_id, self.tell = run_id, tell
        self.stage, self.step, self.said_at = "", 0, 0.0

    def __call__(self, stage: str, _done: int, _total: int) -> None:
        """Raises Stopped when the run was cancelled."""
        moment = time.monotonic()
        if stage == self.stage and moment - self.said_at < SECONDS_BETWEEN:
            return
        self.stage, self.said_at = stage, moment
        if stage in STAGES:
            # Solving and proving take turns; the picture of it goes forward only.
            self.step = max(self.step, STAGES.index(stage) + 1)
        values = {"run": self.run_id, "stage": stage, "done": self.step, "total": len(STAGES)}
        if not execute_alone(PROGRESS, values):
            raise Stopped
        if self.tell is not None:
            self.tell(stage, self.step, len(STAGES))


def tenths(quarters: Sequence[int]) -> list[float]:
    """The average number of letters of each tenth of the people, whose are fewest first; of fewer than ten, each."""
    ordered = sorted(quarters)
    parts = min(TENTHS, len(ordered))
    cuts = [len(ordered) * number // parts for number in range(parts + 1)] if parts else []
    return [round(sum(ordered[a:b]) / (b - a) / 4, 2) for a, b in pairwise(cuts)]


def figures_of(outcome: Outcome) -> dict[str, Any]:
    """What the pages say of a run in numbers; the tenths of the picture stand in for everybody's sum."""
    figures = outcome.figures.as_json()
    for side, picture in (("before", outcome.figures.before), ("after", outcome.figures.after)):
        figures[side]["tenths"] = tenths(picture.levels)
        del figures[side]["levels"]
    figures["pinned"] = sum(each.is_pinned for each in outcome.pairs)
    figures["without"] = len(outcome.unplaced)
    figures["broken"] = [
        {"kind": each.kind, "helper": str(each.helper_id), "recipient": str(each.recipient_id),
         "condition": each.condition}
        for each in outcome.broken
    ]  # fmt: skip
    return figures


def _pins_of(run: MatchRun) -> list[Pin]:
    if run.follows_id is None:
        return []
    statement = (
        select(MatchProposal)
        .where(
            MatchProposal.run_id == run.follows_id, MatchProposal.is_pinned, MatchProposal.state == ProposalState.OPEN
        )
        .order_by(MatchProposal.rank, MatchProposal.id)
    )
    return [
        Pin(each.prisoner_id, each.volunteer_id, each.group_id, each.is_added) for each in session.scalars(statement)
    ]


def _write(run_id: uuid.UUID, solved: Solved) -> bool:
    """Replace whatever the run held by what was found, as one act."""
    run = get_run(run_id, locked=True)
    if run.state not in AT_WORK:
        return False
    session.execute(delete(MatchProposal).where(MatchProposal.run_id == run_id))
    session.execute(delete(MatchUnplaced).where(MatchUnplaced.run_id == run_id))
    _insert(MatchProposal, _lines(run, solved.outcome))
    _insert(
        MatchUnplaced,
        [{"run_id": run_id, "prisoner_id": each.recipient_id, "shortfall": each.shortfall, "blame": dict(each.blame)}
         for each in solved.outcome.unplaced],
    )  # fmt: skip
    run.state, run.stage, run.done, run.total = RunState.READY, "", 0, 0
    run.figures, run.input_digest, run.finished_at = figures_of(solved.outcome), solved.digest, clock.now()
    _close_former(run)
    session.flush()
    audit.record("matching.ready", actor=run.asked_by, about=f"match_run:{run.id}", amount=len(solved.outcome.pairs))
    return True


def _insert(table: type[MatchProposal | MatchUnplaced], rows: Sequence[Mapping[str, Any]]) -> None:
    for first in range(0, len(rows), PAGE):
        session.execute(insert(table), rows[first : first + PAGE])


def _lines(run: MatchRun, outcome: Outcome) -> list[dict[str, Any]]:
    added = {each.pair for each in _pins_of(run) if each.is_added}
    is_of_writers = run.level == MatchLevel.WRITERS
    return [
        {
            "id": uuid.uuid4(), "run_id": run.id, "prisoner_id": each.recipient_id,
            "volunteer_id": each.helper_id if is_of_writers else None,
            "group_id": each.group_id if is_of_writers else each.helper_id, "rank": each.rank,
            "reasons": {code: dict(details) for code, details in each.reasons.items()}, "is_pinned": each.is_pinned,
            "is_added": (each.helper_id, each.recipient_id) in added, "state": ProposalState.OPEN, "note": "",
        }
        for each in outcome.pairs
    ]  # fmt: skip


def _close_former(run: MatchRun) -> None:
    """The run whose pins were kept is over: what it proposed stands in the new one, or is out of date."""
    former = find_run(run.follows_id, locked=True) if run.follows_id else None
    if former is not None and former.state == RunState.READY:
        former.state, former.stage = RunState.CLOSED, ""
