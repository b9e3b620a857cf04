"""Forms and words of staff who ask volunteers to type or translate an answer."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.fields import SelectChoice

from campaign.activities.models import Task, TaskKind, TaskState
from campaign.letters.forms.reply_words import LANGUAGE_WORDS
from campaign.letters.models import TextKind
from campaign.web.fields import area

LONGEST_REMARK = 2_000
_LANGUAGES = [SelectChoice(code, word) for code, word in LANGUAGE_WORDS.items()]
TASK_STATE_WORDS = {
    TaskState.OPEN: _l("Nobody has taken it"),
    TaskState.CLAIMED: _l("Somebody works on it"),
    TaskState.SUBMITTED: _l("Handed in, to be compared"),
    TaskState.RETURNED: _l("Sent back, somebody looks again"),
    TaskState.DONE: _l("Done"),
    TaskState.CANCELLED: _l("Ended"),
}


class AskForm(FlaskForm):  # type: ignore[misc]
    """What is asked for; the pages are ticks of their own."""

    source = SelectField(_l("It is written in"), choices=_LANGUAGES, default="ru")
    target = SelectField(_l("Into which language"), choices=_LANGUAGES, default="en")
    writer_may = BooleanField(_l("Whoever gets the answer may do it too, once it is passed on to them"))
    is_fit = BooleanField(
        _l("I have looked: no chosen page names the writer, an address or the family, and none could harm anybody")
    )

    def fits(self, kind: TextKind) -> bool:
        """Whether it can be asked for so; else the fields say why not."""
        if not self.is_fit.data:
            self.is_fit.errors = [_("Look at every page that you choose, then say so.")]
        if kind is TextKind.TRANSLATION and self.source.data == self.target.data:
            self.target.errors = [_("Choose another language than the one it is written in.")]
        return not self.errors


class RemarkForm(FlaskForm):  # type: ignore[misc]
    """What to look at again."""

    words = area(_l("What should be looked at again?"), LONGEST_REMARK, rows=4)
    seen = HiddenField()


def work_words(task: Task) -> str:
    """What volunteers are asked for, in words."""
    source = LANGUAGE_WORDS.get(task.from_language, task.from_language)
    if task.kind == TaskKind.TRANSCRIBE_REPLY:
        return str(_("To type, in %(language)s", language=source))
    target = LANGUAGE_WORDS.get(task.to_language, task.to_language)
    return str(_("To translate from %(source)s into %(target)s", source=source, target=target))
