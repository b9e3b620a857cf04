"""Asking one person to do a task, and what they do with it: behind the link of a mail, or with their account.

Nobody is written to without a ground: volunteers at work are, others where they agreed to news and gave an address.
The mail holds a link and no word of the task.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, delete, select, union
from sqlalchemy.dialects.postgresql import insert

from campaign.accounts.queries import get_account
from campaign.accounts.service.emails import email_of
from campaign.activities.models import OfferAnswer, Task, TaskOffer, TaskRefusal, TaskState
from campaign.activities.service.task_desk import GAVE, close, find_helper, general, withdraw_offers
from campaign.activities.service.task_words import Ending, until_of
from campaign.activities.service.tasks import HELD, TakenByAnother, locked, move, note
from campaign.kernel import audit, clock, tokens
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.people.models import (
    AT_WORK,
    IDENTITY,
    SCOPE,
    Consent,
    IdentityKind,
    InteractionKind,
    MailWish,
    Person,
    PersonIdentity,
    Purpose,
    Volunteer,
)
from campaign.people.queries.mail_wishes import select_held, select_paused
from campaign.people.queries.mail_wishes import select_resting as resting_people
from campaign.people.service.details import record_interaction
from campaign.people.service.mail_rhythm import note_mailed

PURPOSE, MAIL = "task-offer", "task.offer"
OFFERED_FOR, AFTER_DUE = timedelta(days=30), timedelta(days=14)
BATCH = 200


class NoWay(DomainError):
    """We may write to them nowhere."""


class Refused(DomainError):
    """They asked not to be asked for this kind."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who acts: a person with a record, a volunteer with an account, or both in one."""

    person_id: uuid.UUID | None
    volunteer_id: uuid.UUID | None = None


def select_reachable() -> Select[uuid.UUID]:
    """The ids of the people who may be asked at all."""
    helping = select(Volunteer.person_id).where(
        Volunteer.state.in_(AT_WORK), Volunteer.account_id.is_not(None), Volunteer.person_id.is_not(None)
    )
    agreed = select(Consent.person_id).where(Consent.ended_on.is_(None), Consent.purpose == Purpose.NEWS)
    with_address = select(PersonIdentity.person_id).where(
        PersonIdentity.kind == IdentityKind.EMAIL, PersonIdentity.person_id.in_(agreed)
    )
    both = union(helping, with_address).subquery()
    return select(both.c[0])


def select_resting() -> Select[uuid.UUID]:
    """The ids of the people who want to be asked for nothing today, or, where only a mail reaches them, no mail now."""
    helping = select(Volunteer.person_id).where(Volunteer.account_id.is_not(None), Volunteer.person_id.is_not(None))
    by_mail = select_held().where(MailWish.person_id.not_in(helping))
    both = union(resting_people(), by_mail).subquery()
    return select(both.c[0])


def is_reachable(person_id: uuid.UUID) -> bool:
    """Whether somebody may be asked at all."""
    reachable = select_reachable().subquery()
    return session.scalar(select(reachable.c[0]).where(reachable.c[0] == person_id).limit(1)) is not None


def offer(task_id: uuid.UUID, person_id: uuid.UUID, *, actor: uuid.UUID) -> TaskOffer:
    """Ask one person: the task is for nobody else until they answer. Asking the same again is once.

    Raises NoWay, Refused, NoSuchPerson, TakenByAnother, WorkOnLetters, NotFound.
    """
    task = general(task_id)
    find_helper(person_id)
    if task.state != TaskState.OPEN:
        raise TakenByAnother(N_("Somebody else has taken this meanwhile. There may be others."))
    if not is_reachable(person_id):
        raise NoWay(
            N_("We may write to this person nowhere: they are no volunteer at work and did not agree to news by mail.")
        )
    if session.get(TaskRefusal, (person_id, task.kind)) is not None:
        raise Refused(N_("This person asked not to be asked for tasks of this kind."))
    resting = select_resting().subquery()
    if session.scalar(select(resting.c[0]).where(resting.c[0] == person_id).limit(1)) is not None:
        raise Refused(N_("This person wants to be asked for nothing for a while."))
    known = find_waiting(task.id, person_id)
    if known is not None:
        return known
    withdraw_offers(task)
    made = ask(task, person_id, actor=actor)
    audit.record("task.offer", actor=actor, about=f"task:{task.id}")
    return made


def ask(task: Task, person_id: uuid.UUID, *, actor: uuid.UUID) -> TaskOffer:
    """Put down that they are asked, on their timeline as well, and owe the mail. The caller holds the task."""
    today = clock.today()
    made = TaskOffer(
        id=uuid.uuid4(), task_id=task.id, person_id=person_id, offered_on=today,
        expires_on=max(today + OFFERED_FOR, (task.due_on or today) + AFTER_DUE), answer=OfferAnswer.NONE,
    )  # fmt: skip
    session.add(made)
    task.person_id = person_id
    note(task, "offered", actor=actor)
    record_interaction(person_id, InteractionKind.ASKED, word=GAVE, subject=task.id, actor=actor)
    person = session.get_one(Person, person_id)
    note_mailed([person_id])
    keyring.ensure(SCOPE)
    queue_mail(
        MAIL, lane=Lane.BULK if task.giving_id is not None else Lane.LETTERS, language=person.language,
        dedupe=dedupe_key(SCOPE, MAIL, made.id.bytes), ref=made.id,
    )  # fmt: skip
    return made


def find_waiting(task_id: uuid.UUID, person_id: uuid.UUID) -> TaskOffer | None:
    """The offer of this task to them that they have not answered."""
    mine = select(TaskOffer).where(TaskOffer.task_id == task_id, TaskOffer.person_id == person_id)
    return session.scalar(mine.where(TaskOffer.answer == "").limit(1))


def address_of(person_id: uuid.UUID) -> str:
    """Where they may be written to about tasks, today: empty where nowhere."""
    volunteer = find_helper(person_id)
    if volunteer is not None and volunteer.account_id is not None:
        address = email_of(get_account(volunteer.account_id))
        if address:
            return address
    agreed = select(Consent.id).where(
        Consent.person_id == person_id, Consent.ended_on.is_(None), Consent.purpose == Purpose.NEWS
    )
    if session.scalar(agreed.limit(1)) is None:
        return ""
    ways = select(PersonIdentity).where(
        PersonIdentity.person_id == person_id, PersonIdentity.kind == IdentityKind.EMAIL
    )
    way = session.scalar(ways.order_by(PersonIdentity.id).limit(1))
    return IDENTITY.unseal(SCOPE, way.id, way.value_sealed) if way is not None else ""


def wants_no_mail(person_id: uuid.UUID) -> bool:
    """Whether somebody whom only a mail reaches has said, since it was owed, that they want none now."""
    quiet = union(select_paused(), resting_people()).subquery()
    return session.scalar(select(quiet.c[0]).where(quiet.c[0] == person_id).limit(1)) is not None


def token_of(made: TaskOffer) -> str:
    """The token of their page; it works until the offer's last day."""
    return tokens.derive(SCOPE, PURPOSE, made.id, version=1, expires_on=made.expires_on)


def find_by_token(token: str) -> TaskOffer | None:
    """The offer behind a link; None when it is gone. Raises BadToken, TokenExpired, KeyMissing, KeyDestroyed."""
    claim = tokens.parse(token)
    tokens.verify(claim, SCOPE, PURPOSE, version=1, today=clock.today())
    return session.get(TaskOffer, claim.row, populate_existing=True)


def holder_of(made: TaskOffer) -> Holder:
    """Whoever was asked, as those who act."""
    volunteer = find_helper(made.person_id)
    return Holder(made.person_id, volunteer.id if volunteer is not None else None)


def is_theirs(task: Task, holder: Holder) -> bool:
    """Whether they have it now."""
    if task.state not in HELD or task.keeper_id is not None:
        return False
    if task.claimed_by is not None:
        return task.claimed_by == holder.volunteer_id
    return task.person_id is not None and task.person_id == holder.person_id


def is_for_them(task: Task, holder: Holder) -> bool:
    """Whether it waits for their answer."""
    is_open = task.state == TaskState.OPEN and task.person_id is not None
    return is_open and task.person_id == holder.person_id


def take_up(task_id: uuid.UUID, holder: Holder, *, is_open_to_them: bool = False) -> Task:
    """Take what was offered to them, or, with `is_open_to_them`, what is for all; twice is once.

    Raises TakenByAnother, WorkOnLetters, NotFound.
    """
    task = general(task_id)
    if is_theirs(task, holder):
        return task
    was_offered = is_for_them(task, holder)
    is_free = is_open_to_them and task.state == TaskState.OPEN and task.person_id is None
    if not was_offered and not is_free:
        raise TakenByAnother(N_("Somebody else has taken this meanwhile. There may be others."))
    task.claimed_by = holder.volunteer_id
    if was_offered:
        _answer(task, OfferAnswer.ACCEPTED)
    move(task, TaskState.CLAIMED, "accepted" if was_offered else "taken", until=until_of(task))
    return task


def decline(task_id: uuid.UUID, holder: Holder, *, never: bool) -> Task:
    """ "Not now", or "do not ask me again for this kind". It is open to all then; one of many, for them alone, ends.

    Twice is once. Raises NotFound for what was never for them.
    """
    task = general(task_id)
    if not is_for_them(task, holder) and not is_theirs(task, holder):
        raise NotFound
    if is_theirs(task, holder):
        move(task, TaskState.OPEN, "handed_back")
    if never and holder.person_id is not None:
        refuse(holder.person_id, task.kind)
    _answer(task, OfferAnswer.NEVER if never else OfferAnswer.NOT_NOW)
    _free(task, "declined")
    return task


def hand_back(task_id: uuid.UUID, holder: Holder) -> Task:
    """ "I cannot after all". Raises NotFound for what is not theirs."""
    task = general(task_id)
    if not is_theirs(task, holder):
        raise NotFound
    move(task, TaskState.OPEN, "handed_back")
    _free(task, "declined")
    return task


def finish_own(task_id: uuid.UUID, holder: Holder, ending: Ending) -> Task:
    """It is done; what was offered need not be taken first. Twice is once. Raises TakenByAnother."""
    task = general(task_id)
    if task.state == TaskState.DONE and (
        task.claimed_by == holder.volunteer_id if task.claimed_by is not None else task.person_id == holder.person_id
    ):
        return task
    if is_for_them(task, holder):
        take_up(task_id, holder)
    if not is_theirs(task, holder):
        raise TakenByAnother(N_("This is no longer yours: the days ran out, or it was finished."))
    close(task, ending)
    return task


def refuse(person_id: uuid.UUID, kind: str) -> None:
    """Never to be asked for this kind again, until they take it back."""
    row = {"person_id": person_id, "kind": kind, "since_on": clock.today()}
    session.execute(insert(TaskRefusal).values(row).on_conflict_do_nothing())


def ask_again(person_id: uuid.UUID, kind: str) -> None:
    """They may be asked for this kind after all."""
    gone = delete(TaskRefusal).where(TaskRefusal.person_id == person_id, TaskRefusal.kind == kind)
    session.execute(gone)


def lapse(today: date) -> int:
    """End offers that nobody answered while their link worked; gives how many."""
    due = select(TaskOffer.id, TaskOffer.task_id).where(TaskOffer.answer == "", TaskOffer.expires_on < today)
    found = session.execute(due.order_by(TaskOffer.task_id).limit(BATCH)).all()
    for offer_id, task_id in found:
        task = locked(task_id)
        made = session.get(TaskOffer, offer_id, with_for_update=True, populate_existing=True)
        if made is None or made.answer:
            continue
        made.answer, made.answered_on = OfferAnswer.LAPSED, today
        if task.state == TaskState.OPEN and task.person_id == made.person_id:
            _free(task, "lapsed")
    session.flush()
    return len(found)


def _answer(task: Task, answer: OfferAnswer) -> None:
    mine = select(TaskOffer).where(TaskOffer.task_id == task.id, TaskOffer.person_id == task.person_id)
    newest = session.scalar(mine.order_by(TaskOffer.offered_on.desc(), TaskOffer.id).limit(1).with_for_update())
    if newest is not None:
        newest.answer, newest.answered_on = answer, clock.today()


def _free(task: Task, word: str) -> None:
    """Nobody has it who was asked: open to all; one of many was for them alone, and ends."""
    if task.giving_id is not None:
        move(task, TaskState.CANCELLED, word)
    else:
        note(task, word)
    task.person_id = None
    session.flush()
