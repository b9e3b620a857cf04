"""What becomes of somebody's letters when they have themselves erased."""

import uuid

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.letters.models import ENDED, GONE_OUT, Letter, LetterState, LetterThread
from campaign.letters.service.bodies import erase_body
from campaign.letters.service.moves import STEPS, move


def take_back_all(volunteer_id: uuid.UUID) -> int:
    """Throw drafts away, take back what does not lie in a batch, erase the words of what has left or ended.

    What lies in a batch is on paper already: it leaves, and its words go with the batch. Gives how many letters.
    """
    mine = select(Letter).join(LetterThread, LetterThread.id == Letter.thread_id)
    mine = mine.where(LetterThread.volunteer_id == volunteer_id).order_by(Letter.id).with_for_update(of=Letter)
    amount = 0
    for letter in session.scalars(mine.execution_options(populate_existing=True)).all():
        state = LetterState(letter.state)
        if state is LetterState.DRAFT:
            session.delete(letter)
            amount += 1
            continue
        if LetterState.WITHDRAWN in STEPS[state]:
            move(letter, LetterState.WITHDRAWN, actor=None)
        amount += int(LetterState(letter.state) in GONE_OUT | ENDED and erase_body(letter))
    session.flush()
    return amount
