"""The form of a picture, the same for petitions and people."""

from collections.abc import Sequence
from typing import Protocol

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from campaign.kernel.pictures import PictureDraft
from campaign.web.fields import line, uploaded
from campaign.web.i18n import LANGUAGES


class Description(Protocol):
    """The alternative text in one language."""

    language: str
    alt: str


class Picture(Protocol):
    """A stored picture with its words."""

    licence: str
    credit: str

    @property
    def descriptions(self) -> Sequence[Description]:
        """By language."""
        ...


class PictureForm(FlaskForm):  # type: ignore[misc]
    """A picture and its words."""

    file = FileField(_l("Picture"))
    licence = line(_l("Licence"), required=True)
    credit = line(_l("Credit"), required=True)
    alt_en = line(_l("Description in English"), 300)
    alt_ru = line(_l("Description in Russian"), 300)
    alt_de = line(_l("Description in German"), 300)

    def draft(self) -> PictureDraft:
        """What was typed, with the file's bytes."""
        descriptions = {code: self[f"alt_{code}"].data or "" for code in LANGUAGES}
        return PictureDraft(self.licence.data, self.credit.data, descriptions, uploaded(self.file))

    def show(self, picture: Picture) -> None:
        """Fill in what is stored."""
        self.licence.data, self.credit.data = picture.licence, picture.credit
        for each in picture.descriptions:
            self[f"alt_{each.language}"].data = each.alt
