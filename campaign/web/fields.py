"""Fields and forms that features share: lines, paragraphs, files, and the version a person saw."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, StringField
from wtforms import TextAreaField as Area
from wtforms.validators import Length, StopValidation

from campaign.kernel.text import one_line

LONGEST_LINE = 200
LONGEST_TEXT = 40_000


def _line(text: str | None) -> str:
    # Cut after, not at, the limit, so that what is too long is told and not silently shortened.
    return one_line(text or "", 1000)


def _paragraphs(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\x00", "\ufffd").strip()


def line(label: Any, longest: int = LONGEST_LINE, *, required: bool = False) -> StringField:
    """A field for one line."""
    checks = [Length(max=longest, message=_l("At most %(max)d characters.", max=longest))]
    return StringField(label, filters=[_line], validators=[Needed()] * required + checks)


def area(label: Any, longest: int = LONGEST_TEXT, rows: int = 16) -> Area:
    """A field for text of several paragraphs."""
    checks = [Length(max=longest, message=_l("At most %(max)d characters.", max=longest))]
    return Area(label, filters=[_paragraphs], validators=checks, render_kw={"rows": rows})


class DayField(DateField):  # type: ignore[misc]
    """A day; what is no date is told in our words, with what one looks like."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the date that was sent."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(_l("Enter a date, as in 2026-11-23.")) from problem


class Needed:
    """Something beside spaces, looked at after the field's filters."""

    def __call__(self, _form: Any, field: Any) -> None:
        if not field.data:
            raise StopValidation(_l("This is needed."))


class VersionForm(FlaskForm):  # type: ignore[misc]
    """A button that says which version the person saw when they pressed it."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version, or 0 for what is no number."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0


def uploaded(field: FileField) -> bytes | None:
    """The bytes of a file, None where none was chosen."""
    if not field.data or not getattr(field.data, "filename", ""):
        return None
    with field.data.stream as stream:
        content: bytes = stream.read()
    return content or None
