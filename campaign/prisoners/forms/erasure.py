"""Forms about erasing somebody."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from campaign.web.fields import line


class AskErasureForm(FlaskForm):  # type: ignore[misc]
    """Why somebody is to be erased."""

    reason = line(_l("Who asks for it, and how do we know"), 300, required=True)


class EraseForm(FlaskForm):  # type: ignore[misc]
    """The name, typed, so that nobody erases somebody by a slip."""

    name = line(_l("Type the whole name, in either alphabet"), 250, required=True)
