"""What a person decides on one line of a proposal: keep it, refuse it, put somebody else in its place.

Each act takes the line's lock and looks at its state there, so that of two who press at once the second is told.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.penpals.matching.problem import Level
from campaign.penpals.models import MatchProposal, MatchRun, PairBlock, ProposalState, RunState
from campaign.penpals.queries.matching import count_open_of, get_proposal, get_run
from campaign.penpals.service.matching.engine import PairLook, Promised
from campaign.penpals.service.matching.solver import look_at_pair

DECIDED = N_("Somebody has decided on this line already. Look at it again.")
NOT_READY = N_("This proposal is closed. Run the matching again for another.")


class NotPossible(DomainError):
    """A hard condition keeps two apart; `problems` are its codes."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(N_("These two cannot be brought together."))
        self.problems = tuple(problems)


def open_run(run_id: uuid.UUID) -> MatchRun:
    """A run on whose lines one may decide. Raises Conflict."""
    run = get_run(run_id)
    if run.state != RunState.READY:
        raise Conflict(NOT_READY)
    return run


def open_line(run_id: uuid.UUID, proposal_id: uuid.UUID) -> MatchProposal:
    """A line on which nobody has decided, under its lock. Raises Conflict."""
    open_run(run_id)
    line = get_proposal(run_id, proposal_id, locked=True)
    if line.state != ProposalState.OPEN:
        raise Conflict(DECIDED)
    return line


def pin(run_id: uuid.UUID, proposal_id: uuid.UUID, *, is_pinned: bool, actor: uuid.UUID) -> None:
    """Keep a line when the matching is run again, or let it go. Safe to press twice. Raises Conflict."""
    line = open_line(run_id, proposal_id)
    if line.is_pinned != is_pinned:
        line.is_pinned = is_pinned
        session.flush()
        audit.record("matching.pinned" if is_pinned else "matching.unpinned", actor=actor, about=_about(line))


def refuse(run_id: uuid.UUID, proposal_id: uuid.UUID, reason: str, *, actor: uuid.UUID) -> None:
    """Not these two, now and in every later run; the reason is kept with the pair. Raises Conflict."""
    line = open_line(run_id, proposal_id)
    line.state, line.note, line.decided_by, line.is_pinned = ProposalState.REFUSED, reason, actor, False
    side = {"volunteer_id": line.volunteer_id} if line.volunteer_id else {"group_id": line.group_id}
    session.execute(
        insert(PairBlock)
        .values(id=uuid.uuid4(), prisoner_id=line.prisoner_id, **side, reason=reason, blocked_by=actor,
                blocked_on=clock.today())
        .on_conflict_do_nothing()
    )  # fmt: skip
    session.flush()
    audit.record("matching.refused", actor=actor, about=_about(line))


def take_refusal_back(run_id: uuid.UUID, proposal_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Let two be brought together again, and the line be decided on anew. Safe to press twice. Raises Conflict."""
    open_run(run_id)
    line = get_proposal(run_id, proposal_id, locked=True)
    if line.state != ProposalState.REFUSED:
        return
    group_id = None if line.volunteer_id else line.group_id
    blocks = select(PairBlock).where(
        PairBlock.prisoner_id == line.prisoner_id, PairBlock.volunteer_id.is_not_distinct_from(line.volunteer_id),
        PairBlock.group_id.is_not_distinct_from(group_id),
    )  # fmt: skip
    for block in session.scalars(blocks):
        session.delete(block)
    line.state, line.note, line.decided_by = ProposalState.OPEN, "", None
    session.flush()
    audit.record("matching.refusal_taken_back", actor=actor, about=_about(line))


def look_at_partner(run: MatchRun, line: MatchProposal, partner_id: uuid.UUID) -> PairLook:
    """What speaks for and against somebody else in the place of a line's writer or group."""
    level = Level(run.level)
    theirs = MatchProposal.group_id if level is Level.GROUPS else MatchProposal.volunteer_id
    # What the other lines give to either of the two is spoken for, though nobody has accepted it yet.
    promised = Promised(
        count_open_of(run.id, line.id, theirs == partner_id),
        count_open_of(run.id, line.id, MatchProposal.prisoner_id == line.prisoner_id),
    )
    return look_at_pair(level, partner_id, line.prisoner_id, run.settings, promised)


def change_partner(run_id: uuid.UUID, proposal_id: uuid.UUID, partner_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put another writer or group in the place of a line's; it is pinned then, so that another run keeps it.

    Raises NotPossible with the hard conditions that forbid it, Conflict when the pair is in the proposal already.
    """
    run, line = open_run(run_id), open_line(run_id, proposal_id)
    look = look_at_partner(run, line, partner_id)
    if look.problems:
        raise NotPossible(look.problems)
    twin = select(MatchProposal.id).where(
        MatchProposal.run_id == run_id, MatchProposal.id != proposal_id,
        MatchProposal.prisoner_id == line.prisoner_id,
        MatchProposal.volunteer_id.is_not_distinct_from(look.volunteer_id),
        MatchProposal.group_id.is_not_distinct_from(look.group_id),
    )  # fmt: skip
    if session.scalar(twin) is not None:
        raise Conflict(N_("These two stand in the proposal already, on another line."))
    line.volunteer_id, line.group_id, line.reasons = look.volunteer_id, look.group_id, dict(look.reasons)
    line.is_pinned = line.is_added = True
    session.flush()
    audit.record("matching.changed", actor=actor, about=_about(line))


def _about(line: MatchProposal) -> str:
    return f"match_proposal:{line.id}"
