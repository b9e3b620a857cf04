"""Forms about prosecutions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.prisoners.forms import case_words as words
from campaign.prisoners.forms.source import SourceForm
from campaign.prisoners.models import (
    Case,
    Episode,
    Hearing,
    Instance,
    ListingSource,
    ListingStatus,
    Openness,
    Punishment,
    Regime,
    Sentence,
    Stage,
    Theme,
)
from campaign.prisoners.regions import region_options
from campaign.prisoners.service.cases import CaseDraft, ChargeDraft, HearingDraft, SentenceDraft
from campaign.prisoners.service.charge_text import Unreadable, read_charges
from campaign.prisoners.service.listings import ListingDraft
from campaign.web.fields import Needed, VersionForm, area, line
from campaign.web.i18n import current_language

LANGUAGES = ("en", "ru", "de")
LONGEST_CHARGES = 500


def choice(label: Any, options: Mapping[Any, Any]) -> SelectField:
    """One value of an enumeration."""
    return SelectField(label, choices=[SelectChoice(getattr(key, "value", key), word) for key, word in options.items()])


def day(label: Any, *, required: bool = False) -> DateField:
    """A date, or nothing."""
    message = _l("Enter a date, as in 2026-11-23.")
    return DateField(label, validators=[InputRequired(message) if required else MayBeEmpty()])


def _number(label: Any, most: int) -> IntegerField:
    check = NumberRange(0, most, _l("Between %(least)d and %(most)d.", least=0, most=most))
    return IntegerField(label, validators=[MayBeEmpty(), check])


class ReadsCharges:
    """A form with charges as people write them; `read` holds them once it was validated."""

    read: Sequence[ChargeDraft] = ()

    def validate_charges(self, field: StringField) -> None:
        """What can be read; what cannot is named."""
        try:
            self.read = read_charges(field.data or "")
        except Unreadable as problem:
            raise ValidationError(_(problem.message, words=problem.words)) from problem

    @property
    def has_unknown(self) -> bool:
        """Whether the register lacks one of the articles, so that a person has to confirm it."""
        return any(not each.is_known for each in self.read)


class CaseForm(ReadsCharges, SourceForm, VersionForm):
    """What a case is called, what it is about, and how far it has come."""

    name_en = line(_l("Name in English"))
    name_ru = line(_l("Name in Russian"))
    name_de = line(_l("Name in German"))
    charges = area(_l("Charges"), LONGEST_CHARGES, rows=3)
    stage = choice(_l("Stage"), words.STAGE_WORDS)
    themes = SelectMultipleField(
        _l("What it is really about"),
        choices=[SelectChoice(theme.value, word) for theme, word in words.THEME_WORDS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    group_name = line(_l("Tied to the cases of others as"))
    region = SelectField(_l("Region of the investigation"), validators=[MayBeEmpty()])
    court = line(_l("Court"))
    opened_on = day(_l("Opened on"))
    episode_id = SelectField(_l("Imprisonment"), validators=[MayBeEmpty()])
    is_confirmed = BooleanField(_l("I have looked the articles up: they exist"))

    def __init__(self, episodes: Sequence[Episode], **values: Any) -> None:
        super().__init__(**values)
        options = (SelectChoice(*each) for each in region_options(current_language()))
        self.region.choices = [SelectChoice("", _("Not known")), *options]
        self.episode_id.choices = [
            SelectChoice("", _("None, or not known")),
            *(SelectChoice(str(each.id), _spoken(each)) for each in episodes),
        ]
        self.episodes = {str(each.id): each for each in episodes}

    def draft(self) -> CaseDraft:
        """What was typed, without the charges."""
        episode = self.episodes.get(self.episode_id.data or "")
        return CaseDraft(
            names={language: self[f"name_{language}"].data or "" for language in LANGUAGES},
            stage=Stage(self.stage.data), themes=[Theme(each) for each in self.themes.data or ()],
            group_name=self.group_name.data or "", region=self.region.data or None, court=self.court.data or "",
            opened_on=self.opened_on.data, episode_id=episode.id if episode is not None else None,
        )  # fmt: skip

    def show(self, case: Case) -> None:
        """Fill in what is stored."""
        for language in LANGUAGES:
            self[f"name_{language}"].data = case.names.get(language, "")
        for name in ("stage", "themes", "group_name", "region", "court", "opened_on"):
            self[name].data = getattr(case, name)
        self.episode_id.data = str(case.episode_id) if case.episode_id is not None else ""
        self.version.data = str(case.version)


class ChargesForm(ReadsCharges, SourceForm, VersionForm):
    """Charges as people write them, from a day on."""

    charges = area(_l("Charges"), LONGEST_CHARGES, rows=3)
    from_on = day(_l("Brought on"))
    is_confirmed = BooleanField(_l("I have looked the articles up: they exist"))

    def validate_charges(self, field: StringField) -> None:
        """At least one."""
        Needed()(self, field)
        super().validate_charges(field)

    def drafts(self) -> list[ChargeDraft]:
        """What was read, with the day."""
        return [replace(each, from_on=self.from_on.data) for each in self.read]


class EndChargeForm(SourceForm, VersionForm):
    """The day on which a charge was dropped."""

    on = day(_l("Dropped on"), required=True)


class HearingForm(SourceForm, VersionForm):
    """A day in court."""

    held_on = day(_l("Day"), required=True)
    starts_at = line(_l("Time there, as in 10:30"), 5)
    court = line(_l("Court"), required=True)
    instance = choice(_l("Instance"), words.INSTANCE_WORDS)
    openness = choice(_l("May the public attend?"), words.OPENNESS_WORDS)

    def draft(self) -> HearingDraft:
        """What was typed."""
        return HearingDraft(
            self.held_on.data, self.court.data, self.starts_at.data or "", Openness(self.openness.data),
            Instance(self.instance.data),
        )  # fmt: skip

    def show(self, hearing: Hearing) -> None:
        """Begin with the day that is put off."""
        for name in ("starts_at", "court", "instance", "openness"):
            self[name].data = getattr(hearing, name)


class OutcomeForm(SourceForm, VersionForm):
    """What came of a hearing, or why there was none."""

    outcome = area(_l("What came of it"), 2000, rows=4)


class SentenceForm(SourceForm, VersionForm):
    """What a court decided."""

    decided_on = day(_l("Decided on"), required=True)
    court = line(_l("Court"), required=True)
    instance = choice(_l("Instance"), words.INSTANCE_WORDS)
    punishment = choice(_l("Punishment"), words.PUNISHMENT_WORDS)
    years = _number(_l("Years"), 100)
    months = _number(_l("Months"), 1200)
    regime = choice(_l("Where the term is to be served"), words.REGIME_WORDS)
    in_absentia = BooleanField(_l("Sentenced in absence"))
    in_force_on = day(_l("In force since"))
    expected_release_on = day(_l("Expected release"))
    release_basis = line(_l("How this day was reckoned, or who named it"), 500)
    note = area(_l("What else was imposed"), 2000, rows=3)

    @property
    def term_months(self) -> int | None:
        """The term in months; None where there is none."""
        return (self.years.data or 0) * 12 + (self.months.data or 0) or None

    def draft(self) -> SentenceDraft:
        """What was typed."""
        return SentenceDraft(
            decided_on=self.decided_on.data, court=self.court.data, punishment=Punishment(self.punishment.data),
            instance=Instance(self.instance.data), regime=Regime(self.regime.data), term_months=self.term_months,
            in_absentia=bool(self.in_absentia.data), expected_release_on=self.expected_release_on.data,
            release_basis=self.release_basis.data or "", in_force_on=self.in_force_on.data, note=self.note.data or "",
        )  # fmt: skip

    def show(self, sentence: Sentence) -> None:
        """Fill in what is stored."""
        names = ("decided_on", "court", "instance", "punishment", "regime", "in_absentia", "in_force_on",
                 "expected_release_on", "release_basis", "note")  # fmt: skip
        for name in names:
            self[name].data = getattr(sentence, name)
        self.years.data, self.months.data = divmod(sentence.term_months or 0, 12)


class ListingForm(SourceForm):
    """What one source says about somebody."""

    recognised_by = choice(_l("Recognised by"), words.LISTING_WORDS)
    status = choice(_l("What it says"), words.LISTING_STATUS_WORDS)
    since_on = day(_l("Since"))
    url = line(_l("Address of the entry"), 490)

    def draft(self) -> ListingDraft:
        """What was typed."""
        return ListingDraft(
            ListingSource(self.recognised_by.data), ListingStatus(self.status.data), self.since_on.data,
            self.url.data or "",
        )  # fmt: skip


def _spoken(episode: Episode) -> str:
    begun = format_date(episode.arrested_on, "d MMMM yyyy")
    if episode.ended_on is None:
        return str(_("since %(day)s", day=begun))
    return str(_("from %(first)s to %(last)s", first=begun, last=format_date(episode.ended_on, "d MMMM yyyy")))
