"""A solver for tests that proposes what it is told to, and everything around it."""

import hashlib
import uuid
from collections.abc import Callable, Sequence

from campaign.kernel.db import session, transaction
from campaign.penpals.matching.problem import Figures, Outcome, Pair, Picture, Unplaced
from campaign.penpals.matching.weights import Settings
from campaign.penpals.models import MatchLevel, MatchProposal, MatchRun
from campaign.penpals.service.matching import ask, run
from campaign.penpals.service.matching.engine import Engine, Solved, Task, Tell

Two = tuple[uuid.UUID, uuid.UUID]
REASONS = {"never_written": {}, "shared_languages": {"languages": ["ru"]}, "promise": {"days": 30}}


def picture(levels: Sequence[int]) -> Picture:
    """Attention as a run tells it."""
    below = [each for each in levels if each < 12]
    return Picture(
        len(levels), sum(not each for each in levels), len(below), sum(12 - each for each in below), sum(levels),
        (100,) * 10, 500, tuple(sorted(levels)),
    )  # fmt: skip


def engine(
    pairs: Sequence[Two], *, without: Sequence[uuid.UUID] = (), group: uuid.UUID | None = None,
    during: Callable[[], None] = lambda: None,
) -> Engine:  # fmt: skip
    """Proposes the pairs (helper, prisoner), pins first; does `during` midway."""

    def solve(task: Task, tell: Tell) -> Solved:
        pinned = [pin.pair for pin in task.pins]
        tell("solving", 0, 2)
        during()
        tell("solving", 2, 2)
        wanted = [*pinned, *(pair for pair in pairs if pair not in pinned)]
        found = [
            Pair(helper, prisoner, group, rank, REASONS, (helper, prisoner) in pinned, 0)
            for rank, (helper, prisoner) in enumerate(wanted, 1)
        ]
        people = len(found) + len(without)
        figures = Figures(
            picture([0] * people), picture([4] * len(found) + [0] * len(without)), len(found), 0, len(found),
            (0, 0, 0), (0, 0, 0), 0, len(found), len(found), 1, 0, (("solving", 0.1),),
        )  # fmt: skip
        left = tuple(Unplaced(each, 12, {"language": 3, "trust": 1}) for each in without)
        return Solved(Outcome(tuple(found), left, figures), hashlib.sha256(repr(wanted).encode()).hexdigest())

    return solve


def asked(level: MatchLevel = MatchLevel.WRITERS, **changes: object) -> MatchRun:
    """A committed run that waits."""
    with transaction():
        return ask.ask_for_run(level, Settings().as_json(), actor=None, **changes)


def ready(pairs: Sequence[Two], level: MatchLevel = MatchLevel.WRITERS, **changes: object) -> uuid.UUID:
    """A committed run that proposes the pairs."""
    made = asked(level).id
    with transaction():
        assert run.carry_out(made, engine(pairs, **changes))
    session.expunge_all()
    return made


def lines(run_id: uuid.UUID) -> list[MatchProposal]:
    """Its lines as they stand, in their order."""
    session.remove()
    return session.query(MatchProposal).filter_by(run_id=run_id).order_by(MatchProposal.rank).all()
