"""Accepting lines of a proposal: each on its own, so that what stops one stops no other.

Two who accept overlapping lines meet at the line's lock, at the constraints on assignments, or at a writer's last
place; whoever comes second gets a line that says what happened, and nobody is given twice.
"""

import uuid
from collections import Counter
from collections.abc import Sequence

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.penpals.jobs import AcceptProposals
from campaign.penpals.models import Group, MatchProposal, MatchRun, ProposalState, RunState, WriterProfile
from campaign.penpals.queries.matching import find_run, get_proposal, get_run, list_next_open
from campaign.penpals.queries.standing import Overtaken, find_doubtful, find_overtaking
from campaign.penpals.service.matching.decide import NOT_READY, open_run
from campaign.penpals.service.matching.give import give
from campaign.people.models import Volunteer
from campaign.prisoners.models import Prisoner

log = structlog.get_logger()
ACCEPTING = "accepting"
NOT_FORESEEN = N_("This line could not be accepted, for a reason that nobody foresaw. Run the matching again.")
AT_ONCE = 25
"""Lines of one transaction where all are accepted: it lasts a second, and so do the locks that it holds."""
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
        _give(run, line, actor)
        session.flush()
        _close_when_done(run_id)
    return ProposalState(line.state)


def accept_chosen(
    run_id: uuid.UUID, chosen: Sequence[uuid.UUID], *, actor: uuid.UUID
) -> Counter[ProposalState]:  # fmt: skip
    """Give what these lines propose; gives what became of how many of them, those included that were decided before.

    Raises Conflict when the whole proposal is closed.
    """
    run = open_run(run_id)
    lines = _accept_several(run, chosen, actor)
    _close_when_done(run_id)
    return Counter(ProposalState(each.state) for each in lines)


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
    """Stop after the lines at hand; what was accepted stays so. Safe to press twice."""
    run = get_run(run_id, locked=True)
    if run.stage == ACCEPTING:
        _end(run)
        session.flush()
        audit.record("matching.accepting_stopped", actor=actor, about=f"match_run:{run_id}")


def accept_next(job: AcceptProposals) -> bool:
    """Accept the next open lines behind the job's rank and ask for those after them; False when there are none.

    Each line is given within a savepoint: what stops one stops no other of them.
    """
    run_id, actor = uuid.UUID(job.run), uuid.UUID(job.actor)
    run = find_run(run_id)
    if run is None or run.state != RunState.READY or run.stage != ACCEPTING:
        return False
    chosen = list_next_open(run_id, job.after, AT_ONCE)
    lines = _accept_several(run, chosen, actor)
    # The run's row last, and for a moment: whoever looks, stops or accepts by hand does not wait for us.
    run = get_run(run_id, locked=True)
    if run.state != RunState.READY or run.stage != ACCEPTING:
        return bool(chosen)
    if len(chosen) < AT_ONCE:
        _end(run)
        session.flush()
        _close_when_done(run_id)
    else:
        run.done = min(run.done + len(chosen), run.total)
        jobs.enqueue(AcceptProposals(job.run, job.actor, max(each.rank for each in lines)))
    session.flush()
    return bool(chosen)


def _accept_several(run: MatchRun, chosen: Sequence[uuid.UUID], actor: uuid.UUID) -> Sequence[MatchProposal]:
    """Give what is still open of these lines; gives all of them.

    All rows that are locked on the way are taken first, each kind in the order of its ids, the kinds in the order in
    which a single line takes them: so two who accept overlapping proposals never wait for each other in a circle.
    """
    theirs = (MatchProposal.run_id == run.id, MatchProposal.id.in_(chosen))
    taken = session.scalars(
        select(MatchProposal).where(*theirs).order_by(MatchProposal.id).with_for_update(),
        execution_options={"populate_existing": True},
    ).all()
    lines = sorted((each for each in taken if each.state == ProposalState.OPEN), key=lambda each: each.rank)
    kept = _take_rows(lines)
    doubtful = find_doubtful(lines, run.asked_at, clock.today())
    for line in lines:
        _give(run, line, actor, is_doubtful=line.id in doubtful)
    session.flush()
    # What was read stays in the session until here: each writer is read once.
    del kept
    return taken


def _take_rows(lines: Sequence[MatchProposal]) -> list[object]:
    """Lock the prisoners, then the writers or groups."""
    writers = {each.volunteer_id for each in lines if each.volunteer_id is not None}
    groups = {each.group_id for each in lines if each.volunteer_id is None}
    kept: list[object] = []
    for statement in (
        select(Prisoner)
        .where(Prisoner.id.in_({each.prisoner_id for each in lines}))
        .order_by(Prisoner.id)
        .with_for_update(key_share=True),
        select(Volunteer).where(Volunteer.id.in_(writers)).order_by(Volunteer.id).with_for_update(read=True),
        select(WriterProfile)
        .where(WriterProfile.volunteer_id.in_(writers))
        .order_by(WriterProfile.volunteer_id)
        .with_for_update(),
        select(Group).where(Group.id.in_(groups)).order_by(Group.id).with_for_update(),
    ):
        kept += session.scalars(statement, execution_options={"populate_existing": True}).all()
    return kept


def _give(run: MatchRun, line: MatchProposal, actor: uuid.UUID | None, *, is_doubtful: bool = True) -> None:
    """Make the assignment; or say on the line what keeps it from being made.

    What has come between is looked for first where it is doubtful, else only once giving has failed.
    """
    overtaken: str = find_overtaking(line, run.asked_at, clock.today()) if is_doubtful else ""
    if not overtaken:
        overtaken = _try(line, actor)
        if overtaken and not is_doubtful:
            overtaken = find_overtaking(line, run.asked_at, clock.today()) or overtaken
    if overtaken:
        session.refresh(line)
        line.state, line.note, line.decided_by = ProposalState.OVERTAKEN, overtaken, actor
        audit.record("matching.overtaken", actor=actor, about=f"match_proposal:{line.id}")
    else:
        audit.record("matching.accepted", actor=actor, about=f"match_proposal:{line.id}")


def _try(line: MatchProposal, actor: uuid.UUID | None) -> str:
    """Make the assignment within a savepoint; gives what keeps it from being made, or nothing."""
    try:
        with session.begin_nested():
            made = give(line, actor=actor)
            line.state, line.assignment_id, line.decided_by = ProposalState.ACCEPTED, made, actor
            session.flush()
    except IntegrityError as problem:
        return _by_constraint(line, problem)
    except DomainError as problem:
        return problem.message or Overtaken.NOT_REACHED
    return ""


def _by_constraint(line: MatchProposal, problem: IntegrityError) -> str:
    """Which of the constraints on assignments said no; where it was none of them, that is logged."""
    name = str(getattr(getattr(problem.orig, "diag", None), "constraint_name", "") or "")
    if name == "assignment_within_capacity":
        return Overtaken.WRITER_FULL if line.volunteer_id else Overtaken.GROUP_FULL
    if name in BY_CONSTRAINT:
        return BY_CONSTRAINT[name]
    log.error("matching.not_accepted", line=str(line.id), constraint=name)
    return NOT_FORESEEN


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
