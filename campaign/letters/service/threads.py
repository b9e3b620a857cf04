"""Where letters and answers between two belong together."""

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.letters.models import LetterThread


def open_thread(
    prisoner_id: uuid.UUID, volunteer_id: uuid.UUID | None, *, group_id: uuid.UUID | None = None
) -> LetterThread:
    """The thread of the two, made where there is none; without a writer a new one, since nobody is to be recognised.

    Two at once get the same thread.
    """
    row = {
        "id": uuid.uuid4(), "prisoner_id": prisoner_id, "volunteer_id": volunteer_id, "group_id": group_id,
        "opened_on": clock.today(),
    }  # fmt: skip
    session.execute(insert(LetterThread).values(row).on_conflict_do_nothing())
    mine = select(LetterThread).where(
        LetterThread.id == row["id"]
        if volunteer_id is None
        else (LetterThread.prisoner_id == prisoner_id) & (LetterThread.volunteer_id == volunteer_id)
    )
    return session.scalars(mine).one()
