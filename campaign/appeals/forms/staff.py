"""Forms of the staff side of appeals; each leaves as a dataclass."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Form, FormField, RadioField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.appeals.forms.staff_words import FIELD_WORDS, KIND_WORDS, TARGET_WORDS
from campaign.appeals.models import Appeal, AppealAnswer, AppealKind, AppealText, Audience, Target, TargetKind
from campaign.appeals.service.answers import AnswerDraft, GodparentDraft
from campaign.appeals.service.targets import LANGUAGES, TargetDraft
from campaign.appeals.service.write import LONGEST_SLUG, AppealDraft, TextDraft
from campaign.kernel import clock
from campaign.prisoners.models import Prisoner
from campaign.web.countries import country_options
from campaign.web.fields import DayField, Needed, VersionForm, area, line, uploaded
from campaign.web.i18n import LANGUAGES as LANGUAGE_NAMES
from campaign.web.i18n import current_language

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
MOST_POINTS, LONGEST_POINT = 12, 600
TOO_MANY_POINTS = _l("At most 12 points of 600 characters.")


class StepForm(VersionForm):
    """A step of the state machine, with a reason where one is given."""

    reason = area(_l("Reason"), 1000, rows=3)


class TextForm(Form):  # type: ignore[misc]
    """An appeal in one language."""

    title = line(_l("Title"), 160)
    summary = area(_l("Summary"), 400, rows=3)
    body = area(_l("What happened, and why a letter helps"), rows=10)
    subject = line(_l("Subject of the mail"), 120)
    opening = area(_l("How the letter begins, after the salutation"), 2000, rows=5)
    points = area(_l("Points to choose from, one a line"), 8000, rows=8)
    closing = area(_l("How the letter ends, before the name"), 1000, rows=3)

    def validate_points(self, field: StringField) -> None:
        """Few enough to choose from, and short enough for a letter."""
        points = points_in(field.data)
        if len(points) > MOST_POINTS or any(len(each) > LONGEST_POINT for each in points):
            raise ValidationError(TOO_MANY_POINTS)


def points_in(text: str | None) -> list[str]:
    """The points of a field, one a line."""
    return [each.strip() for each in (text or "").splitlines() if each.strip()]


class AppealForm(VersionForm):
    """Everything that can be edited in a draft, all languages in one form."""

    kind = SelectField(_l("Kind"), choices=[SelectChoice(each.value, words) for each, words in KIND_WORDS.items()])
    slug = StringField(
        _l("Address"),
        filters=[lambda text: (text or "").strip().lower()],
        validators=[Length(max=LONGEST_SLUG, message=_l("At most %(max)d characters.", max=LONGEST_SLUG))],
    )
    audience = RadioField(
        _l("Who may be shown it"),
        default=Audience.ANYWHERE.value,
        choices=[
            SelectChoice(Audience.ANYWHERE.value, _l("Anyone, anywhere")),
            SelectChoice(
                Audience.OUTSIDE_RUSSIA.value,
                _l("Only people outside Russia: what it asks for, sanctions for example, is a crime to ask for there"),
            ),
        ],
    )
    deadline_on = DayField(_l("Last day"), validators=[Optional()])
    deadline_time = StringField(
        _l("Time of that day, UTC"),
        default="23:59",
        validators=[Optional(), Regexp(r"^([01]\d|2[0-3]):[0-5]\d$", message=_l("Enter a time, as in 16:30."))],
    )
    en = FormField(TextForm)
    ru = FormField(TextForm)
    de = FormField(TextForm)

    def validate_slug(self, field: StringField) -> None:
        """Empty (we make one), or lower-case Latin words."""
        if field.data:
            Regexp(SLUG, message=_l("Small Latin letters, digits and single hyphens only."))(self, field)

    def validate_deadline_on(self, field: DayField) -> None:
        """Ahead, when it is given."""
        if field.data is not None and (at := self.deadline_at) is not None and at <= clock.now():
            raise ValidationError(_l("This moment has passed already."))

    @property
    def deadline_at(self) -> datetime | None:
        """The moment at which it ends; None for open-ended ones, and for what is no time."""
        if self.deadline_on.data is None:
            return None
        try:
            at = time.fromisoformat(self.deadline_time.data or "23:59")
        except ValueError:
            return None
        return datetime.combine(self.deadline_on.data, at, UTC)

    def texts(self) -> list[TextDraft]:
        """The languages in which anything was typed."""
        drafts = []
        for code in LANGUAGES:
            typed = dict(self[code].data)
            points = points_in(typed.pop("points"))
            drafts.append(TextDraft(language=code, points=points, **{name: text or "" for name, text in typed.items()}))
        return [each for each in drafts if not each.is_empty]

    def draft(self) -> AppealDraft:
        """What was typed."""
        return AppealDraft(
            self.slug.data or "", AppealKind(self.kind.data), Audience(self.audience.data), self.deadline_at,
            self.texts(),
        )  # fmt: skip

    def show(self, appeal: Appeal) -> None:
        """Fill in what is stored."""
        self.slug.data, self.kind.data, self.audience.data = appeal.slug, appeal.kind, appeal.audience
        self.version.data = str(appeal.version)
        if appeal.deadline_at is not None:
            at = appeal.deadline_at.astimezone(UTC)
            self.deadline_on.data, self.deadline_time.data = at.date(), f"{at:%H:%M}"
        for text in appeal.texts:
            for name in ("title", "summary", "body", "subject", "opening", "closing"):
                self[text.language][name].data = getattr(text, name)
            self[text.language]["points"].data = "\n".join(text.points)


class OutcomeForm(VersionForm):
    """What became of an appeal, in each of its languages."""

    en = area(LANGUAGE_NAMES["en"], rows=8)
    ru = area(LANGUAGE_NAMES["ru"], rows=8)
    de = area(LANGUAGE_NAMES["de"], rows=8)

    def show(self, texts: Iterable[AppealText]) -> None:
        """Fill in what is stored."""
        for text in texts:
            self[text.language].data = text.outcome

    def outcomes(self) -> dict[str, str]:
        """What was typed, by language."""
        return {code: self[code].data or "" for code in LANGUAGES}


class TargetForm(VersionForm):
    """An official."""

    kind = SelectField(
        FIELD_WORDS["kind"], choices=[SelectChoice(each.value, words) for each, words in TARGET_WORDS.items()]
    )
    name = line(FIELD_WORDS["name"])
    office = line(FIELD_WORDS["office"])
    body = line(_l("Parliament, ministry or institution"))
    country = SelectField(FIELD_WORDS["country"])
    constituency = line(_l("Constituency"))
    languages = SelectMultipleField(
        _l("Languages that are read there"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGE_NAMES.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    email = line(FIELD_WORDS["email"], 254)
    postal = area(FIELD_WORDS["postal"], 700, rows=5)
    salutation_en = line(_l("Salutation in English"))
    salutation_ru = line(_l("Salutation in Russian"))
    salutation_de = line(_l("Salutation in German"))
    source_title = line(FIELD_WORDS["source_title"])
    source_url = line(FIELD_WORDS["source_url"], 500)
    checked_on = DayField(FIELD_WORDS["checked_on"], validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))])

    def offer(self) -> None:
        """Say which countries can be chosen."""
        self.country.choices = [
            SelectChoice("", _l("None: an international body")), *country_options(current_language())
        ]  # fmt: skip

    def draft(self) -> TargetDraft:
        """What was typed."""
        return TargetDraft(
            TargetKind(self.kind.data), self.name.data or "", self.office.data or "", self.body.data or "",
            self.country.data or "", self.constituency.data or "", self.languages.data or [], self.email.data or "",
            self.postal.data or "", {code: self[f"salutation_{code}"].data or "" for code in LANGUAGES},
            self.source_title.data or "", self.source_url.data or "", self.checked_on.data,
        )  # fmt: skip

    def show(self, target: Target) -> None:
        """Fill in what is stored."""
        for name in ("kind", "name", "office", "body", "country", "constituency", "languages", "email", "postal",
                     "source_title", "source_url", "checked_on"):  # fmt: skip
            self[name].data = getattr(target, name)
        for code in LANGUAGES:
            self[f"salutation_{code}"].data = target.salutation_in(code)
        self.version.data = str(target.version)


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A file of officials."""

    file = FileField(_l("File (CSV, XLSX or ODS)"))

    def validate_file(self, field: FileField) -> None:
        """There has to be one."""
        if not field.data or not getattr(field.data, "filename", ""):
            raise ValidationError(_l("Choose a file."))


class AnswerForm(VersionForm):
    """What an official answered."""

    target = SelectField(_l("Who answered"))
    answered_on = DayField(_l("Answered on"), validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))])
    en = area(_l("In our own words, in English"), 3000, rows=5)
    ru = area(_l("In our own words, in Russian"), 3000, rows=5)
    de = area(_l("In our own words, in German"), 3000, rows=5)
    source_title = line(_l("Where it can be read"))
    source_url = line(FIELD_WORDS["source_url"], 500)
    paper = FileField(_l("Picture of the paper, for staff alone"))

    def offer(self, targets: Sequence[Target]) -> None:
        """Say who can be chosen."""
        self.target.choices = [SelectChoice(str(each.id), each.title) for each in targets]

    def validate_source_url(self, field: StringField) -> None:
        """An address of the web."""
        check_web_address(field.data)

    def draft(self, targets: Sequence[Target]) -> AnswerDraft:
        """What was typed."""
        target = next(each for each in targets if str(each.id) == self.target.data)
        return AnswerDraft(
            target.id, self.answered_on.data, {code: self[code].data or "" for code in LANGUAGES},
            self.source_title.data or "", self.source_url.data or "", uploaded(self.paper),
        )  # fmt: skip

    def show(self, answer: AppealAnswer) -> None:
        """Fill in what is stored."""
        self.target.data, self.answered_on.data = str(answer.target_id), answer.answered_on
        self.source_title.data, self.source_url.data = answer.source_title, answer.source_url
        for code in LANGUAGES:
            self[code].data = answer.summaries.get(code, "")
        self.version.data = str(answer.version)


class GodparentForm(FlaskForm):  # type: ignore[misc]
    """Who stands for whom."""

    target = SelectField(_l("Member of a parliament"))
    prisoner = SelectField(_l("Whom they stand for"))
    since_on = DayField(_l("Since"), validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))])
    source_title = line(FIELD_WORDS["source_title"])
    source_url = StringField(FIELD_WORDS["source_url"], validators=[Needed(), Length(max=500)])

    def offer(self, targets: Sequence[Target], prisoners: Sequence[Prisoner]) -> None:
        """Say who can be chosen."""
        self.target.choices = [SelectChoice(str(each.id), each.title) for each in targets]
        language = current_language()
        self.prisoner.choices = [SelectChoice(str(each.id), each.name_in(language)) for each in prisoners]

    def validate_source_url(self, field: StringField) -> None:
        """An address of the web."""
        check_web_address(field.data)

    def draft(self, targets: Sequence[Target], prisoners: Sequence[Prisoner]) -> GodparentDraft:
        """What was typed."""
        return GodparentDraft(
            next(each.id for each in targets if str(each.id) == self.target.data),
            next(each.id for each in prisoners if str(each.id) == self.prisoner.data),
            self.since_on.data, self.source_title.data or "", self.source_url.data or "",
        )  # fmt: skip


def check_web_address(text: str | None) -> None:
    """Raise ValidationError for what is no address of the web; an empty one is for others to refuse."""
    if text and not text.startswith(("https://", "http://")):
        raise ValidationError(_l("The address of a source begins with https://."))
