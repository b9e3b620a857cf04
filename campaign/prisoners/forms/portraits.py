"""The form of a portrait."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Optional as MayBeEmpty
from wtforms.validators import Regexp

from campaign.kernel.pictures import PictureDraft
from campaign.prisoners.models import PrisonerPicture
from campaign.web.fields import line
from campaign.web.picture_form import PictureForm


class PortraitForm(PictureForm):
    """A picture of a person, and where it was found."""

    source_url = line(_l("Where it was found"), 500)

    def validate_source_url(self, field: StringField) -> None:
        """Empty, or a web address."""
        for check in (MayBeEmpty(), Regexp(r"^https?://\S+$", message=_l("An address begins with https://."))):
            check(self, field)

    def draft(self) -> PictureDraft:
        """What was typed, with the file's bytes."""
        return replace(super().draft(), source_url=self.source_url.data or "")

    def show_portrait(self, picture: PrisonerPicture) -> None:
        """Fill in what is stored."""
        self.show(picture)
        self.source_url.data = picture.source_url
