"""The form of a code: shape and messages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from campaign.web.fields import line

LONGEST_NAME = 80


class ShareCodeForm(FlaskForm):  # type: ignore[misc]
    """What a campaign is called among colleagues."""

    name = line(_l("Name of the campaign"), LONGEST_NAME, required=True)
