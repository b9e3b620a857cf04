"""Accepting lines of a proposal: one transaction a line, so that what stops one stops no other.

Two who accept overlapping lines meet at the line's lock, at the constraints on assignments, or at a writer's last
place; whoever comes second gets a line that says what happened, and nobody is given twice.
"""

import uuid

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.penpals.jobs import AcceptProposals
from campaign.penpals.models import MatchProposal, MatchRun, ProposalState, RunState
from campaign.penpals.queries.matching import find_run, get_proposal, get_run, next_open
from campaign.penpals.queries.standing import Overtaken, find_overtaking
from campaign.penpals.service.matching.decide import NOT_READY, open_run
from campaign.penpals.service.matching.give import give

ACCEPTING = "accepting"
BY_CONSTRAINT = {
    "uq_assignment_writer": Overtaken.ALREADY_WRITES,
    "uq_assignment_group": Overtaken.HAS_GROUP,
    "assignment_writer_at_work": Overtaken.WRITER_NOT_AT_WORK,
    "assignment_group_open": Overtaken.GROUP_CLOSED,
}


def accept(run_id: uuid.UUID, proposal_id: uuid.UUID, *, actor: uuid.UUID | None) -> ProposalState:
    """Give what one line proposes; gives what became of the line. Call it in a transaction of its own.

    A line on which somebody has decided already stays as it is. Raises Conflict when the whole proposal is closed.
    """
    run = open_run(run_id)
    line = get_proposal(run_id, proposal_id, locked=True)
    if line.state == ProposalState.OPEN:
        line.decided_by = actor
        _give(run, line, actor)
        session.flush()
        _close_when_done(run_id)
    return ProposalState(line.state)


def ask_to_accept_all(run_id: uuid.UUID, *, actor: uuid.UUID) -> int:
    """Begin to accept every line that is open; gives how many there are.

    Raises Conflict when that is under way, when the proposal is closed, or when no line is open.
    """
    run = get_run(run_id, locked=True)
    if run.state != RunState.READY:
        raise Conflict(NOT_READY)
    if run.stage == ACCEPTING:
        raise Conflict(N_("The lines are being accepted already."))
    count = _count_open(run_id)
    if not count:
        raise Conflict(N_("No line is open any more."))
    run.stage, run.done, run.total = ACCEPTING, 0, count
    session.flush()
    jobs.enqueue(AcceptProposals(str(run_id), str(actor), 0))
    audit.record("matching.accepting_all", actor=actor, about=f"match_run:{run_id}", amount=count)
    return count


def stop_accepting(run_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Stop after the line at hand; what was accepted stays so. Safe to press twice."""
    run = get_run(run_id, locked=True)
    if run.stage == ACCEPTING:
        _end(run)
        session.flush()
        audit.record("matching.accepting_stopped", actor=actor, about=f"match_run:{run_id}")


def accept_next(job: AcceptProposals) -> bool:
    """Accept the next open line behind the job's rank and ask for the one after it; False when there is none."""
    run_id, actor = uuid.UUID(job.run), uuid.UUID(job.actor)
    run = find_run(run_id)
    if run is None or run.state != RunState.READY or run.stage != ACCEPTING:
        return False
    line = next_open(run_id, job.after)
    if line is not None:
        accept(run_id, line.id, actor=actor)
    # The run's row last, and for a moment: whoever looks, stops or accepts by hand does not wait for us.
    run = get_run(run_id, locked=True)
    if run.state != RunState.READY or run.stage != ACCEPTING:
        return line is not None
    if line is None:
        _end(run)
    else:
        run.done = min(run.done + 1, run.total)
        jobs.enqueue(AcceptProposals(job.run, job.actor, line.rank))
    session.flush()
    return line is not None


def _give(run: MatchRun, line: MatchProposal, actor: uuid.UUID | None) -> None:
    """Make the assignment; or say on the line what keeps it from being made."""
    overtaken: str = find_overtaking(line, run.asked_at, clock.today())
    if not overtaken:
        try:
            with session.begin_nested():
                made = give(line, actor=actor)
                line.state, line.assignment_id = ProposalState.ACCEPTED, made
                session.flush()
        except IntegrityError as problem:
            overtaken = _by_constraint(line, problem)
        except DomainError as problem:
            overtaken = problem.message or Overtaken.NOT_REACHED
    if overtaken:
        session.refresh(line)
        line.state, line.note, line.decided_by = ProposalState.OVERTAKEN, overtaken, actor
        audit.record("matching.overtaken", actor=actor, about=f"match_proposal:{line.id}")
    else:
        audit.record("matching.accepted", actor=actor, about=f"match_proposal:{line.id}")


def _by_constraint(line: MatchProposal, problem: IntegrityError) -> str:
    """Which of the constraints on assignments said no. Raises the error again when it was none of them."""
    name = str(getattr(getattr(problem.orig, "diag", None), "constraint_name", "") or "")
    if name == "assignment_within_capacity":
        return Overtaken.WRITER_FULL if line.volunteer_id else Overtaken.GROUP_FULL
    if name in BY_CONSTRAINT:
        return BY_CONSTRAINT[name]
    raise problem


def _count_open(run_id: uuid.UUID) -> int:
    statement = select(func.count()).where(
        MatchProposal.run_id == run_id, MatchProposal.state == ProposalState.OPEN
    )  # fmt: skip
    return session.scalar(statement) or 0


def _close_when_done(run_id: uuid.UUID) -> None:
    """Nothing is left to decide: the run is over."""
    if not _count_open(run_id):
        run = get_run(run_id, locked=True)
        if run.state == RunState.READY:
            _end(run)
            run.state = RunState.CLOSED
            session.flush()


def _end(run: MatchRun) -> None:
    run.stage, run.done, run.total = "", 0, 0
