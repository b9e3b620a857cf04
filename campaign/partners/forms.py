"""Forms of partners: which organisation, with which words, with which key; why an export."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import InputRequired, ValidationError

from campaign.designations.models import Organisation
from campaign.designations.policy import is_designated
from campaign.kernel.text import one_line
from campaign.partners.models import PartnerTerms
from campaign.partners.service.keys import PRIVATE_HALF
from campaign.partners.service.terms import TermsDraft
from campaign.web.fields import line

LONGEST_SENTENCE = 240
LONGEST_REASON = 300
LONGEST_KEY = 100


class TermsForm(FlaskForm):  # type: ignore[misc]
    """The words of the consent in each language, and the organisation's public key."""

    en = line(_l("What is consented to, in English"), LONGEST_SENTENCE, required=True)
    ru = line(_l("The same in Russian"), LONGEST_SENTENCE, required=True)
    de = line(_l("The same in German"), LONGEST_SENTENCE, required=True)
    recipient = line(_l("Public key of the organisation (age1…)"), LONGEST_KEY, required=True)

    def draft(self) -> TermsDraft:
        """What the service takes."""
        return TermsDraft({code: self[code].data for code in ("en", "ru", "de")}, self.recipient.data)

    def show(self, terms: PartnerTerms | None) -> None:
        """Fill in what stands now."""
        if terms is not None:
            sentences: Mapping[str, Any] = terms.sentences
            self.en.data, self.ru.data, self.de.data = (sentences.get(code, "") for code in ("en", "ru", "de"))
            self.recipient.data = terms.recipient

    def forget_private_key(self) -> None:
        """Never show again a private key that somebody typed by mistake, into whichever field."""
        for field in (self.en, self.ru, self.de, self.recipient):
            if PRIVATE_HALF in (field.data or "").upper():
                field.data = ""


class PartnerForm(TermsForm):
    """A new partner: one of the organisations that this platform presents."""

    organisation = SelectField(_l("Organisation"), validators=[InputRequired(_l("Choose one."))])

    def offer(self, organisations: Sequence[Organisation], language: str, designated: str) -> None:
        """Offer these to choose from; `designated` stands behind the names of those with a label."""
        self.organisation.choices = [("", "—")] + [
            (str(each.id), f"{each.name_in(language)} {designated}" if is_designated(each) else each.name_in(language))
            for each in organisations
        ]


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What a second person says to proposed terms."""

    number = HiddenField()
    compared = BooleanField(_l("I compared this fingerprint with the organisation myself, by voice or in person"))

    @property
    def seen_number(self) -> int:
        """The terms that were seen, 0 for what is no number."""
        text = self.number.data or ""
        return int(text) if text.isdecimal() and len(text) < 4 else 0


class ExportForm(FlaskForm):  # type: ignore[misc]
    """Why an export is asked for."""

    reason = line(_l("Reason"), LONGEST_REASON)

    def validate_reason(self, field: Any) -> None:
        """Something for the audit trail."""
        if not one_line(field.data or "", LONGEST_REASON):
            raise ValidationError(_l("Write down why, for the colleagues who find this in the audit trail."))
