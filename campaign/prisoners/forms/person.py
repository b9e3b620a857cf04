"""The form of a person: everything that a news text may tell, saved with one source."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, FormField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.kernel import clock
from campaign.kernel.tables.days import NotADay, read_day
from campaign.prisoners.forms.source import SourceForm
from campaign.prisoners.models import Gender, LettersPolicy, Precision, Prisoner, ReplyMeans
from campaign.prisoners.regions import region_options
from campaign.prisoners.service.people import BadPerson, PersonDraft, StoryDraft
from campaign.web.countries import CODES
from campaign.web.fields import VersionForm, area, line
from campaign.web.i18n import LANGUAGES, current_language

LONGEST_NAME = 80
GENDER_WORDS = {Gender.FEMALE: _l("Woman"), Gender.MALE: _l("Man"), Gender.UNKNOWN: _l("Not known")}
LETTERS_WORDS = {
    LettersPolicy.OPEN: _l("Letters from anybody are welcome"),
    LettersPolicy.FAMILY_ONLY: _l("Letters from the family alone"),
    LettersPolicy.NONE: _l("No letters"),
    LettersPolicy.UNKNOWN: _l("Nobody has asked yet"),
}
REPLY_WORDS = {
    ReplyMeans.PAPER_AND_STAMPS: _l("Has paper, envelopes and stamps"),
    ReplyMeans.REPLY_FORM: _l("Can answer on a reply form that the writer pays for"),
    ReplyMeans.NONE: _l("Has no means to answer"),
    ReplyMeans.UNKNOWN: _l("Not known"),
}
LANGUAGE_WORDS = {
    "ru": _l("Russian"), "uk": _l("Ukrainian"), "crh": _l("Crimean Tatar"), "tt": _l("Tatar"), "be": _l("Belarusian"),
    "en": _l("English"), "de": _l("German"), "fr": _l("French"),
}  # fmt: skip
FIELD_WORDS = {
    "last_ru": _l("Last name in Russian"), "first_ru": _l("First name in Russian"), "patronymic_ru": _l("Patronymic"),
    "has_no_patronymic": _l("Has no patronymic"), "dative_ru": _l("To whom, as on an envelope"),
    "last_latin": _l("Last name in Latin letters"), "first_latin": _l("First name in Latin letters"),
    "aliases": _l("Other spellings and names, one a line"), "born_on": _l("Born"),
    "born_precision": _l("How exactly the birth is known"), "gender": _l("Addressed as"),
    "citizenships": _l("Citizenship"), "home_region": _l("From which region"), "languages_read": _l("Reads"),
    "letters_policy": _l("Letters"), "reply_means": _l("Means to answer"), "interests": _l("Cares for"),
    "publicity": _l("How public"), "is_public_figure": _l("A public figure, whose case is told everywhere"),
    "public_figure_reason": _l("Why a public figure"), "picture.licence": _l("Licence"),
    "picture.credit": _l("Credit"), "picture.source_url": _l("Where it was found"),
    **{f"occupation.{code}": _l("Occupation (%(code)s)", code=code) for code in LANGUAGES},
    **{f"summary.{code}": _l("Summary (%(code)s)", code=code) for code in LANGUAGES},
    **{f"story.{code}": _l("Story (%(code)s)", code=code) for code in LANGUAGES},
}  # fmt: skip
# The names of the form's fields that differ from the columns of what the service refuses.
FIELD_OF = {"born_on": "born"}


class StoryForm(Form):  # type: ignore[misc]
    """What is told of a person in one language."""

    occupation = line(_l("Occupation"))
    summary = area(_l("In one or two sentences"), 400, rows=3)
    story = area(_l("Story"), 20_000, rows=10)


class PersonForm(SourceForm, VersionForm):
    """A person."""

    last_ru = line(_l("Last name in Russian"), LONGEST_NAME)
    first_ru = line(_l("First name in Russian"), LONGEST_NAME)
    patronymic_ru = line(_l("Patronymic"), LONGEST_NAME)
    has_no_patronymic = BooleanField(_l("Has no patronymic"))
    last_latin = line(_l("Last name in Latin letters"), LONGEST_NAME)
    first_latin = line(_l("First name in Latin letters"), LONGEST_NAME)
    dative_ru = line(_l("To whom, as on an envelope"), 250)
    is_dative_confirmed = BooleanField(_l("I have checked this line"))
    aliases = area(_l("Other spellings and names, one a line"), 1000, rows=3)
    born = line(_l("Born"), 40)
    gender = RadioField(
        _l("Addressed as"), default=Gender.UNKNOWN.value,
        choices=[SelectChoice(each.value, word) for each, word in GENDER_WORDS.items()],
    )  # fmt: skip
    citizenships = line(_l("Citizenship"), 40)
    home_region = SelectField(_l("From which region"), validate_choice=False)
    languages_read = SelectMultipleField(
        _l("Reads"), default=["ru"], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        choices=[SelectChoice(code, word) for code, word in LANGUAGE_WORDS.items()],
    )  # fmt: skip
    interests = SelectMultipleField(
        _l("Cares for"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )
    letters_policy = RadioField(
        _l("Letters"), default=LettersPolicy.UNKNOWN.value,
        choices=[SelectChoice(each.value, word) for each, word in LETTERS_WORDS.items()],
    )  # fmt: skip
    reply_means = RadioField(
        _l("Means to answer"), default=ReplyMeans.UNKNOWN.value,
        choices=[SelectChoice(each.value, word) for each, word in REPLY_WORDS.items()],
    )  # fmt: skip
    en = FormField(StoryForm)
    ru = FormField(StoryForm)
    de = FormField(StoryForm)

    def __init__(self, interests: list[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        options = (SelectChoice(*each) for each in region_options(current_language()))
        self.home_region.choices = [SelectChoice("", _l("Not known")), *options]
        self.interests.choices = [SelectChoice(slug, label) for slug, label in interests]

    def validate_last_ru(self, field: StringField) -> None:
        """A name in one alphabet at least."""
        if not field.data and not self.last_latin.data:
            raise ValidationError(_l("Enter the last name, in Russian or in Latin letters."))

    def validate_born(self, field: StringField) -> None:
        """A day, a month or a year in any usual notation, or nothing."""
        if not field.data:
            return
        try:
            found = read_day(field.data)
        except NotADay as problem:
            raise ValidationError(_l("Write 17.05.1980, 1980-05-17, 05.1980 or only the year.")) from problem
        if found.value > clock.today():
            raise ValidationError(_l("This day of birth lies in the future."))

    def validate_citizenships(self, field: StringField) -> None:
        """Countries by their two letters."""
        if not set(self._countries()) <= CODES:
            raise ValidationError(_l("Two letters a country, as in RU or RU, UA."))

    def draft(self) -> PersonDraft:
        """What was typed; only after validation."""
        born = read_day(self.born.data) if self.born.data else None
        names = ("last_ru", "first_ru", "patronymic_ru", "last_latin", "first_latin", "dative_ru")
        return PersonDraft(
            **{name: self[name].data or "" for name in names},
            has_no_patronymic=bool(self.has_no_patronymic.data) and not self.patronymic_ru.data,
            is_dative_confirmed=bool(self.is_dative_confirmed.data) and bool(self.dative_ru.data),
            aliases=[each.strip() for each in (self.aliases.data or "").splitlines() if each.strip()],
            born_on=born.value if born else None,
            born_precision=Precision(born.precision) if born else None,
            gender=Gender(self.gender.data),
            citizenships=self._countries(),
            home_region=self.home_region.data or None,
            languages_read=self.languages_read.data or [],
            interests=self.interests.data or [],
            letters_policy=LettersPolicy(self.letters_policy.data),
            reply_means=ReplyMeans(self.reply_means.data),
            stories=self.stories(),
        )

    def stories(self) -> list[StoryDraft]:
        """What is told, by language; those of which nothing was typed are empty."""
        return [StoryDraft(code, **self[code].data) for code in LANGUAGES]

    def show(self, prisoner: Prisoner) -> None:
        """Fill in what is stored."""
        for name in (
            "last_ru", "first_ru", "patronymic_ru", "has_no_patronymic", "last_latin", "first_latin", "dative_ru",
            "is_dative_confirmed", "gender", "home_region", "languages_read", "letters_policy", "reply_means",
        ):  # fmt: skip
            self[name].data = getattr(prisoner, name)
        self.version.data = str(prisoner.version)
        self.aliases.data = "\n".join(prisoner.aliases)
        self.citizenships.data = ", ".join(prisoner.citizenships)
        self.born.data = _written(prisoner)
        self.interests.data = [each.slug for each in prisoner.interests]
        for text in prisoner.texts:
            for name in ("occupation", "summary", "story"):
                self[text.language][name].data = getattr(text, name)

    def refuse(self, problem: BadPerson, words: str) -> None:
        """Put what the service refused beside its field."""
        field = self[FIELD_OF.get(problem.field, problem.field)]
        field.errors = [*field.errors, words]

    def _countries(self) -> list[str]:
        return (self.citizenships.data or "").upper().replace(",", " ").split()


def _written(prisoner: Prisoner) -> str:
    """A day of birth at its precision, as the form reads it."""
    if prisoner.born_on is None:
        return ""
    pattern = {Precision.DAY: "%d.%m.%Y", Precision.MONTH: "%m.%Y", Precision.YEAR: "%Y"}
    return prisoner.born_on.strftime(pattern[Precision(prisoner.born_precision or Precision.DAY)])
