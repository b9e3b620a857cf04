"""What kinds of tasks, their states, steps and ends are called, and the form with which one ends."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, IntegerField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from campaign.activities.models import OPEN_TASKS, Task, TaskKind, TaskOutcome
from campaign.activities.models.tasks import LONGEST_ENDING, MOST_MINUTES
from campaign.activities.queries import tasks as queries
from campaign.activities.service.task_words import Ending, title_of
from campaign.web.fields import area

KIND_WORDS = {
    TaskKind.CALL: _l("Call somebody"),
    TaskKind.TRANSLATE: _l("Translate"),
    TaskKind.PRINT: _l("Print"),
    TaskKind.POST: _l("Take to the post"),
    TaskKind.VERIFY_ADDRESS: _l("Verify an address"),
    TaskKind.VISIT_HEARING: _l("Go to a hearing"),
    TaskKind.OWN: _l("Something else"),
    TaskKind.TRANSLATE_LETTER: _l("Translate a letter"),
    TaskKind.TRANSCRIBE_REPLY: _l("Copy out an answer"),
    TaskKind.TRANSLATE_REPLY: _l("Translate an answer"),
}
COLUMN_WORDS = {
    queries.OPEN: _l("Open"),
    queries.ASKED: _l("Somebody is asked"),
    queries.TAKEN: _l("Taken"),
    queries.HANDED_IN: _l("Handed in"),
    queries.DONE: _l("Done"),
    queries.CANCELLED: _l("Cancelled"),
}
OUTCOME_WORDS = {
    TaskOutcome.DONE: _l("Done"),
    TaskOutcome.PARTLY: _l("Done in part"),
    TaskOutcome.IN_VAIN: _l("Tried, and it was not possible"),
}


class EndingForm(Form):  # type: ignore[misc]
    """What came of a task, as whoever did it tells."""

    outcome = RadioField(
        _l("What came of it"), default=TaskOutcome.DONE.value,
        choices=[SelectChoice(each.value, words) for each, words in OUTCOME_WORDS.items()],
    )  # fmt: skip
    minutes = IntegerField(
        _l("Minutes it took"),
        validators=[Optional(), NumberRange(0, MOST_MINUTES, _l("Between 0 and %(max)s.", max=MOST_MINUTES))],
    )
    text = area(_l("What there is to say"), LONGEST_ENDING, rows=4)

    def ending(self) -> Ending:
        """What was said."""
        return Ending(TaskOutcome(self.outcome.data), self.text.data or "", self.minutes.data or 0)


def kind_word(kind: str) -> str:
    """A kind in words; one that this version does not know stays as it is."""
    return str(KIND_WORDS[TaskKind(kind)]) if kind in set(TaskKind) else kind


def name_of(task: Task) -> str:
    """What it is called: its title, else what kind of thing it is."""
    return title_of(task) or kind_word(task.kind)


def column_of(task: Task) -> str:
    """In which column of the board it stands."""
    if task.state == "open":
        return queries.OPEN if task.person_id is None else queries.ASKED
    return {
        "claimed": queries.TAKEN, "returned": queries.TAKEN, "submitted": queries.HANDED_IN, "done": queries.DONE,
    }.get(task.state, queries.CANCELLED)  # fmt: skip


def is_overdue(task: Task, today: date) -> bool:
    """Whether its day has passed and it is not over."""
    return task.state in OPEN_TASKS and task.due_on is not None and task.due_on < today


def due_words(task: Task, today: date) -> str:
    """When it is due, as one says it; empty where no day is said."""
    if task.due_on is None:
        return ""
    days = (task.due_on - today).days
    if task.state not in OPEN_TASKS or days > 1:
        return ""
    if days < 0:
        return str(_("overdue"))
    return str(_("today")) if days == 0 else str(_("tomorrow"))
