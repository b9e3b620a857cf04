"""Letters and batches, for tests."""

import uuid
from itertools import pairwise

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.letters.models import Letter, LetterBatch, LetterState, Relay
from campaign.letters.service import bodies, moves, threads
from campaign.penpals.service.codes import new_code
from campaign.people.models import Volunteer
from campaign.prisoners.models import Channel, Custody, Prisoner
from tests.support import pens

TEXT = "Здравствуйте, Пётр Иванович! Меня зовут Анна, я развожу помидоры на балконе. А что любите вы? Ваша Анна"
WAY = (
    LetterState.SUBMITTED, LetterState.CHECKING, LetterState.IN_MODERATION, LetterState.APPROVED, LetterState.QUEUED,
    LetterState.BATCHED, LetterState.PRINTED, LetterState.DISPATCHED,
)  # fmt: skip
ADDRESS = {"to": "Выдуманному Петру Ивановичу, 1980 г. р.", "lines": ["Вымышленная колония"], "index": "123456"}


def draft(prisoner: Prisoner | None = None, writer: Volunteer | None = None, text: str = TEXT) -> Letter:
    """A committed draft of somebody who writes."""
    prisoner, writer = prisoner or pens.addressee(), writer or pens.writer()
    with transaction():
        made = Letter(
            id=uuid.uuid4(), code=new_code(), thread_id=threads.open_thread(prisoner.id, writer.id).id,
            prisoner_id=prisoner.id, channel=Channel.POST, state=LetterState.DRAFT, written_by=writer.account_id,
            characters=len(text), pages=1, created_on=clock.today(), edited_on=clock.today(),
        )  # fmt: skip
        bodies.write_body(made, text)
        moves.begin(made, writer.account_id)
    return made


def letter(
    state: LetterState, prisoner: Prisoner | None = None, writer: Volunteer | None = None, text: str = TEXT
) -> Letter:
    """A committed letter that went the plain way as far as `state`, which lies on it or one step off its end."""
    made = draft(prisoner, writer, text)
    way = [*WAY[: WAY.index(state) + 1]] if state in WAY else [*WAY, state]
    with transaction():
        found = moves.locked(made.id)
        for _before, step in pairwise([LetterState.DRAFT, *way]):
            _prepare(found, step)
            moves.move(found, step, actor=None)
    return found


def batch(prisoner: Prisoner) -> LetterBatch:
    """A committed batch to the facility where somebody is."""
    with transaction():
        return _batch(prisoner.id)


def relay(**changes: object) -> Relay:
    """A committed return address."""
    values: dict[str, object] = {
        "name": "Anna Example", "lines": ["Sample Street 1", "10115 Berlin"], "country": "DE", "is_active": True,
        "changed_on": clock.today(),
    }  # fmt: skip
    with transaction():
        made = Relay(id=uuid.uuid4(), **{**values, **changes})
        session.add(made)
    return made


def _prepare(found: Letter, step: LetterState) -> None:
    if step is LetterState.SUBMITTED:
        found.submitted_on = clock.today()
    if step is LetterState.BATCHED:
        made = _batch(found.prisoner_id)
        found.batch_id, found.position, found.address, found.facility_id = made.id, 1, ADDRESS, made.facility_id
    if step is LetterState.DISPATCHED:
        found.dispatched_on, found.due_on = clock.today(), clock.today()


def _batch(prisoner_id: uuid.UUID) -> LetterBatch:
    stay = session.query(Custody).filter_by(prisoner_id=prisoner_id, until_on=None).one()
    made = LetterBatch(
        id=uuid.uuid4(), channel=Channel.POST, facility_id=stay.facility_id, letters=1, locked_on=clock.today()
    )
    session.add(made)
    session.flush()
    return made
