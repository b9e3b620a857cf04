"""What may stand in the query of a public address; whatever else stands there changes nothing."""

from marshmallow import EXCLUDE, Schema, fields, validate

from campaign.api.forms.cursors import LONGEST
from campaign.kernel.errors import N_
from campaign.web.i18n import LANGUAGES

LANG = N_("Language of texts. Where there is none in it, English, then any other.")
PLACE = N_(
    "Ask for what is kept from readers in Russia, where names, links and some petitions are a danger to those who are "
    "shown them. Do so only where your readers are outside Russia."
)
CURSOR = N_("What the answer before gave as next. Leave it out to begin.")
STATE = N_("Only petitions that collect signatures, or only those that have ended.")
SINCE = N_("What the answer before gave as next. Leave it out for everything there is.")


class Wish(Schema):
    """What every public address understands."""

    class Meta:
        unknown = EXCLUDE

    lang = fields.String(validate=validate.OneOf(list(LANGUAGES)), metadata={"description": LANG})
    place = fields.String(validate=validate.OneOf(["out"]), metadata={"description": PLACE})


class PageWish(Wish):
    """Of a list in pages."""

    cursor = fields.String(validate=validate.Length(min=1, max=LONGEST), metadata={"description": CURSOR})


class PetitionsWish(PageWish):
    """Of the list of petitions."""

    state = fields.String(validate=validate.OneOf(["collecting", "ended"]), metadata={"description": STATE})


class ChangesWish(Wish):
    """Of changes."""

    since = fields.String(validate=validate.Length(min=1, max=LONGEST), metadata={"description": SINCE})
