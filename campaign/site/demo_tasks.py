"""Tasks of the demo: in every state, some overdue, one given to many people, two that come again."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update

from campaign.accounts.queries import find_account_by_name
from campaign.activities.models import RuleUnit, Task, TaskEvent, TaskKind, TaskOutcome
from campaign.activities.service import giving, recurring
from campaign.activities.service import task_desk as desk
from campaign.activities.service import task_offers as offers
from campaign.activities.service.giving import GivingDraft
from campaign.activities.service.recurring import Rule
from campaign.activities.service.task_desk import TaskDraft
from campaign.activities.service.task_offers import Holder
from campaign.activities.service.task_words import Ending
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.people.models import AT_WORK, Person, Volunteer
from campaign.prisoners.models import Facility, Prisoner


class Wish(NamedTuple):
    """One task of the demo."""

    kind: TaskKind
    title: str
    due: int | None
    """Days from today."""
    skill: str = ""
    now: str = "open"
    languages: tuple[str, str] = ("", "")
    about: str = ""


WISHES = (
    Wish(TaskKind.PRINT, "Print forty cards with the linden tree", -3, "printing"),
    Wish(TaskKind.POST, "Post the parcel of envelopes", 1),
    Wish(TaskKind.TRANSLATE, "Put the leaflet into German", 9, "translating", languages=("ru", "de")),
    Wish(TaskKind.VERIFY_ADDRESS, "Does the index still hold?", 4, about="facility"),
    Wish(TaskKind.VISIT_HEARING, "Sit in at the hearing and write down what was said", 6, about="prisoner"),
    Wish(TaskKind.OWN, "Find a room for twenty in May", 20, "hosting"),
    Wish(TaskKind.CALL, "Ask the print shop for its price", 2, now="staff"),
    Wish(TaskKind.TRANSLATE, "Перевести письмо родных", -1, now="taken", languages=("ru", "en")),
    Wish(TaskKind.OWN, "Draw a card for New Year", 12, "design", now="taken"),
    Wish(TaskKind.VERIFY_ADDRESS, "Look the postal code up", 3, now="asked", about="facility"),
    Wish(TaskKind.PRINT, "Print the reply forms", -8, now="done"),
    Wish(TaskKind.POST, "Post the winter batch", -15, now="done"),
    Wish(TaskKind.VISIT_HEARING, "Go to the appeal", -5, now="partly", about="prisoner"),
    Wish(TaskKind.CALL, "Ask the library for a room", -11, now="in_vain"),
    Wish(TaskKind.OWN, "Order stickers", 5, now="cancelled"),
)
DETAILS = "What is needed stands here, in as few words as it takes. Names of people stay out of letters and mails."


def make_tasks() -> None:
    """Make them in the open transaction."""
    owner = find_account_by_name("organiser-1") or find_account_by_name("coordinator-1")
    if owner is None:
        return
    helpers = session.scalars(
        select(Volunteer)
        .where(Volunteer.state.in_(AT_WORK), Volunteer.account_id.is_not(None), Volunteer.person_id.is_not(None))
        .order_by(Volunteer.pseudonym)
        .limit(4)
    ).all()
    for number, wish in enumerate(WISHES):
        _make(wish, helpers, number, owner.id)
    _come_again(owner.id)
    reachable = offers.select_reachable().subquery()
    people = session.scalars(select(reachable.c[0]).order_by(reachable.c[0]).limit(9)).all()
    ask = TaskDraft(TaskKind.PRINT, "Print one poster and hang it up where people wait", DETAILS, due_on=_day(14))
    chosen = select(Person.id).where(Person.id.in_(people))
    if people:
        given = giving.begin(GivingDraft(ask, gap=0), chosen, seen=len(people), actor=owner.id)
        session.execute(update(Task).where(Task.giving_id == given.id).values(is_demo=True))


def _make(wish: Wish, helpers: Sequence[Volunteer], number: int, actor: uuid.UUID) -> None:
    draft = TaskDraft(
        wish.kind, wish.title, DETAILS, subject=_about(wish.about), skill=wish.skill, from_language=wish.languages[0],
        to_language=wish.languages[1], due_on=_day(wish.due),
    )  # fmt: skip
    task = desk.make_task(draft, actor=actor, is_demo=True)
    helper = helpers[number % len(helpers)] if helpers else None
    if wish.now == "staff":
        desk.take(task.id, actor=actor)
    elif wish.now == "cancelled":
        desk.cancel_task(task.id, "There are enough left.", actor=actor)
    elif wish.now != "open" and helper is not None:
        holder = Holder(helper.person_id, helper.id)
        if wish.now == "asked" and helper.person_id is not None:
            offers.ask(task, helper.person_id, actor=actor)
            return
        offers.take_up(task.id, holder, is_open_to_them=True)
        if wish.now != "taken":
            ending = Ending(TaskOutcome(wish.now), "As told on the phone.", 30 + 15 * (number % 4))
            offers.finish_own(task.id, holder, ending)
            _move_back(task, wish.due or 0)


def _move_back(task: Task, days: int) -> None:
    """It was made and done in the past."""
    task.created_on, task.done_on = _day(days - 9) or task.created_on, _day(days - 1)
    session.flush()
    session.execute(update(TaskEvent).where(TaskEvent.task_id == task.id).values(happened_on=task.done_on))


def _come_again(owner: uuid.UUID) -> None:
    weekly = Rule(1, RuleUnit.WEEKS, clock.today() - timedelta(days=21), weekday=0, due_in=3)
    monthly = Rule(1, RuleUnit.MONTHS, clock.today(), month_day=28, due_in=10)
    post = TaskDraft(TaskKind.POST, "Empty the letter box and log what came", DETAILS)
    check = TaskDraft(TaskKind.VERIFY_ADDRESS, "Look up every tenth address again", DETAILS)
    recurring.make_template(post, weekly, actor=owner, is_demo=True)
    recurring.make_template(check, monthly, actor=owner, is_demo=True)
    recurring.make_due(clock.today())


def _about(kind: str) -> Any:
    models = {"facility": Facility, "prisoner": Prisoner}
    if kind not in models:
        return None
    model: Any = models[kind]
    found = session.scalar(select(model.id).where(model.is_demo).order_by(model.id).limit(1))
    return (kind, found) if found is not None else None


def _day(days: int | None) -> date | None:
    return clock.today() + timedelta(days=days) if days is not None else None
