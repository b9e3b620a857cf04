"""What tasks add to the rest: the navigation, what needs somebody, mails, what is forgotten, what they are about."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from campaign.activities.forms.task_words import COLUMN_WORDS, column_of, kind_word, name_of
from campaign.activities.models import Event, Task, TaskOffer, TaskState
from campaign.activities.queries import tasks as queries
from campaign.activities.service import task_offers as offers
from campaign.activities.service import task_reminders as reminders
from campaign.activities.service import task_words
from campaign.kernel import clock
from campaign.kernel.actors import Actor
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import UNSUBSCRIBE, AutomaticMail, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.merging import moving
from campaign.kernel.registry import (
    Need,
    Panel,
    PersonPanel,
    RetentionRule,
    StaffLink,
    dashboard_needs,
    prisoner_panels,
    retention_rules,
    staff_links,
)
from campaign.kernel.registry_digest import Waiting, digest_parts
from campaign.kernel.registry_people import merge_rules, people_panels
from campaign.kernel.registry_tasks import TaskSubject, task_subjects
from campaign.kernel.switches import Switch
from campaign.people import policy
from campaign.people.models import Topic
from campaign.people.service.mail_links import token_of as token_to_unsubscribe
from campaign.web.i18n import day_of
from campaign.web.mailing import render_text, unsubscribe_slots, with_unsubscribe
from campaign.web.settings import absolute_url

LINK = StaffLink("tasks_staff.show_board", N_("Tasks"), frozenset(policy.READERS), 26, scope=policy.SCOPE)
WORDS_RULE = RetentionRule(
    "task-words", task_words.KEPT_DAYS, task_words.erase_old_words,
    N_("What a task said and how it ended: sealed, erased 180 days after its end."),
)  # fmt: skip
NOBODY = uuid.UUID(int=0)
OFFERED = N_("Staff ask somebody to take a task.")
MAILS = (
    AutomaticMail(
        offers.MAIL, N_("Asked to take a task"), OFFERED, N_("a volunteer with an account"), Why.SERVICE,
        (page_link("/account/tasks"),),
    ),
    AutomaticMail(
        offers.MAIL, N_("Asked to take a task, without an account"), OFFERED, N_("somebody who agreed to our news"),
        Why.CONSENT, (page_link("/tasks/own/example"), UNSUBSCRIBE), folder="task_offer_consent",
    ),
    AutomaticMail(
        reminders.SOON_MAIL, N_("A task is due"), N_("Two days before a task is due that somebody has taken."),
        N_("whoever has the task"), Why.SERVICE, (page_link("/account/tasks"),),
    ),
    AutomaticMail(
        reminders.OVERDUE_MAIL, N_("A task is overdue"), N_("The day of a task that somebody has taken is over."),
        N_("whoever has the task"), Why.SERVICE, (page_link("/account/tasks"),),
    ),
)  # fmt: skip
MERGE_RULES = {
    "tasks-theirs": moving("task", "person_id"),
    "tasks-about": moving("task", "about_id"),
    "task-offers": moving("task_offer"),
    "task-refusals": moving("task_refusal", unless_same=("kind",)),
    "task-givings": moving("task_giving_person", unless_same=("giving_id",)),
}


def build_offers(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """The mails to whoever was asked: a link to their page, and no word of the task."""
    mails = {}
    for claim in claims:
        made = session.get(TaskOffer, claim.ref, populate_existing=True) if claim.ref else None
        task = session.get(Task, made.task_id, populate_existing=True) if made is not None else None
        is_waiting = made is not None and made.answer == "" and task is not None and task.state == TaskState.OPEN
        if made is None or not is_waiting:
            continue
        try:
            address, path = offers.address_of(made.person_id), _offer_path(made)
        except CryptoError:
            continue  # the key is gone: there is nobody left to write to
        by_consent = offers.holder_of(made).volunteer_id is None
        if address and not (by_consent and offers.wants_no_mail(made.person_id)):
            mails[claim.id] = _offer_mail(made, address, path, claim.language, by_consent=by_consent)
    return mails


def _offer_mail(made: TaskOffer, address: str, path: str, language: str, *, by_consent: bool) -> Mail:
    """Volunteers are asked since they help; whoever has no account, since they agreed to news, which they can end."""
    text = render_text("task_offer_consent" if by_consent else "task_offer", language)
    slots = {"link": absolute_url(path, language)}
    if by_consent:
        text = with_unsubscribe(text)
        slots |= unsubscribe_slots(token_to_unsubscribe(made.person_id, Topic.ASKS), language)
    return Mail(address, text, slots)


def _offer_path(made: TaskOffer) -> str:
    has_account = offers.holder_of(made).volunteer_id is not None
    return f"/account/tasks/own/{made.task_id}" if has_account else f"/tasks/own/{offers.token_of(made)}"


class _Reminders:
    """Mails to whoever holds a task, found when they leave."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reminders) and other.kind == self.kind

    def __hash__(self) -> int:
        return hash(self.kind)

    def __call__(self, claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
        mails = {}
        for claim in claims:
            task = session.get(Task, claim.ref, populate_existing=True) if claim.ref else None
            try:
                holder = reminders.find_holder(task) if task is not None else None
            except CryptoError:
                continue  # the key is gone: there is nobody left to write to
            if holder is not None:
                text = render_text(self.kind.replace(".", "_"), claim.language)
                mails[claim.id] = Mail(holder.address, text, {"link": absolute_url(holder.path, claim.language)})
        return mails


def tasks_waiting(within: frozenset[uuid.UUID] | None, today: date) -> Sequence[Waiting]:
    """Tasks whose day has passed, for the coordinator's weekly mail."""
    conditions = queries.conditions_of(queries.Wanted(), account=NOBODY, within=within, today=today)
    return [Waiting(N_("tasks that are overdue"), queries.count_due(conditions, today)[0])]


def overdue_tasks(actor: Actor) -> Sequence[Need]:
    """Tasks whose day has passed, for whoever coordinates them."""
    groups = actor.subjects_of(policy.SCOPE, *policy.READERS)
    if groups == frozenset():
        return []
    today = clock.today()
    wanted = queries.Wanted()
    conditions = queries.conditions_of(wanted, account=actor.id, within=groups, today=today)
    count = queries.count_due(conditions, today)[0]
    return [Need(_("tasks are overdue"), count, url_for(LINK.endpoint, due="overdue"), urgent=True)] if count else []


def panel(person_id: uuid.UUID) -> Panel:
    """Tasks of a person that are not over, and where one gives them another."""
    groups = current_user.subjects_of(policy.SCOPE, *policy.READERS)
    live = queries.select_of_person(person_id, live=True)
    if groups is not None:
        live = live.where(Task.group_id.in_(groups))
    # Titles are shown on the task's own page: here the kind says enough.
    facts = [_fact(task) for task in session.scalars(live.limit(10))]
    page = url_for("person_staff.show_person", person_id=person_id)
    links = [
        (_("Ask them to do something"), url_for("tasks_staff.new_task", who=page)),
        (_("Make a task about them"), url_for("tasks_staff.new_task", about=page)),
        (_("All their tasks"), url_for(LINK.endpoint, person=person_id)),
    ]
    return Panel(_("Tasks"), facts, links)


def prisoner_panel(prisoner_id: uuid.UUID) -> PersonPanel | None:
    """Tasks about a prisoner that are not over, and where one makes another; None for whoever does not see tasks."""
    if not current_user.has_role(*policy.READERS):
        return None
    page = url_for("prisoners_staff.show_prisoner", prisoner_id=prisoner_id)
    context = {
        "tasks": queries.list_about("prisoner", prisoner_id), "amount": queries.count_about("prisoner", prisoner_id),
        "new": url_for("tasks_staff.new_task", about=page), "name_of": name_of,
    }  # fmt: skip
    return PersonPanel("activities/staff/tasks/_of_prisoner.html", context, rank=70)


def _fact(task: Task) -> tuple[str, str]:
    state = str(COLUMN_WORDS[column_of(task)])
    due = _("due on %(day)s", day=day_of(task.due_on)) if task.due_on is not None else ""
    return kind_word(task.kind), ", ".join(each for each in (state, due) if each)


def event_names(ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """What events are called."""
    return dict(session.execute(select(Event.id, Event.title).where(Event.id.in_(ids))).all())


def event_url(event_id: uuid.UUID) -> str:
    """Where staff see an event."""
    return url_for("events_staff.show_event", event_id=event_id)


EVENT = TaskSubject(N_("Event"), event_names, event_url, "/staff/events/")


def register() -> None:
    """Fill the registries."""
    staff_links.register("tasks", LINK)
    mail_kinds.register(offers.MAIL, MailKind(build_offers, switch=Switch.BULK_MAIL, counts=True))
    for kind in (reminders.SOON_MAIL, reminders.OVERDUE_MAIL):
        mail_kinds.register(kind, MailKind(_Reminders(kind), counts=True))
    register_all(MAILS)
    digest_parts.register("tasks", tasks_waiting)
    retention_rules.register(WORDS_RULE.name, WORDS_RULE)
    dashboard_needs.register("tasks-overdue", overdue_tasks)
    people_panels.register("tasks", panel)
    prisoner_panels.register("tasks", prisoner_panel)
    task_subjects.register("event", EVENT)
    for name, rule in MERGE_RULES.items():
        merge_rules.register(name, rule)
