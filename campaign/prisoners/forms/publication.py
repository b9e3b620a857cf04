"""Forms about consent and publicity."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from campaign.kernel import clock
from campaign.prisoners.forms.source import SourceForm
from campaign.prisoners.models import ConsentEvidence, ConsentGiver, ConsentKind, Prisoner, Publicity
from campaign.prisoners.service.consent import ConsentDraft
from campaign.prisoners.service.publication import PublicityDraft
from campaign.web.fields import VersionForm, area, line

KIND_WORDS = {
    ConsentKind.PUBLICITY: _l("A public page"),
    ConsentKind.LETTERS: _l("Letters from strangers"),
    ConsentKind.APPEALS: _l("Appeals to officials and international bodies"),
    ConsentKind.FUND: _l("Collecting for the family"),
    ConsentKind.PICTURE: _l("A picture"),
    ConsentKind.WORDS: _l("Words from their letters, shown one by one"),
}
GIVER_WORDS = {
    ConsentGiver.SELF: _l("The person"), ConsentGiver.RELATIVE: _l("A relative"), ConsentGiver.LAWYER: _l("The lawyer"),
}  # fmt: skip
EVIDENCE_WORDS = {
    ConsentEvidence.LETTER: _l("A letter"),
    ConsentEvidence.CALL: _l("A call"),
    ConsentEvidence.MESSAGE: _l("A message"),
    ConsentEvidence.MEETING: _l("A meeting"),
    ConsentEvidence.PUBLIC_STATEMENT: _l("A public statement"),
}
PUBLICITY_WORDS = {
    Publicity.PRIVATE: _l("None: no page"),
    Publicity.LIMITED: _l("A page without figures of letters, and no birthday"),
    Publicity.PUBLIC: _l("All the attention we can give"),
}


class ConsentForm(FlaskForm):  # type: ignore[misc]
    """A consent."""

    kind = SelectField(_l("To what"), choices=[SelectChoice(each.value, word) for each, word in KIND_WORDS.items()])
    given_by = RadioField(
        _l("Given by"), default=ConsentGiver.RELATIVE.value,
        choices=[SelectChoice(each.value, word) for each, word in GIVER_WORDS.items()],
    )  # fmt: skip
    given_on = DateField(
        _l("On"), default=clock.today, validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))]
    )
    evidence = SelectField(
        _l("Known from"), choices=[SelectChoice(each.value, word) for each, word in EVIDENCE_WORDS.items()]
    )
    note = area(_l("Note"), 2000, rows=3)

    def draft(self) -> ConsentDraft:
        """What was typed."""
        return ConsentDraft(
            ConsentKind(self.kind.data), ConsentGiver(self.given_by.data), self.given_on.data,
            ConsentEvidence(self.evidence.data), self.note.data or "",
        )  # fmt: skip


class PublicityForm(SourceForm, VersionForm):
    """How public somebody is to be."""

    publicity = RadioField(
        _l("How public"), choices=[SelectChoice(each.value, word) for each, word in PUBLICITY_WORDS.items()],
        validators=[InputRequired(_l("Choose one."))],
    )  # fmt: skip
    is_public_figure = BooleanField(_l("A public figure, whose case is told everywhere"))
    public_figure_reason = line(_l("Why a public figure"), 300)

    def validate_public_figure_reason(self, field: StringField) -> None:
        """The mark stands in for a consent, so it needs a reason."""
        if self.is_public_figure.data and not field.data:
            raise ValidationError(_l("Say why: the mark stands in for a consent."))

    def draft(self) -> PublicityDraft:
        """What was typed."""
        return PublicityDraft(
            Publicity(self.publicity.data), bool(self.is_public_figure.data), self.public_figure_reason.data or ""
        )

    def show(self, prisoner: Prisoner) -> None:
        """Fill in what is stored."""
        self.publicity.data, self.is_public_figure.data = prisoner.publicity, prisoner.is_public_figure
        self.public_figure_reason.data, self.version.data = prisoner.public_figure_reason, str(prisoner.version)
