"""Tasks that come again: a rule, the days it gives, and one task for each of them, ever."""

import calendar
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import select

from campaign.activities.models import RuleUnit, Task, TaskKind, TaskTemplate, TemplateState
from campaign.activities.models.giving import TEMPLATE_DETAILS, TEMPLATE_TITLE
from campaign.activities.service.task_desk import TaskDraft, make_task
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.versions import check_version
from campaign.people.models import SCOPE

BATCH, CATCH_UP = 100, 31
"""How many templates a round looks at, and how many missed occurrences of one it makes at a time."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Every so many days, weeks on a weekday, or months on a day, from a day, until a day."""

    every: int
    unit: RuleUnit
    starts_on: date
    weekday: int | None = None
    month_day: int | None = None
    until_on: date | None = None
    due_in: int = 7


class NoOccurrence(DomainError):
    """The rule gives no day at all."""


def days_of(rule: Rule, *, since: date) -> Iterator[date]:
    """The days of the rule from `since` on, in order. A month without such a day has its last one."""
    step = 0
    while True:
        day = _day_of(rule, step)
        if day is None or (rule.until_on is not None and day > rule.until_on):
            return
        if day >= max(since, rule.starts_on):
            yield day
        step += 1 if day >= since - timedelta(days=400) else _leap(rule, day, since)


def make_template(
    draft: TaskDraft, rule: Rule, *, actor: uuid.UUID | None, is_demo: bool = False
) -> TaskTemplate:  # fmt: skip
    """A task that comes again from now on. Raises NoOccurrence."""
    row = uuid.uuid4()
    template = TaskTemplate(
        id=row, state=TemplateState.ACTIVE, created_by=actor, created_on=clock.today(), is_demo=is_demo
    )
    _fill(template, draft, rule, since=min(rule.starts_on, clock.today()) if is_demo else clock.today())
    session.add(template)
    session.flush()
    if actor is not None:
        audit.record("task.template_make", actor=actor, about=f"template:{row}")
    return template


def change_template(
    template_id: uuid.UUID, draft: TaskDraft, rule: Rule, *, seen_version: int, actor: uuid.UUID
) -> TaskTemplate:
    """Change what comes from now on; what was made stays. Raises NotFound, Conflict, NoOccurrence."""
    template = _locked(template_id)
    check_version(template.version, seen_version)
    if template.state == TemplateState.ENDED:
        raise Conflict(N_("This has ended. Make a new one."))
    _fill(template, draft, rule, since=_after_last(template))
    session.flush()
    audit.record("task.template_change", actor=actor, about=f"template:{template.id}")
    return template


def set_state(template_id: uuid.UUID, state: TemplateState, *, actor: uuid.UUID) -> TaskTemplate:
    """Pause it, let it go on (what fell into the pause is not made up for), or end it for good. Twice is once.

    Raises NotFound, Conflict when it has ended, or no day is left.
    """
    template = _locked(template_id)
    if template.state == state:
        return template
    if template.state == TemplateState.ENDED:
        raise Conflict(N_("This has ended. Make a new one."))
    template.state = state
    if state is TemplateState.ENDED:
        template.next_on = None
    elif state is TemplateState.ACTIVE:
        template.next_on = next(days_of(rule_of(template), since=_after_last(template)), None)
        if template.next_on is None:
            raise Conflict(N_("No day is left in which it would come. End it, or change its rule."))
    session.flush()
    audit.record("task.template_state", actor=actor, about=f"template:{template.id}", reason=state)
    return template


def make_due(today: date) -> int:
    """Make the tasks of every occurrence up to today; gives how many. Twice, or two at once, makes each once."""
    due = select(TaskTemplate).where(TaskTemplate.state == TemplateState.ACTIVE, TaskTemplate.next_on <= today)
    statement = due.order_by(TaskTemplate.next_on).limit(BATCH).with_for_update(skip_locked=True)
    made = 0
    for template in session.scalars(statement.execution_options(populate_existing=True)).all():
        made += _make_of(template, today)
    return made


def next_days(template: TaskTemplate, *, most: int = 5) -> list[date]:
    """The next days on which it comes."""
    if template.next_on is None:
        return []
    return list(islice(days_of(rule_of(template), since=template.next_on), most))


def rule_of(template: TaskTemplate) -> Rule:
    """The rule of a template."""
    return Rule(
        template.every, RuleUnit(template.unit), template.starts_on, template.weekday, template.month_day,
        template.until_on, template.due_in,
    )  # fmt: skip


def draft_of(template: TaskTemplate, *, due_on: date | None = None) -> TaskDraft:
    """What each of its tasks says."""
    details = template.details_sealed
    subject = (template.subject_kind, template.subject_id) if template.subject_id is not None else None
    return TaskDraft(
        TaskKind(template.kind), title_of(template),
        TEMPLATE_DETAILS.unseal(SCOPE, template.id, details) if details is not None else "", subject=subject,
        skill=template.skill, from_language=template.from_language, to_language=template.to_language,
        trust=template.trust, group_id=template.group_id, due_on=due_on,
    )  # fmt: skip


def title_of(template: TaskTemplate) -> str:
    """What comes again, in a line."""
    return TEMPLATE_TITLE.unseal(SCOPE, template.id, template.title_sealed)


def _make_of(template: TaskTemplate, today: date) -> int:
    made = 0
    while template.next_on is not None and template.next_on <= today and made < CATCH_UP:
        day = template.next_on
        known = select(Task.id).where(Task.template_id == template.id, Task.occurs_on == day)
        if session.scalar(known) is None:
            draft = draft_of(template, due_on=day + timedelta(days=template.due_in))
            make_task(draft, actor=None, template=(template.id, day), is_demo=template.is_demo)
            made += 1
        template.next_on = next(days_of(rule_of(template), since=day + timedelta(days=1)), None)
    if template.next_on is None:
        template.state = TemplateState.ENDED
    session.flush()
    return made


def _fill(template: TaskTemplate, draft: TaskDraft, rule: Rule, *, since: date) -> None:
    keyring.ensure(SCOPE)
    template.kind, template.skill, template.trust = draft.kind, draft.skill, draft.trust
    template.from_language, template.to_language = draft.from_language, draft.to_language
    template.group_id = draft.group_id
    template.subject_kind, template.subject_id = draft.subject or ("", None)
    template.title_sealed = TEMPLATE_TITLE.seal(SCOPE, template.id, draft.title)
    template.details_sealed = TEMPLATE_DETAILS.seal(SCOPE, template.id, draft.details) if draft.details else None
    template.every, template.unit, template.weekday = rule.every, rule.unit, rule.weekday
    template.month_day, template.starts_on, template.until_on = rule.month_day, rule.starts_on, rule.until_on
    template.due_in = rule.due_in
    template.next_on = next(days_of(rule, since=since), None)
    if template.next_on is None:
        raise NoOccurrence(N_("By this rule it would never come. Look at the days once more."))


def _after_last(template: TaskTemplate) -> date:
    """From which day on it can come: not again on one that has its task."""
    last = select(Task.occurs_on).where(Task.template_id == template.id).order_by(Task.occurs_on.desc()).limit(1)
    known = session.scalar(last)
    today = clock.today()
    return max(today, known + timedelta(days=1)) if known is not None else today


def _day_of(rule: Rule, step: int) -> date | None:
    """The day after `step` steps; None past the end of the calendar."""
    try:
        if rule.unit is RuleUnit.DAYS:
            return rule.starts_on + timedelta(days=rule.every * step)
        if rule.unit is RuleUnit.WEEKS:
            ahead = ((rule.weekday or 0) - rule.starts_on.weekday()) % 7
            return rule.starts_on + timedelta(days=ahead, weeks=rule.every * step)
        months = rule.starts_on.year * 12 + rule.starts_on.month - 1 + rule.every * step
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(rule.month_day or 1, calendar.monthrange(year, month)[1]))
    except (OverflowError, ValueError):
        return None


def _leap(rule: Rule, day: date, since: date) -> int:
    """How many steps lie surely before `since`, so that an old rule is not walked day by day."""
    longest = {RuleUnit.DAYS: 1, RuleUnit.WEEKS: 7, RuleUnit.MONTHS: 31}[rule.unit] * rule.every
    return max(1, (since - day).days // longest - 1)


def _locked(template_id: uuid.UUID) -> TaskTemplate:
    template = session.get(TaskTemplate, template_id, with_for_update=True, populate_existing=True)
    if template is None:
        raise NotFound
    return template
