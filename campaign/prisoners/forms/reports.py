"""Forms of people outside who tell us something, and of staff who answer."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from campaign.kernel.text import one_line
from campaign.prisoners.models import ReportKind
from campaign.prisoners.service.reports import MOST_PICTURES
from campaign.web.fields import Needed, area, line

LONGEST_REPORT = 20_000
KIND_WORDS = {
    ReportKind.CASE: _l("Somebody is in prison and you do not know of it"),
    ReportKind.CORRECTION: _l("Something here is wrong or out of date"),
    ReportKind.FAMILY_HELP: _l("A family needs help"),
}


class PublicForm(FlaskForm):  # type: ignore[misc]
    """A form behind which no session stands; Origin is checked instead (web/guards.py)."""

    class Meta:
        """Without a token, which would need a cookie."""

        csrf = False


class TellForm(PublicForm):
    """What somebody tells us."""

    kind = RadioField(
        _l("What is it about?"), choices=[SelectChoice(kind.value, word) for kind, word in KIND_WORDS.items()],
        default=ReportKind.CASE.value, validate_choice=False,
    )  # fmt: skip
    about = HiddenField()
    body = area(_l("What do you want to tell us?"), LONGEST_REPORT, rows=12)
    contact = line(_l("How can we reach you?"), 300)
    pictures = MultipleFileField(_l("Pictures"))
    website = StringField(_l("Leave this empty"))

    def validate_kind(self, field: RadioField) -> None:
        """One of the three."""
        if field.data not in set(ReportKind):
            raise ValidationError(_l("Choose what it is about."))

    def validate_body(self, field: StringField) -> None:
        """Something has to be told."""
        if not field.data:
            raise ValidationError(_l("Tell us what happened, in a few words at least."))

    def validate_pictures(self, field: MultipleFileField) -> None:
        """At most three."""
        if len(self.files()) > MOST_PICTURES:
            raise ValidationError(_l("At most three pictures."))

    def files(self) -> list[bytes]:
        """The bytes of the files that were chosen."""
        chosen = [each for each in self.pictures.data or [] if getattr(each, "filename", "")]
        for each in chosen:
            each.stream.seek(0)
        return [each.stream.read() for each in chosen]


class CodeForm(PublicForm):
    """The code that somebody comes back with."""

    code = StringField(_l("Your code"), filters=[lambda text: one_line(text or "", 100)], validators=[Needed()])


class MoreForm(CodeForm):
    """Something more, behind a code."""

    body = area(_l("Something more"), LONGEST_REPORT, rows=6)

    def validate_body(self, field: StringField) -> None:
        """Something has to be told."""
        if not field.data:
            raise ValidationError(_l("Tell us what happened, in a few words at least."))


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """What staff answer."""

    body = area(_l("Answer"), LONGEST_REPORT, rows=6)

    def validate_body(self, field: StringField) -> None:
        """An answer says something."""
        if not field.data:
            raise ValidationError(_l("Write the answer first."))
