"""Forms of imports and exports."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import Optional as MayBeEmpty
from wtforms.validators import Regexp

from campaign.web.fields import LONGEST_LINE, Needed, line


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A file, and where it is from."""

    file = FileField(_l("File: CSV, XLSX or ODS"))
    source_title = line(_l("Source: publication and day, or who gave it"), required=True)
    source_url = line(_l("Address of the source"), 500)

    def validate_source_url(self, field: StringField) -> None:
        """Empty, or a web address."""
        for check in (MayBeEmpty(), Regexp(r"^https?://\S+$", message=_l("An address begins with https://."))):
            check(self, field)


class AskForExportForm(FlaskForm):  # type: ignore[misc]
    """Why everybody is to be exported."""

    reason = StringField(_l("Reason"), validators=[Needed()], render_kw={"maxlength": LONGEST_LINE})
