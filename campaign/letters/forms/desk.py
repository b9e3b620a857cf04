"""The form of a volunteer who types or translates an answer."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from campaign.activities.models import Task, TaskKind
from campaign.letters.forms.tasks import LANGUAGE_WORDS


class DeskForm(FlaskForm):  # type: ignore[misc]
    """The text. No validator stands on it: whatever was typed is kept."""

    text = TextAreaField(_l("What it says"), render_kw={"rows": 20})
    seen = HiddenField()
    """The mark of the text that was loaded."""

    @classmethod
    def of(cls, text: str, mark: str) -> "DeskForm":
        """Filled in with what is stored."""
        return cls(formdata=None, text=text, seen=mark)


def task_words(task: Task) -> str:
    """What is to be done, in words."""
    source = LANGUAGE_WORDS.get(task.from_language, task.from_language)
    if task.kind == TaskKind.TRANSCRIBE_REPLY:
        return str(_("To type, in %(language)s", language=source))
    target = LANGUAGE_WORDS.get(task.to_language, task.to_language)
    return str(_("To translate from %(source)s into %(target)s", source=source, target=target))
