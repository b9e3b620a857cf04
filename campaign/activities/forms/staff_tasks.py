"""Forms with which staff ask for something, once, again and again, or of many people."""

import re
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from campaign.activities.forms.task_words import KIND_WORDS
from campaign.activities.models import RuleUnit, Task, TaskKind, TaskTemplate
from campaign.activities.models.giving import MOST_DUE_IN, MOST_EVERY, MOST_GAP
from campaign.activities.models.tasks import LONGEST_TASK_DETAILS, LONGEST_TASK_TITLE
from campaign.activities.queries.tasks import KINDS
from campaign.activities.service.giving import GivingDraft
from campaign.activities.service.recurring import Rule, draft_of, rule_of
from campaign.activities.service.task_desk import PERSON, TaskDraft
from campaign.activities.service.task_words import details_of, title_of
from campaign.kernel import clock
from campaign.kernel.registry_tasks import task_subjects
from campaign.people.forms.condition_words import spoken
from campaign.people.forms.words import SKILL_WORDS
from campaign.web.fields import DayField, VersionForm, area, line

Subject = tuple[str, uuid.UUID]
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EVENT_WORDS = {
    "made": _l("Made"), "changed": _l("Changed"), "offered": _l("Somebody was asked"), "taken": _l("Taken"),
    "accepted": _l("The offer was accepted"), "assigned": _l("Given to somebody who had agreed"),
    "handed_back": _l("Handed back"), "taken_back": _l("Taken back"), "withdrawn": _l("The offer was withdrawn"),
    "declined": _l("The offer was declined"), "lapsed": _l("The offer ran out without an answer"),
    "ran_out": _l("Its days ran out, so it is open again"), "gone": _l("Whoever had it is gone, so it is open again"),
    "handed_in": _l("Handed in"), "sent_back": _l("Sent back for changes"), "finished": _l("Done"),
    "cancelled": _l("Cancelled"), "not_needed": _l("Not needed any more"), "reopened": _l("Opened again"),
}  # fmt: skip
ANSWER_WORDS = {
    "": _l("No answer yet"), "accepted": _l("Accepted"), "not_now": _l("Not now"),
    "never": _l("Never for this kind"), "lapsed": _l("No answer in time"), "withdrawn": _l("Withdrawn"),
}  # fmt: skip
GIVEN_WORDS = {
    "given": _l("Get the task"), "no_way": _l("We may write to them nowhere"),
    "refused": _l("They asked not to be asked for this kind"), "has_one": _l("Have such a task already"),
    "resting": _l("Want to be asked for nothing for a while"),
    "asked": _l("Were asked for something in these days"),
}  # fmt: skip
UNIT_WORDS = {RuleUnit.DAYS: _l("days"), RuleUnit.WEEKS: _l("weeks"), RuleUnit.MONTHS: _l("months")}
WEEKDAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"),
)  # fmt: skip
TRUST_WORDS = (_l("anybody who helps"), _l("known to us"), _l("well known to us"))
_NUMBER = _l("Enter a whole number.")


def read_subject(text: str) -> Subject | None:
    """What an address of ours is about; None where it is no page of something that a task can be about."""
    path = urlsplit(text.strip()).path
    for kind, each in task_subjects.items():
        _before, found, rest = path.partition(each.path) if each.path else ("", "", "")
        match = _ID.match(rest.lower()) if found else None
        if match is not None:
            return kind, uuid.UUID(match[0])
    return None


def _whole(label: object, least: int, most: int, default: int, *, words: object) -> IntegerField:
    checks = [InputRequired(_NUMBER), NumberRange(least, most, words)]
    return IntegerField(label, default=default, validators=checks)


class _Asks(VersionForm):
    """What any of the forms asks."""

    kind = SelectField(_l("Kind"), choices=[SelectChoice(each.value, KIND_WORDS[each]) for each in KINDS])
    title = line(_l("What is to be done, in a line"), LONGEST_TASK_TITLE, required=True)
    details = area(_l("All that whoever does it needs to know"), LONGEST_TASK_DETAILS, rows=8)
    skill = SelectField(
        _l("Takes the skill"),
        choices=[SelectChoice("", _l("None")), *(SelectChoice(k, w) for k, w in SKILL_WORDS.items())],
    )
    group = SelectField(_l("Group whose people do it"))

    def offer_groups(self, groups: Sequence[tuple[uuid.UUID, str]], *, may_be_none: bool) -> None:
        """Say which groups can be chosen."""
        none = [SelectChoice("", _l("None: everybody who helps"))] if may_be_none else []
        self.group.choices = [*none, *(SelectChoice(str(each), name) for each, name in groups)]

    @property
    def group_id(self) -> uuid.UUID | None:
        """The group that was chosen."""
        return uuid.UUID(self.group.data) if self.group.data else None


class _AsksMore(_Asks):
    """What is asked of a task that others may take."""

    about = line(_l("What it is about: the address of its page here"), 300)
    from_language = SelectField(_l("From the language"))
    to_language = SelectField(_l("Into the language"))
    trust = SelectField(
        _l("Who may take it"), coerce=int, default=0, choices=[SelectChoice(at, w) for at, w in enumerate(TRUST_WORDS)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [SelectChoice("", _("None")), *(SelectChoice(code, name) for code, name in spoken())]
        self.from_language.choices = self.to_language.choices = choices

    def validate_about(self, field: Any) -> None:
        """The page of something that a task can be about."""
        if field.data and read_subject(field.data) is None:
            kinds = ", ".join(_(each.label) for each in task_subjects if each.path)
            raise ValidationError(_("This is no page that a task can be about. It can be: %(kinds)s.", kinds=kinds))

    def draft(self, due_on: Any = None) -> TaskDraft:
        """What was said."""
        return TaskDraft(
            TaskKind(self.kind.data), self.title.data, self.details.data or "",
            subject=read_subject(self.about.data or ""), skill=self.skill.data or "",
            from_language=self.from_language.data or "", to_language=self.to_language.data or "",
            trust=self.trust.data, group_id=self.group_id, due_on=due_on,
        )  # fmt: skip


class TaskForm(_AsksMore):
    """One task."""

    due_on = DayField(_l("Due on"), validators=[Optional()])
    who = line(_l("Ask somebody at once: a volunteer's pseudonym, or the address of a person's page"), 300)
    was_due: date | None = None
    """The day that is stored: it may stay although it has passed."""

    def validate_due_on(self, field: DayField) -> None:
        """A day ahead, or today."""
        if field.data is not None and field.data < clock.today() and field.data != self.was_due:
            raise ValidationError(_l("This day has passed."))

    def show(self, task: Task, about: str) -> None:
        """Fill in what is stored."""
        self.kind.data, self.title.data, self.details.data = task.kind, title_of(task), details_of(task)
        self.about.data, self.skill.data, self.group.data = about, task.skill, str(task.group_id or "")
        self.from_language.data, self.to_language.data = task.from_language, task.to_language
        self.was_due = task.due_on
        self.trust.data, self.due_on.data, self.version.data = task.trust, task.due_on, str(task.version)


class TemplateForm(_AsksMore):
    """A task that comes again."""

    every = _whole(_l("Every"), 1, MOST_EVERY, 1, words=_l("Between 1 and %(max)s.", max=MOST_EVERY))
    unit = SelectField(
        _l("What"), default=RuleUnit.WEEKS.value, choices=[SelectChoice(k.value, w) for k, w in UNIT_WORDS.items()]
    )
    weekday = SelectField(
        _l("On which day of the week, with weeks"), coerce=int, default=0,
        choices=[SelectChoice(at, word) for at, word in enumerate(WEEKDAYS)],
    )  # fmt: skip
    month_day = _whole(_l("On which day of the month, with months"), 1, 31, 1, words=_l("Between 1 and 31."))
    starts_on = DayField(_l("From"), validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))])
    until_on = DayField(_l("Until"), validators=[Optional()])
    due_in = _whole(
        _l("Due so many days later"), 0, MOST_DUE_IN, 7, words=_l("Between 0 and %(max)s.", max=MOST_DUE_IN)
    )

    def validate_about(self, field: Any) -> None:
        """What comes again is about no person."""
        super().validate_about(field)
        subject = read_subject(field.data or "")
        if subject is not None and subject[0] == PERSON:
            raise ValidationError(_("What comes again cannot be about a person: make a single task of it."))

    def validate_until_on(self, field: DayField) -> None:
        """Not before it begins."""
        if field.data is not None and self.starts_on.data is not None and field.data < self.starts_on.data:
            raise ValidationError(_("It ends before it begins."))

    def rule(self) -> Rule:
        """When it comes."""
        unit = RuleUnit(self.unit.data)
        return Rule(
            self.every.data, unit, self.starts_on.data,
            self.weekday.data if unit is RuleUnit.WEEKS else None,
            self.month_day.data if unit is RuleUnit.MONTHS else None, self.until_on.data, self.due_in.data,
        )  # fmt: skip

    def show(self, template: TaskTemplate, about: str) -> None:
        """Fill in what is stored."""
        draft, rule = draft_of(template), rule_of(template)
        self.kind.data, self.title.data, self.details.data = draft.kind.value, draft.title, draft.details
        self.about.data, self.skill.data, self.group.data = about, draft.skill, str(draft.group_id or "")
        self.from_language.data, self.to_language.data, self.trust.data = (
            draft.from_language, draft.to_language, draft.trust,
        )  # fmt: skip
        self.every.data, self.unit.data, self.starts_on.data = rule.every, rule.unit.value, rule.starts_on
        self.weekday.data, self.month_day.data = rule.weekday or 0, rule.month_day or 1
        self.until_on.data, self.due_in.data = rule.until_on, rule.due_in
        self.version.data = str(template.version)


class GivingForm(_Asks):
    """One task for each of many people."""

    due_on = DayField(_l("Due on"), validators=[Optional()])
    gap = _whole(
        _l("Leave out who was asked for anything in so many days (0: nobody)"), 0, MOST_GAP, 14,
        words=_l("Between 0 and %(max)s.", max=MOST_GAP),
    )  # fmt: skip

    def validate_due_on(self, field: DayField) -> None:
        """A day ahead, or today."""
        if field.data is not None and field.data < clock.today():
            raise ValidationError(_l("This day has passed."))

    def draft(self) -> GivingDraft:
        """What was said."""
        task = TaskDraft(
            TaskKind(self.kind.data), self.title.data, self.details.data or "", skill=self.skill.data or "",
            group_id=self.group_id, due_on=self.due_on.data,
        )  # fmt: skip
        return GivingDraft(task, self.gap.data)
