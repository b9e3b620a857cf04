"""Forms about a family, and about the state's list: for coordinators and admins."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional as MayBeEmpty

from campaign.prisoners.models import StateWatch
from campaign.prisoners.service.relatives import RelativeDraft
from campaign.prisoners.service.watch import BadWatch, WatchDraft
from campaign.web.fields import DayField, Needed, area

RELATION_WORDS = {
    "parent": _l("Mother or father"), "partner": _l("Wife, husband or partner"), "child": _l("Child"),
    "sibling": _l("Sister or brother"), "friend": _l("Friend"), "lawyer": _l("Lawyer"), "other": _l("Somebody else"),
}  # fmt: skip
CHANNEL_WORDS = {
    "none": _l("None: do not get in touch"), "through_lawyer": _l("Through the lawyer"),
    "messenger": _l("A messenger"), "email": _l("E-mail"), "phone": _l("A call"), "post": _l("Post"),
}  # fmt: skip
LISTED_WORDS = {"yes": _l("On the list"), "no": _l("Not on the list"), "unknown": _l("Not known")}


class RelativeForm(FlaskForm):  # type: ignore[misc]
    """A contact. What is typed into the large field is sealed; this page shows it for the last time."""

    relation = SelectField(_l("Who it is"), choices=[SelectChoice(name, word) for name, word in RELATION_WORDS.items()])
    details = area(_l("Name, how to reach them, what to mind"), 4000, rows=8)
    is_contactable = BooleanField(_l("They agreed that we get in touch"))
    safe_channel = SelectField(
        _l("Safe way to reach them"), choices=[SelectChoice(name, word) for name, word in CHANNEL_WORDS.items()]
    )

    def __init__(self) -> None:
        super().__init__()
        self.details.validators = [Needed(), *self.details.validators]

    def draft(self) -> RelativeDraft:
        """What was typed."""
        return RelativeDraft(
            self.relation.data, self.details.data or "", bool(self.is_contactable.data), self.safe_channel.data
        )


class WatchForm(FlaskForm):  # type: ignore[misc]
    """What the financial monitoring list says."""

    listed = RadioField(
        _l("Financial monitoring list"), default="unknown",
        choices=[SelectChoice(name, word) for name, word in LISTED_WORDS.items()],
    )  # fmt: skip
    is_terrorist_mark = BooleanField(_l("With the mark “terrorist” (an asterisk)"))
    added_on = DayField(_l("Put on it on"), validators=[MayBeEmpty()])
    removed_on = DayField(_l("Taken off it on"), validators=[MayBeEmpty()])

    def draft(self) -> WatchDraft:
        """What was typed."""
        return WatchDraft(self.listed.data, bool(self.is_terrorist_mark.data), self.added_on.data, self.removed_on.data)

    def show(self, watch: StateWatch) -> None:
        """Fill in what is stored."""
        for name in ("listed", "is_terrorist_mark", "added_on", "removed_on"):
            self[name].data = getattr(watch, name)

    def refuse(self, problem: BadWatch, words: str) -> None:
        """Put what the service refused beside its field."""
        self[problem.field].errors = [*self[problem.field].errors, words]
