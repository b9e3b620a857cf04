"""Forms of the register: shape and messages; each leaves as a draft."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired
from wtforms.validators import Optional as MayBeEmpty

from campaign.designations.models import Designation, DesignationKind, Organisation, OrganisationKind, Precision
from campaign.designations.service.entries import LANGUAGES, DesignationDraft, OrganisationDraft
from campaign.web.fields import area, line

KIND_WORDS = {
    DesignationKind.FOREIGN_AGENT: _l("“foreign agent”"),
    DesignationKind.UNDESIRABLE: _l("“undesirable”"),
    DesignationKind.EXTREMIST: _l("“extremist”"),
    DesignationKind.TERRORIST: _l("“terrorist”"),
}
WHAT_WORDS = {OrganisationKind.ORGANISATION: _l("Organisation"), OrganisationKind.MEDIA: _l("Medium")}
PRECISION_WORDS = {Precision.DAY: _l("the day"), Precision.MONTH: _l("the month"), Precision.YEAR: _l("the year")}
NO_DATE = _l("Enter a date, as in 2026-11-23.")


def _choice(label: Any, words: dict[Any, Any]) -> SelectField:
    return SelectField(label, choices=[SelectChoice(each.value, word) for each, word in words.items()])


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why, for the second person and the history."""

    reason = area(_l("Why should it change?"), 1000, rows=3)


class OrganisationForm(ReasonForm):
    """What an organisation or a medium is, and how texts speak of it."""

    what = _choice(_l("It is"), WHAT_WORDS)
    name_en = line(_l("Name in English"))
    name_ru = line(_l("Name in Russian"))
    name_de = line(_l("Name in German"))
    url = line(_l("Address of its site"), 490)
    aliases = area(_l("Further names and spellings"), 4000, rows=4)
    domains = area(_l("Domains"), 4000, rows=4)
    is_listed = BooleanField(_l("Present it on the public page of organisations"))
    description_en = area(_l("Description in English"), 2000, rows=3)
    description_ru = area(_l("Description in Russian"), 2000, rows=3)
    description_de = area(_l("Description in German"), 2000, rows=3)

    def organisation_draft(self) -> OrganisationDraft:
        """What was typed."""
        return OrganisationDraft(
            names={language: self[f"name_{language}"].data or "" for language in LANGUAGES}, url=self.url.data or "",
            kind=OrganisationKind(self.what.data),
            descriptions={language: self[f"description_{language}"].data or "" for language in LANGUAGES},
            aliases=(self.aliases.data or "").splitlines(), domains=(self.domains.data or "").splitlines(),
            is_listed=bool(self.is_listed.data),
        )  # fmt: skip

    def show_organisation(self, organisation: Organisation) -> None:
        """Fill in what is stored."""
        for language in LANGUAGES:
            self[f"name_{language}"].data = organisation.names.get(language, "")
            self[f"description_{language}"].data = organisation.descriptions.get(language, "")
        self.what.data, self.url.data = organisation.kind, organisation.url
        self.aliases.data, self.domains.data = "\n".join(organisation.aliases), "\n".join(organisation.domains)
        self.is_listed.data = organisation.is_listed


class LabelForm(ReasonForm):
    """What the state calls an organisation, since when, by which act, according to whom."""

    kind = _choice(_l("The state calls it"), KIND_WORDS)
    since_on = DateField(_l("Since"), validators=[InputRequired(NO_DATE)])
    since_precision = _choice(_l("The source gives"), PRECISION_WORDS)
    ended_on = DateField(_l("Lifted on"), validators=[MayBeEmpty()])
    act_en = area(_l("The act, in English"), 2000, rows=3)
    act_ru = area(_l("The act, in Russian"), 2000, rows=3)
    act_de = area(_l("The act, in German"), 2000, rows=3)
    source_name = line(_l("Source: publication and day"))
    source_url = line(_l("Address of the source"), 490)

    def label_draft(self) -> DesignationDraft:
        """What was typed."""
        return DesignationDraft(
            kind=DesignationKind(self.kind.data), since_on=self.since_on.data,
            act={language: self[f"act_{language}"].data or "" for language in LANGUAGES},
            source_url=self.source_url.data or "", source_name=self.source_name.data or "",
            since_precision=Precision(self.since_precision.data), ended_on=self.ended_on.data,
        )  # fmt: skip

    def show_label(self, label: Designation) -> None:
        """Fill in what is stored."""
        for name in ("kind", "since_on", "since_precision", "ended_on", "source_name", "source_url"):
            self[name].data = getattr(label, name)
        for language in LANGUAGES:
            self[f"act_{language}"].data = label.act.get(language, "")


class EntryForm(OrganisationForm, LabelForm):
    """A new entry with its first label."""


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What who decides has to say."""

    remark = area(_l("Remark"), 1000, rows=2)
