"""A task's way: made, offered, taken, handed back, done, cancelled, opened again; who may, and what is written down."""

import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from campaign.activities.models import OfferAnswer, TaskKind, TaskOffer, TaskOutcome, TaskRefusal, TaskState
from campaign.activities.queries import tasks as queries
from campaign.activities.service import task_desk as desk
from campaign.activities.service import task_offers as offers
from campaign.activities.service import task_reminders, task_words, tasks
from campaign.activities.service.task_offers import Holder
from campaign.activities.service.task_words import Ending, title_of
from campaign.activities.service.tasks import TakenByAnother
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.tokens import TokenExpired
from campaign.people.models import AskRest, Interaction, InteractionKind
from tests.activities.made_tasks import agreeing, fresh, helper, mails, steps, task
from tests.people.pages import ACTOR, written_down
from tests.support import accounts

STAFF = uuid.UUID(int=8)
_S = TaskState


def test_its_words_are_sealed(app: Flask) -> None:
    made = task("Call Anna's mother")
    assert title_of(made) == "Call Anna's mother"
    assert made.title_sealed is not None
    assert b"Anna" not in made.title_sealed


def test_staff_take_hand_back_and_end_it(app: Flask) -> None:
    made = task(due_on=clock.today() + timedelta(days=20))
    with transaction():
        desk.take(made.id, actor=STAFF)
        desk.take(made.id, actor=STAFF)
    assert fresh(made).claimed_until == clock.today() + timedelta(days=20)
    with pytest.raises(TakenByAnother), transaction():
        desk.take(made.id, actor=ACTOR)
    with transaction():
        desk.take_back(made.id, actor=STAFF)
        desk.end_task(made.id, Ending(TaskOutcome.PARTLY, "Half of it.", 30), actor=STAFF)
        desk.end_task(made.id, Ending(), actor=STAFF)
    assert (fresh(made).state, made.outcome, made.minutes) == (_S.DONE, "partly", 30)
    assert task_words.ending_of(made) == "Half of it."
    with pytest.raises(TakenByAnother), transaction():
        desk.cancel_task(made.id, "no", actor=STAFF)
    with transaction():
        desk.reopen_task(made.id, actor=STAFF)
    assert (fresh(made).state, made.outcome, made.ending_sealed, made.done_on) == (_S.OPEN, "", None, None)
    assert steps(made) == ["made", "taken", "handed_back", "finished", "reopened"]


def test_a_person_is_asked_accepts_and_ends_it(app: Flask) -> None:
    made, person = task(), agreeing()
    with transaction():
        first = offers.offer(made.id, person.id, actor=STAFF)
        again = offers.offer(made.id, person.id, actor=STAFF)
    assert first.id == again.id
    assert mails("task.offer") == 1
    holder = offers.holder_of(first)
    assert holder == Holder(person.id, None)
    with transaction():
        offers.take_up(made.id, holder)
        offers.take_up(made.id, holder)
    assert fresh(made).state == _S.CLAIMED
    with transaction():
        offers.finish_own(made.id, holder, Ending(minutes=45))
        offers.finish_own(made.id, holder, Ending(minutes=45))
    assert fresh(made).state == _S.DONE
    lines = session.execute(select(Interaction.kind, Interaction.word, Interaction.amount)).all()
    assert [tuple(line) for line in lines] == [
        (InteractionKind.ASKED, "task", 0), (InteractionKind.GAVE_TIME, "task", 45),
    ]  # fmt: skip


def test_declining_frees_it_and_a_refusal_is_kept_for_the_kind(app: Flask) -> None:
    made, other, person = task(), task(kind=TaskKind.POST), agreeing()
    with transaction():
        offers.offer(made.id, person.id, actor=STAFF)
        offers.decline(made.id, Holder(person.id), never=True)
    assert (fresh(made).state, made.person_id) == (_S.OPEN, None)
    assert session.scalars(select(TaskOffer.answer)).all() == [OfferAnswer.NEVER]
    assert session.get(TaskRefusal, (person.id, "print")) is not None
    with pytest.raises(offers.Refused), transaction():
        offers.offer(made.id, person.id, actor=STAFF)
    with transaction():
        offers.offer(other.id, person.id, actor=STAFF)
    with pytest.raises(NotFound), transaction():
        offers.decline(made.id, Holder(person.id), never=False)


def test_nobody_is_asked_without_a_way_or_while_they_rest(app: Flask) -> None:
    made, without, resting = task(), written_down("Без согласия", email="without@example.org"), agreeing()
    with pytest.raises(offers.NoWay), transaction():
        offers.offer(made.id, without.id, actor=STAFF)
    with transaction():
        session.add(AskRest(person_id=resting.id, until_on=None, said_on=clock.today()))
    with pytest.raises(offers.Refused), transaction():
        offers.offer(made.id, resting.id, actor=STAFF)
    assert session.scalars(select(TaskOffer)).all() == []


def test_what_fits_a_volunteer_is_skill_language_and_trust(app: Flask) -> None:
    plain, skilled = task("plain"), task("skilled", skill="printing")
    spoken = task("spoken", kind=TaskKind.TRANSLATE, from_language="de", to_language="ru")
    trusted, asked = task("trusted", trust=1), task("asked")
    newcomer, known = helper(), helper(trust=1, skills=("printing",), spoken=("de", "ru"))
    person = agreeing()
    with transaction():
        offers.offer(asked.id, person.id, actor=STAFF)

    def fits(who: object) -> set[uuid.UUID]:
        return {each.id for each in session.scalars(queries.select_fitting(who))}  # type: ignore[arg-type]

    assert fits(newcomer) == {plain.id}
    assert fits(known) == {plain.id, skilled.id, spoken.id, trusted.id}


def test_a_claim_that_runs_out_opens_it_and_says_so(app: Flask) -> None:
    made, offered, who, person = task(), task("offered"), helper(), agreeing()
    with transaction():
        offers.take_up(made.id, Holder(who.person_id, who.id), is_open_to_them=True)
        offers.offer(offered.id, person.id, actor=STAFF)
        offers.take_up(offered.id, Holder(person.id))
    later = clock.today() + timedelta(days=tasks.DAYS + 1)
    with transaction():
        assert tasks.sweep(later) == 2
        assert tasks.sweep(later) == 0
    assert (fresh(made).state, made.claimed_by, steps(made)[-1]) == (_S.OPEN, None, "ran_out")
    assert fresh(offered).person_id is None


def test_offers_lapse_and_staff_give_to_who_agreed(app: Flask) -> None:
    made, person = task(), agreeing()
    with transaction():
        offers.offer(made.id, person.id, actor=STAFF)
    later = clock.today() + timedelta(days=40)
    with transaction():
        assert offers.lapse(later) == 1
        assert offers.lapse(later) == 0
    assert (fresh(made).person_id, steps(made)[-1]) == (None, "lapsed")
    with transaction():
        desk.assign(made.id, person.id, actor=STAFF)
    assert offers.is_theirs(fresh(made), Holder(person.id))
    other = task()
    with pytest.raises(desk.NoSuchPerson), transaction():
        desk.assign(other.id, uuid.uuid4(), actor=STAFF)


def test_reminders_are_owed_once(app: Flask) -> None:
    who = helper(address="helper@example.org")
    made, lone = task(due_on=clock.today() + timedelta(days=1)), task(due_on=clock.today() + timedelta(days=1))
    with transaction():
        offers.take_up(made.id, Holder(who.person_id, who.id), is_open_to_them=True)
    with transaction():
        assert task_reminders.remind(clock.today()) == 1
        assert task_reminders.remind(clock.today()) == 0
    assert (mails("task.soon"), mails("task.overdue")) == (1, 0)
    late = clock.today() + timedelta(days=3)
    with transaction():
        task_reminders.remind(late)
        task_reminders.remind(late)
    assert (mails("task.soon"), mails("task.overdue")) == (1, 1)
    assert fresh(lone).reminded_on is None


def test_words_are_erased_half_a_year_after_the_end(app: Flask) -> None:
    made = task()
    with transaction():
        desk.end_task(made.id, Ending(text="fine"), actor=STAFF)
    with transaction():
        assert task_words.erase_old_words(clock.today() + timedelta(days=179)) == 0
        assert task_words.erase_old_words(clock.today() + timedelta(days=181)) == 1
    assert (fresh(made).title_sealed, made.ending_sealed, made.state) == (None, None, _S.DONE)
    with pytest.raises(TakenByAnother), transaction():
        desk.reopen_task(made.id, actor=STAFF)


def test_work_on_letters_is_not_touched_here(app: Flask) -> None:
    with transaction():
        made = tasks.open_task(TaskKind.TRANSCRIBE_REPLY, uuid.uuid4(), actor=None)
    assert made.subject_kind == "reply"
    for act in (
        lambda: desk.take(made.id, actor=STAFF), lambda: desk.cancel_task(made.id, "x", actor=STAFF),
        lambda: desk.end_task(made.id, Ending(), actor=STAFF),
    ):  # fmt: skip
        with pytest.raises(desk.WorkOnLetters), transaction():
            act()
    assert fresh(made).state == _S.OPEN


def test_two_at_once_do_not_both_get_it(app: Flask) -> None:
    made, failed = task(), []
    people = [helper(), helper()]
    holders = [Holder(each.person_id, each.id) for each in people]
    gate = threading.Barrier(2)

    def grab(holder: Holder) -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    offers.take_up(made.id, holder, is_open_to_them=True)
            except DomainError as problem:
                failed.append(type(problem))
            session.remove()

    threads = [threading.Thread(target=grab, args=(each,)) for each in holders]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == [TakenByAnother]
    assert fresh(made).state == _S.CLAIMED


def test_a_token_runs_out(app: Flask) -> None:
    made, person = task(), agreeing()
    with transaction():
        offer = offers.offer(made.id, person.id, actor=STAFF)
    token = offers.token_of(offer)
    assert offers.find_by_token(token) is not None
    with time_machine.travel(clock.now() + timedelta(days=32)), pytest.raises(TokenExpired):
        offers.find_by_token(token)


def test_an_account_that_is_gone_is_reminded_of_nothing(app: Flask) -> None:
    made = task(due_on=clock.today())
    keeper = accounts.person()
    with transaction():
        desk.take(made.id, actor=keeper.id)
    assert task_reminders.find_holder(fresh(made)) is None
