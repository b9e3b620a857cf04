"""What people answer, what they did after all, asks taken back, and being left in peace for a while."""

import uuid
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.mail.rows import MailRow, MailState
from campaign.kernel.registry_ladder import ladder_steps
from campaign.people.models import Ask, AskRest, AskState, AskWay, Interaction, InteractionKind, Person
from campaign.people.service.ladder.ask import MAIL
from campaign.people.service.records import lock_person

ANSWER_DAYS = 30
"""So long an ask waits for an answer, and so long it counts as its success when the step is taken."""
UNDO_DAYS = 1
MONTHS = (1, 3, 6, 12)
MONTH = 30
ANSWERS = (AskState.DID, AskState.NOT_NOW, AskState.NEVER)


class TooLate(Conflict):
    """An ask can be taken back no more."""


def answer(ask_id: uuid.UUID, state: AskState, *, person_id: uuid.UUID, actor: uuid.UUID | None) -> Ask:
    """Note what somebody answered; another answer later takes its place. Raises NotFound.

    `actor` is None where the person answers from a mail.
    """
    row = _lock(ask_id, person_id)
    if state not in ANSWERS:
        raise NotFound
    if row.state != state:
        row.state, row.ended_on = state, clock.today()
        session.flush()
        audit.record("person.ask_answer", actor=actor, about=f"person:{person_id}", reason=f"{row.step} {state}")
    return row


def open_again(ask_id: uuid.UUID, *, person_id: uuid.UUID, actor: uuid.UUID | None) -> Ask:
    """Take an answer back: "never" is "not now" from here on. Raises NotFound."""
    row = _lock(ask_id, person_id)
    if row.state == AskState.NEVER:
        row.state = AskState.NOT_NOW
        session.flush()
        audit.record("person.ask_answer", actor=actor, about=f"person:{person_id}", reason=f"{row.step} again")
    return row


def take_back(ask_id: uuid.UUID, *, person_id: uuid.UUID, actor: uuid.UUID) -> None:
    """It did not happen: nothing of the ask stays. Raises TooLate once it was answered, a mail has left, or a day has
    passed; NotFound."""
    row = _lock(ask_id, person_id)
    if not can_be_taken_back(row) or not _forget([row.id], row.way):
        raise TooLate(N_("This can be taken back no more: it was answered, the mail has left, or a day has passed."))
    audit.record("person.ask_undone", actor=actor, about=f"person:{person_id}", reason=row.step)


def can_be_taken_back(row: Ask) -> bool:
    """Whether it is recent and without an answer; whether a mail has left is another question."""
    return row.state == AskState.ASKED and row.asked_on >= clock.today() - timedelta(days=UNDO_DAYS)


def take_back_all(round_id: uuid.UUID, way: str) -> int:
    """The same for those of an act on many that have no answer, as far as no mail has left; gives how many."""
    recent = clock.today() - timedelta(days=UNDO_DAYS)
    mine = select(Ask.id).where(Ask.round_id == round_id, Ask.state == AskState.ASKED, Ask.asked_on >= recent)
    whose = select(Ask.person_id).where(Ask.id.in_(mine))
    # Their people first, in the order in which asking and answering take them.
    session.execute(select(Person.id).where(Person.id.in_(whose)).order_by(Person.id).with_for_update(key_share=True))
    return _forget(session.scalars(mine.order_by(Ask.id).with_for_update()).all(), way)


def rest(person_id: uuid.UUID, months: int | None, *, actor: uuid.UUID | None) -> None:
    """Ask somebody for nothing for so many months; None: until they say otherwise. Raises NotFound."""
    lock_person(person_id)
    today = clock.today()
    if months is not None and months not in MONTHS:
        raise NotFound
    values = {"until_on": None if months is None else today + timedelta(days=MONTH * months), "said_on": today}
    statement = insert(AskRest).values(person_id=person_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
    audit.record("person.ask_rest", actor=actor, about=f"person:{person_id}", reason=str(months or "for good"))


def end_rest(person_id: uuid.UUID, *, actor: uuid.UUID | None) -> bool:
    """They may be asked again; False where that is so already. Raises NotFound."""
    lock_person(person_id)
    ended = delete(AskRest).where(AskRest.person_id == person_id).returning(AskRest.person_id)
    if session.scalar(ended) is None:
        return False
    audit.record("person.ask_rest", actor=actor, about=f"person:{person_id}", reason="ended")
    return True


def read_months(text: str) -> int | None:
    """So many months as a form sends them; None until they say otherwise, 0 not any more. Raises NotFound."""
    known = {"": 0, "ever": None, **{str(each): each for each in MONTHS}}
    if text not in known:
        raise NotFound
    return known[text]


def sweep(today: date) -> int:
    """Find out who took the step they were asked for, and close what nobody answered in 30 days; gives how many."""
    amount = 0
    for step in ladder_steps:
        found = step.done().subquery()
        person, day = found.c[0], found.c[1]
        after = (person == Ask.person_id, day >= Ask.asked_on)
        did = (
            update(Ask)
            .where(
                Ask.step == step.name, Ask.state.in_((AskState.ASKED, AskState.NOT_NOW)),
                Ask.asked_on >= today - timedelta(days=ANSWER_DAYS),
                exists(select(literal(1)).select_from(found).where(*after).correlate(Ask)),
            )
            .values(
                state=AskState.DID,
                ended_on=select(func.min(day)).select_from(found).where(*after).correlate(Ask).scalar_subquery(),
            )
            .returning(Ask.id)
        )  # fmt: skip
        amount += len(session.scalars(did, execution_options={"synchronize_session": False}).all())
    silent = update(Ask).where(Ask.state == AskState.ASKED, Ask.asked_on < today - timedelta(days=ANSWER_DAYS))
    closed = silent.values(state=AskState.LAPSED, ended_on=today).returning(Ask.id)
    return amount + len(session.scalars(closed, execution_options={"synchronize_session": False}).all())


def _forget(asks: Collection[uuid.UUID], way: str) -> int:
    """Delete these asks with their lines of the timeline; of those by mail only where the mail has not left."""
    ids = list(asks)
    if ids and way == AskWay.MAIL:
        waiting = (MailRow.kind == MAIL, MailRow.ref.in_(ids), MailRow.state.in_((MailState.PENDING, MailState.RETRY)))
        ids = [each for each in session.scalars(delete(MailRow).where(*waiting).returning(MailRow.ref)) if each]
    if ids:
        lines = (Interaction.kind == InteractionKind.ASKED, Interaction.subject_id.in_(ids))
        session.execute(delete(Interaction).where(*lines))
        session.execute(delete(Ask).where(Ask.id.in_(ids)))
    return len(ids)


def _lock(ask_id: uuid.UUID, person_id: uuid.UUID) -> Ask:
    """The ask under the lock of its person, as asking takes it. Raises NotFound."""
    lock_person(person_id)
    row = session.get(Ask, ask_id, populate_existing=True)
    if row is None or row.person_id != person_id:
        raise NotFound
    return row
