"""Forms of arrests, stays and statuses: what is written down beside an act."""

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired, Optional

from campaign.prisoners.forms.change import DAY_NEEDED, HELD
from campaign.prisoners.forms.place import PlaceFields, options
from campaign.prisoners.forms.situation_words import (
    CERTAINTY_WORDS,
    EVIDENCE_WORDS,
    LIBERTY_WORDS,
    PRECISION_WORDS,
)
from campaign.prisoners.forms.source import SourceForm
from campaign.prisoners.models import LOCATED, Certainty, Custody, Evidence, Liberty, Precision
from campaign.prisoners.service.custody import StayDraft
from campaign.web.fields import DayField


class ArrestForm(SourceForm):
    """An arrest, and what the person is held as from that day."""

    shown: ClassVar[tuple[str, ...]] = ("arrested_on", "precision", "status")
    arrested_on = DayField(_l("Arrested on"), validators=[InputRequired(DAY_NEEDED)])
    precision = SelectField(_l("How exactly the day is known"), choices=options(PRECISION_WORDS))
    status = SelectField(_l("Held as"), choices=options(LIBERTY_WORDS, *HELD), default=Liberty.PRETRIAL_CUSTODY.value)


class StatusForm(SourceForm):
    """Another status in the same place."""

    shown: ClassVar[tuple[str, ...]] = ("status", "since_on", "precision")
    status = SelectField(_l("Status"), choices=options(LIBERTY_WORDS, empty=_l("Choose")),
                         validators=[InputRequired(_l("Choose"))])  # fmt: skip
    since_on = DayField(_l("Since"), validators=[InputRequired(DAY_NEEDED)])
    precision = SelectField(_l("How exactly the day is known"), choices=options(PRECISION_WORDS))


class StayForm(PlaceFields, SourceForm):
    """A stay, past or present."""

    shown: ClassVar[tuple[str, ...]] = (
        "facility", "facility_id", "certainty", "evidence", "from_on", "from_precision", "until_on", "verified_on",
    )  # fmt: skip
    seen = HiddenField()
    certainty = SelectField(_l("How sure is it?"), choices=options(CERTAINTY_WORDS))
    evidence = SelectField(_l("What confirms it"), choices=options(EVIDENCE_WORDS, empty=_l("Not said")))
    from_on = DayField(_l("From"), validators=[InputRequired(DAY_NEEDED)])
    from_precision = SelectField(_l("How exactly the day is known"), choices=options(PRECISION_WORDS))
    until_on = DayField(_l("Until"), validators=[Optional()])
    verified_on = DayField(_l("Known to hold on"), validators=[Optional()])

    def draft(self) -> StayDraft:
        """What was typed; a place counts only where the person is in one."""
        certainty = Certainty(self.certainty.data)
        return StayDraft(
            certainty, self.from_on.data, self.facility_id_value if certainty in LOCATED else None,
            Evidence(self.evidence.data) if self.evidence.data else None, Precision(self.from_precision.data),
            self.until_on.data, self.verified_on.data,
        )  # fmt: skip

    def show(self, stay: Custody) -> None:
        """Fill in what is stored."""
        self.show_place(stay.facility)
        values: dict[str, Any] = {name: getattr(stay, name) for name in self.shown[2:]}
        for name, value in values.items():
            self[name].data = value if value is not None or name != "evidence" else ""


class VerifyForm(SourceForm):
    """That a stay still holds: only from where that is known."""

    shown: ClassVar[tuple[str, ...]] = ()
