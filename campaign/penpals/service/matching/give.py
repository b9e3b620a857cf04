"""The one place where a line becomes an assignment."""

import uuid

from campaign.penpals.models import MatchProposal
from campaign.penpals.service import assignments


def give(line: MatchProposal, *, actor: uuid.UUID | None) -> uuid.UUID:
    """Offer the prisoner to the line's writer, or give them to its group; gives the assignment's id.

    Raises what the service of assignments raises when it may not be.
    """
    if line.volunteer_id is not None:
        made = assignments.offer(
            line.prisoner_id, line.volunteer_id, group_id=line.group_id, run_id=line.run_id, actor=actor
        )
    else:
        assert line.group_id is not None, "a line is given to somebody"  # noqa: S101
        made = assignments.give_to_group(line.prisoner_id, line.group_id, run_id=line.run_id, actor=actor)
    return made.id
