"""The guided act: for each kind a form with the fields of that kind, which leaves as a ChangeDraft."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from campaign.kernel.db import session
from campaign.kernel.text import id_in
from campaign.prisoners.forms.case_words import INSTANCE_WORDS, OPENNESS_WORDS, PUNISHMENT_WORDS, REGIME_WORDS
from campaign.prisoners.forms.place import PlaceFields, options
from campaign.prisoners.forms.situation_words import (
    CERTAINTY_WORDS,
    DEATH_WORDS,
    EVIDENCE_WORDS,
    LIBERTY_WORDS,
    PRECISION_WORDS,
    REASON_WORDS,
)
from campaign.prisoners.forms.source import SourceForm
from campaign.prisoners.models import (
    OVER,
    Case,
    Certainty,
    ChangeKind,
    DeathKind,
    Evidence,
    Facility,
    Instance,
    Liberty,
    Openness,
    Precision,
    Punishment,
    Regime,
    ReleaseReason,
)
from campaign.prisoners.service.changes.draft import ChangeDraft
from campaign.web.fields import DayField, line
from campaign.web.i18n import current_language

NEW_CASE = "new"
DAY_NEEDED = _l("Enter a date, as in 2026-11-23.")
HELD = [each for each in LIBERTY_WORDS if each not in OVER]
FREED = [each for each in REASON_WORDS if each not in {ReleaseReason.DEATH, ReleaseReason.EXCHANGE}]


class ChangeForm(SourceForm):
    """What every kind of act has: its own number, what the editor saw, the day, and the source."""

    kind: ClassVar[ChangeKind]
    shown: ClassVar[tuple[str, ...]] = ()
    """The fields of this kind, in their order."""

    change = HiddenField()
    seen = HiddenField()
    happened_on = DayField(_l("Day"), validators=[InputRequired(DAY_NEEDED)])

    def begin(self, stamp: str) -> None:
        """Number the act, so that sending it twice makes one; and remember what the editor saw."""
        self.change.data, self.seen.data = str(uuid.uuid4()), stamp

    def offer_cases(self, cases: Sequence[Case]) -> None:
        """Say which cases there are to choose from; only acts in court ask."""

    @property
    def number(self) -> uuid.UUID:
        """The number of the act; a forged one makes a new act."""
        try:
            return uuid.UUID(self.change.data or "")
        except ValueError:
            return uuid.uuid4()

    def draft(self, choices: dict[str, dict[str, str]]) -> ChangeDraft:
        """What was typed; only after validation."""
        precision = Precision(self.precision.data) if "precision" in self else Precision.DAY
        return ChangeDraft(self.kind, self.happened_on.data, precision, choices=choices, **self.said())

    def said(self) -> dict[str, Any]:
        """The fields of this kind."""
        return {}

    def show(self, draft: ChangeDraft) -> None:
        """Fill in what was reported before."""
        for name in self.shown:
            value = getattr(draft, name, None)
            if value is not None:
                self[name].data = getattr(value, "value", value)


class DatedForm(ChangeForm):
    """An act whose day may be known by its month or year only."""

    shown: ClassVar[tuple[str, ...]] = ("happened_on", "precision")
    precision = SelectField(_l("How exactly the day is known"), choices=options(PRECISION_WORDS))


class TransferForm(PlaceFields, DatedForm):
    """Into which place, how surely, and from what that is known."""

    kind = ChangeKind.TRANSFERRED
    shown = ("facility", "facility_id", "happened_on", "precision", "certainty", "evidence", "status")

    certainty = SelectField(
        _l("How sure is it?"), choices=options(CERTAINTY_WORDS, Certainty.CONFIRMED, Certainty.PROBABLE)
    )
    evidence = SelectField(_l("What confirms it"), choices=options(EVIDENCE_WORDS, empty=_l("Choose")))
    status = SelectField(
        _l("What the person is there as"), choices=options(LIBERTY_WORDS, *HELD, empty=_l("As the place suggests"))
    )

    def said(self) -> dict[str, Any]:
        """The place, and how it is known."""
        return {
            "facility_id": self.facility_id_value, "certainty": Certainty(self.certainty.data),
            "evidence": _word(Evidence, self.evidence.data), "status": _word(Liberty, self.status.data),
        }  # fmt: skip

    def show(self, draft: ChangeDraft) -> None:
        """Fill in what was reported before, the place by its name."""
        super().show(draft)
        self.show_place(session.get(Facility, draft.facility_id) if draft.facility_id else None)


class LostForm(DatedForm):
    """Taken from the former place, on the way or nobody knows where."""

    shown = ("happened_on", "precision", "evidence")
    evidence = SelectField(_l("From whom is it known"), choices=options(EVIDENCE_WORDS, empty=_l("Not said")))

    def said(self) -> dict[str, Any]:
        """How it is known."""
        return {"evidence": _word(Evidence, self.evidence.data)}


class TransitForm(LostForm):
    """On the way."""

    kind = ChangeKind.IN_TRANSIT


class UnknownForm(LostForm):
    """Nobody knows where."""

    kind = ChangeKind.WHEREABOUTS_UNKNOWN


class ReleaseForm(DatedForm):
    """Free, and why."""

    kind = ChangeKind.RELEASED
    shown = ("happened_on", "precision", "reason")
    reason = SelectField(_l("Reason"), choices=options(REASON_WORDS, *FREED, empty=_l("Choose")))

    def said(self) -> dict[str, Any]:
        """The reason."""
        return {"reason": _word(ReleaseReason, self.reason.data)}


class ExchangeForm(DatedForm):
    """Free in an exchange."""

    kind = ChangeKind.EXCHANGED


class DeathForm(DatedForm):
    """A death, and how it is tied to the imprisonment."""

    kind = ChangeKind.DIED
    shown = ("happened_on", "precision", "death_kind")
    death_kind = SelectField(_l("How it is tied to the imprisonment"), choices=options(DEATH_WORDS, empty=_l("Choose")))

    def said(self) -> dict[str, Any]:
        """The kind of death."""
        return {"death_kind": _word(DeathKind, self.death_kind.data)}


class CourtForm(ChangeForm):
    """An act in court: of which case, in which court."""

    case_id = SelectField(_l("Case"), choices=[], validate_choice=False)
    case_name = line(_l("What the new case is called"))
    court = line(_l("Court"), required=True)
    instance = SelectField(_l("Instance"), choices=options(INSTANCE_WORDS))

    def offer_cases(self, cases: Sequence[Case]) -> None:
        """The cases of the person, and a new one."""
        known = [SelectChoice(str(each.id), each.name_in(current_language())) for each in cases]
        self.case_id.choices = [*known, SelectChoice(NEW_CASE, _l("A case that is not written down yet"))]
        if not self.is_submitted():
            self.case_id.data = self.case_id.choices[0].value
            self.court.data = cases[0].court if cases else ""

    def said(self) -> dict[str, Any]:
        """The case and the court."""
        return {
            "case_id": id_in(self.case_id.data), "case_name": self.case_name.data or "", "court": self.court.data,
            "instance": Instance(self.instance.data),
        }  # fmt: skip

    def show(self, draft: ChangeDraft) -> None:
        """Fill in what was reported before; a case that the act began is named anew."""
        super().show(draft)
        self.case_id.data = str(draft.case_id) if draft.case_id else NEW_CASE


class SentenceForm(CourtForm):
    """What a court decided."""

    kind = ChangeKind.SENTENCED
    shown = (
        "case_id", "case_name", "happened_on", "court", "instance", "punishment", "term_years", "term_months",
        "regime", "in_absentia", "in_force_on", "expected_release_on", "release_basis",
    )  # fmt: skip
    punishment = SelectField(_l("Punishment"), choices=options(PUNISHMENT_WORDS, empty=_l("Choose")))
    term_years = IntegerField(_l("Years"), validators=[Optional(), NumberRange(0, 100, _l("Between 0 and 100."))])
    term_months = IntegerField(
        _l("and months"), validators=[Optional(), NumberRange(0, 11, _l("Between 0 and 11; twelve are a year."))]
    )
    regime = SelectField(_l("Where it is to be served"), choices=options(REGIME_WORDS))
    in_absentia = BooleanField(_l("In absence"))
    in_force_on = DayField(_l("In force since"), validators=[Optional()])
    expected_release_on = DayField(_l("Expected release"), validators=[Optional()])
    release_basis = line(_l("How this day was reckoned, or who named it"))

    def said(self) -> dict[str, Any]:
        """The sentence; its term in months."""
        months = 12 * (self.term_years.data or 0) + (self.term_months.data or 0)
        return {
            **super().said(), "punishment": _word(Punishment, self.punishment.data),
            "regime": Regime(self.regime.data), "term_months": months or None,
            "in_absentia": bool(self.in_absentia.data), "in_force_on": self.in_force_on.data,
            "expected_release_on": self.expected_release_on.data, "release_basis": self.release_basis.data or "",
        }  # fmt: skip

    def show(self, draft: ChangeDraft) -> None:
        """Fill in what was reported before, the term as years and months."""
        super().show(draft)
        if draft.term_months:
            self.term_years.data, self.term_months.data = divmod(draft.term_months, 12)


class HearingForm(CourtForm):
    """A day in court to come."""

    kind = ChangeKind.HEARING_SET
    shown = ("case_id", "case_name", "happened_on", "starts_at", "court", "instance", "openness")
    happened_on = DayField(_l("Day of the hearing"), validators=[InputRequired(DAY_NEEDED)])
    starts_at = line(_l("Time, where the court is"), 5)
    openness = SelectField(_l("Who may come"), choices=options(OPENNESS_WORDS, Openness.UNKNOWN, Openness.OPEN,
                                                              Openness.CLOSED))  # fmt: skip

    def said(self) -> dict[str, Any]:
        """The hearing."""
        return {**super().said(), "starts_at": self.starts_at.data or "", "openness": Openness(self.openness.data)}


class WithdrawForm(ChangeForm):
    """What was reported did not happen; the day is the one that was named."""

    kind = ChangeKind.DID_NOT_HAPPEN
    shown = ()
    happened_on = DayField(_l("Day"), validators=[Optional()])
    reported_on: date | None = None

    def validate_change(self, _field: HiddenField) -> None:
        """Nothing is asked for but the source."""
        self.happened_on.data = self.reported_on
        if self.reported_on is None:
            raise ValidationError(_l("Only an act that was made can turn out not to be so."))


FORMS: dict[ChangeKind, type[ChangeForm]] = {
    each.kind: each
    for each in (
        TransferForm, TransitForm, UnknownForm, ReleaseForm, ExchangeForm, DeathForm, SentenceForm, HearingForm,
        WithdrawForm,
    )
}  # fmt: skip


def _word(kind: Any, value: str | None) -> Any:
    return kind(value) if value else None
