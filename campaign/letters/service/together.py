"""Who must not write to whom, asked when a letter is begun and again when it is handed in."""

import uuid

from campaign.kernel.errors import N_
from campaign.letters.service.errors import KeptApart
from campaign.penpals.service.assignments.blocks import is_blocked


def check_not_apart(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID | None) -> None:
    """Raises KeptApart where coordinators, or a refusal, keep these two apart."""
    if volunteer_id is not None and is_blocked(prisoner_id, volunteer_id=volunteer_id):
        raise KeptApart(
            N_("No letter of yours goes to this person at the moment. Thank you for having wanted to write.")
        )
