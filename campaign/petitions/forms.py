"""Forms of the staff side of petitions: shape and messages; each leaves as a dataclass."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, Form, FormField, IntegerField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from campaign.kernel import clock
from campaign.petitions.models import (
    AddresseeAnswer,
    Audience,
    Petition,
    PetitionText,
    PetitionUpdate,
    WordingChange,
    WordingChangeText,
)
from campaign.petitions.service.outcome import AnswerDraft, HandInDraft
from campaign.petitions.service.updates import UpdateText
from campaign.petitions.service.write import DEFAULT_KEYS_DAYS, LONGEST_SLUG, PetitionDraft, TextDraft
from campaign.web.fields import VersionForm, area, line, uploaded
from campaign.web.i18n import LANGUAGES

LONGEST_TITLE = 160
LONGEST_SUMMARY = 400
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class StepForm(VersionForm):
    """A step of the state machine, with a reason where one is given."""

    reason = area(_l("Reason"), 1000, rows=3)


class FrameSiteForm(FlaskForm):  # type: ignore[misc]
    """A site that is to show the petition; what it means is read by the service."""

    site = line(_l("Address of the site"), required=True)


class TextForm(Form):  # type: ignore[misc]
    """A petition in one language."""

    title = line(_l("Title"), LONGEST_TITLE)
    summary = area(_l("Summary"), LONGEST_SUMMARY, rows=3)
    addressee = line(_l("Addressee"))
    body = area(_l("Text"))


class TextsForm(VersionForm):
    """What a petition says, all languages in one form."""

    en = FormField(TextForm)
    ru = FormField(TextForm)
    de = FormField(TextForm)

    def texts(self) -> list[TextDraft]:
        """The languages in which anything was typed."""
        drafts = [TextDraft(language=code, **self[code].data) for code in LANGUAGES]
        return [draft for draft in drafts if not draft.is_empty]

    def show_texts(self, texts: Sequence[PetitionText | WordingChangeText]) -> None:
        """Fill in wordings; of two in one language the later wins."""
        for text in texts:
            for name in ("title", "summary", "addressee", "body"):
                self[text.language][name].data = getattr(text, name)


class WordingForm(TextsForm):
    """Another wording for what is public, and why."""

    reason = area(_l("Why the text should change"), 1000, rows=3)

    def show(self, petition: Petition, change: WordingChange | None) -> None:
        """Fill in what the public reads, and over it what waits for a second person."""
        self.show_texts(petition.texts)
        if change is not None:
            self.show_texts(change.texts)
        self.version.data, self.reason.data = ("0", "") if change is None else (str(change.version), change.reason)


class PetitionForm(TextsForm):
    """Everything that can be edited in a draft, all languages in one form."""

    slug = StringField(
        _l("Address"),
        filters=[lambda text: (text or "").strip().lower()],
        validators=[Length(max=LONGEST_SLUG, message=_l("At most %(max)d characters.", max=LONGEST_SLUG))],
    )
    goal = IntegerField(
        _l("Goal"),
        default=1000,
        validators=[
            InputRequired(_l("Enter a whole number.")),
            NumberRange(1, 100_000_000, _l("Between 1 and 100 million.")),
        ],
    )
    audience = RadioField(
        _l("Who may be shown it"),
        default=Audience.ANYWHERE.value,
        choices=[
            SelectChoice(Audience.ANYWHERE.value, _l("Anyone, anywhere")),
            SelectChoice(
                Audience.OUTSIDE_RUSSIA.value, _l("Only people outside Russia: signing it would be a crime there")
            ),
        ],
    )
    keys_days = IntegerField(
        _l("Days after closing until the signers' data is destroyed"),
        default=DEFAULT_KEYS_DAYS,
        validators=[InputRequired(_l("Enter a whole number.")), NumberRange(1, 365, _l("Between 1 and 365."))],
    )

    def validate_slug(self, field: StringField) -> None:
        """Empty (we make one), or lower-case Latin words."""
        if field.data:
            Regexp(SLUG, message=_l("Small Latin letters, digits and single hyphens only."))(self, field)

    def draft(self) -> PetitionDraft:
        """What was typed."""
        return PetitionDraft(
            slug=self.slug.data or "", goal=self.goal.data or 1, audience=Audience(self.audience.data),
            keys_days=self.keys_days.data or DEFAULT_KEYS_DAYS, texts=self.texts(),
        )  # fmt: skip

    def show(self, petition: Petition) -> None:
        """Fill in what is stored."""
        self.slug.data, self.goal.data, self.keys_days.data = petition.slug, petition.goal, petition.keys_days
        self.audience.data, self.version.data = petition.audience, str(petition.version)
        self.show_texts(petition.texts)


class GoalForm(VersionForm):
    """The goal of a petition that collects."""

    goal = IntegerField(
        _l("Goal"),
        validators=[
            InputRequired(_l("Enter a whole number.")),
            NumberRange(1, 100_000_000, _l("Between 1 and 100 million.")),
        ],
    )


class NewsForm(Form):  # type: ignore[misc]
    """An update in one language."""

    title = line(_l("Title"), LONGEST_TITLE)
    body = area(_l("Text"), rows=10)


class UpdateForm(VersionForm):
    """An update in all its languages."""

    en = FormField(NewsForm)
    ru = FormField(NewsForm)
    de = FormField(NewsForm)

    def texts(self) -> list[UpdateText]:
        """What was typed."""
        return [UpdateText(language=code, **self[code].data) for code in LANGUAGES]

    def show(self, update: PetitionUpdate) -> None:
        """Fill in what is stored."""
        self.version.data = str(update.version)
        for text in update.texts:
            self[text.language]["title"].data, self[text.language]["body"].data = text.title, text.body


class HandInForm(FlaskForm):  # type: ignore[misc]
    """Who handed the petition to whom."""

    handed_on = DateField(
        _l("Handed in on"), default=clock.today, validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))]
    )
    received_by = line(_l("To whom"), required=True)
    handed_by = line(_l("By whom"), required=True)
    receipt_number = line(_l("Number of the receipt"))
    receipt = FileField(_l("Picture of the receipt"))

    def draft(self) -> HandInDraft:
        """What was typed, with the file's bytes."""
        return HandInDraft(
            self.handed_on.data, self.handed_by.data, self.received_by.data, self.receipt_number.data or "",
            uploaded(self.receipt),
        )  # fmt: skip


class AnswerForm(VersionForm):
    """What an addressee answered."""

    answered_on = DateField(
        _l("Answered on"), default=clock.today, validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))]
    )
    answered_by = line(_l("By whom"), required=True)
    is_public = BooleanField(_l("Show it on the petition's page"))
    body_en = area(_l("Answer in English"), rows=8)
    body_ru = area(_l("Answer in Russian"), rows=8)
    body_de = area(_l("Answer in German"), rows=8)

    def draft(self) -> AnswerDraft:
        """What was typed."""
        texts = [(code, self[f"body_{code}"].data or "") for code in LANGUAGES]
        return AnswerDraft(self.answered_on.data, self.answered_by.data, bool(self.is_public.data), texts)

    def show(self, answer: AddresseeAnswer) -> None:
        """Fill in what is stored."""
        self.answered_on.data, self.answered_by.data = answer.answered_on, answer.answered_by
        self.is_public.data, self.version.data = answer.is_public, str(answer.version)
        for text in answer.texts:
            self[f"body_{text.language}"].data = text.body
