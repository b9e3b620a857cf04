"""Forms of the register: shape and messages; each leaves as a draft."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.designations.models import (
    USUAL_POSITION,
    Designation,
    DesignationKind,
    Organisation,
    OrganisationKind,
    Precision,
    Work,
)
from campaign.designations.service.entries import (
    LANGUAGES,
    BadEntry,
    DesignationDraft,
    OrganisationDraft,
    source_lines,
)
from campaign.kernel.errors import N_
from campaign.web.fields import DayField, area, line

KIND_WORDS = {
    DesignationKind.FOREIGN_AGENT: _l("“foreign agent”"),
    DesignationKind.UNDESIRABLE: _l("“undesirable”"),
    DesignationKind.EXTREMIST: _l("“extremist”"),
    DesignationKind.TERRORIST: _l("“terrorist”"),
}
WHAT_WORDS = {OrganisationKind.ORGANISATION: _l("Organisation"), OrganisationKind.MEDIA: _l("Medium")}
PRECISION_WORDS = {Precision.DAY: _l("the day"), Precision.MONTH: _l("the month"), Precision.YEAR: _l("the year")}
WORK_WORDS = {
    Work.LISTS: _l("Lists and records"),
    Work.LAWYERS: _l("Lawyers and advice"),
    Work.LETTERS: _l("Letters"),
    Work.FAMILIES: _l("Help for prisoners and families"),
    Work.PRISONS: _l("Watch over prisons"),
    Work.CAMPAIGNS: _l("Campaigns"),
}
NO_LABEL = "none"
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
    works = SelectMultipleField(
        _l("What it does"), choices=[SelectChoice(each.value, word) for each, word in WORK_WORDS.items()],
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False,
    )  # fmt: skip
    reach_en = area(_l("How to reach it, in English"), 2000, rows=3)
    reach_ru = area(_l("How to reach it, in Russian"), 2000, rows=3)
    reach_de = area(_l("How to reach it, in German"), 2000, rows=3)
    support_en = area(_l("How to support it, in English"), 2000, rows=3)
    support_ru = area(_l("How to support it, in Russian"), 2000, rows=3)
    support_de = area(_l("How to support it, in German"), 2000, rows=3)
    sources = area(_l("Sources"), 4000, rows=4)
    described_on = DayField(_l("Held against the sources on"), validators=[MayBeEmpty()])
    position = IntegerField(_l("Its place on the page"), validators=[MayBeEmpty()])

    def organisation_draft(self) -> OrganisationDraft:
        """What was typed."""
        return OrganisationDraft(
            names={language: self[f"name_{language}"].data or "" for language in LANGUAGES}, url=self.url.data or "",
            kind=OrganisationKind(self.what.data),
            descriptions={language: self[f"description_{language}"].data or "" for language in LANGUAGES},
            aliases=(self.aliases.data or "").splitlines(), domains=(self.domains.data or "").splitlines(),
            is_listed=bool(self.is_listed.data), works=self.works.data or (),
            reach={language: self[f"reach_{language}"].data or "" for language in LANGUAGES},
            support={language: self[f"support_{language}"].data or "" for language in LANGUAGES},
            sources=(self.sources.data or "").splitlines(), described_on=self.described_on.data,
            position=USUAL_POSITION if self.position.data is None else self.position.data,
        )  # fmt: skip

    def show_organisation(self, organisation: Organisation) -> None:
        """Fill in what is stored."""
        for language in LANGUAGES:
            self[f"name_{language}"].data = organisation.names.get(language, "")
            for name, texts in (("description", organisation.descriptions), ("reach", organisation.reach),
                                ("support", organisation.support)):  # fmt: skip
                self[f"{name}_{language}"].data = texts.get(language, "")
        self.what.data, self.url.data = organisation.kind, organisation.url
        self.aliases.data, self.domains.data = "\n".join(organisation.aliases), "\n".join(organisation.domains)
        self.is_listed.data = organisation.is_listed
        self.works.data, self.sources.data = list(organisation.works), "\n".join(source_lines(organisation.sources))
        self.described_on.data, self.position.data = organisation.described_on, organisation.position


class LabelForm(ReasonForm):
    """What the state calls an organisation, since when, by which act, according to whom."""

    kind = _choice(_l("The state calls it"), KIND_WORDS)
    since_on = DayField(_l("Since"), validators=[InputRequired(NO_DATE)])
    since_precision = _choice(_l("The source gives"), PRECISION_WORDS)
    ended_on = DayField(_l("Lifted on"), validators=[MayBeEmpty()])
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
    """A new entry with its first label, or none: many a partner was never given one. Nothing is chosen beforehand,
    since a label that was forgotten would show readers in Russia what endangers them."""

    kind = SelectField(
        _l("The state calls it"),
        validators=[InputRequired(_l("Say what the state calls it, or that it has no label."))],
        choices=[
            SelectChoice("", _l("Choose")), SelectChoice(NO_LABEL, _l("nothing: it has no label")),
            *(SelectChoice(each.value, word) for each, word in KIND_WORDS.items()),
        ],
    )  # fmt: skip
    since_on = DayField(_l("Since"), validators=[MayBeEmpty()])

    def first_label(self) -> DesignationDraft | None:
        """What was typed of a label, if it has one; raises BadEntry."""
        if self.kind.data != NO_LABEL:
            if self.since_on.data is None:
                raise BadEntry("since_on", N_("Enter a date, as in 2026-11-23."))
            return self.label_draft()
        if any(self[name].data for name in ("since_on", "act_en", "act_ru", "act_de", "source_name", "source_url")):
            raise BadEntry(
                "kind", N_("You say that it has no label. Choose the one you tell of, or empty what is below.")
            )
        return None


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What who decides has to say."""

    remark = area(_l("Remark"), 1000, rows=2)
