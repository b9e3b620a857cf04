"""The form for one person: what is known of them, and for a new record also how to reach them and on which ground."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError

from campaign.kernel.errors import DomainError
from campaign.people.forms.boxes import Boxes, language_choices, offered
from campaign.people.forms.words import AVAILABILITY_WORDS, HOW_WORDS, PURPOSE_WORDS, SKILL_WORDS
from campaign.people.models import MOST_TASKS_A_WEEK, IdentityKind, Person, Purpose
from campaign.people.service.consents import LONGEST_EVIDENCE
from campaign.people.service.identities import LONGEST_MESSENGER, Reached, read_identity
from campaign.people.service.records import LONGEST_NAME, LONGEST_SOURCE, PersonDraft, draft_of
from campaign.people.service.writing_down import Given
from campaign.web.countries import country_options
from campaign.web.fields import VersionForm, line
from campaign.web.i18n import LANGUAGES, current_language


class PersonForm(VersionForm):
    """What is known of somebody. `held`: the languages that the record has already."""

    name = line(_l("Name"), LONGEST_NAME)
    language = SelectField(_l("Write to them in"), choices=offered(LANGUAGES))
    country = SelectField(_l("Country"), validators=[Optional()])
    no_country = _l("not known")
    spoken = Boxes(_l("Speaks"))
    skills = Boxes(_l("Can help with"), choices=offered(SKILL_WORDS))
    availability = Boxes(_l("Has time"), choices=offered(AVAILABILITY_WORDS))
    tasks_a_week = IntegerField(
        _l("Tasks a week they can take on"),
        validators=[
            Optional(),
            NumberRange(0, MOST_TASKS_A_WEEK, _l("A number from 0 to %(most)s.", most=MOST_TASKS_A_WEEK)),
        ],
    )

    def __init__(self, *, held: Iterable[str] = (), **more: Any) -> None:
        super().__init__(**more)
        self.spoken.choices = language_choices(held)
        self.country.choices = [SelectChoice("", self.no_country), *country_options(current_language())]

    def show(self, person: Person) -> None:
        """Fill in what is stored."""
        draft = draft_of(person)
        self.name.data, self.language.data, self.country.data = draft.name, draft.language, draft.country or ""
        self.spoken.data, self.skills.data = list(draft.spoken), list(draft.skills)
        self.availability.data, self.tasks_a_week.data = list(draft.availability), draft.tasks_a_week
        self.version.data = str(person.version)

    def draft(self, source: str = "") -> PersonDraft:
        """What was typed."""
        return PersonDraft(
            name=self.name.data or "", language=self.language.data, country=self.country.data or None,
            spoken=tuple(self.spoken.data or ()), skills=tuple(self.skills.data or ()),
            availability=tuple(self.availability.data or ()), tasks_a_week=self.tasks_a_week.data, source=source,
        )  # fmt: skip


class NewPersonForm(PersonForm):
    """The same, with ways to reach them, where the record comes from, and what they agreed to."""

    email = line(_l("E-mail"), 254)
    phone = line(_l("Phone"), 40)
    messenger = line(_l("Messenger"), LONGEST_MESSENGER)
    source = line(_l("Where this comes from"), LONGEST_SOURCE, required=True)
    purposes = Boxes(_l("They agreed"), choices=offered({each: PURPOSE_WORDS[each] for each in Purpose}))
    how = SelectField(_l("How they said so"), choices=offered(HOW_WORDS))
    evidence = line(_l("What proves it"), LONGEST_EVIDENCE)

    def validate_email(self, field: StringField) -> None:
        """Told beside the field, before anything is written."""
        self._check(IdentityKind.EMAIL, field)

    def validate_phone(self, field: StringField) -> None:
        """A number of the country that was chosen, or one with +."""
        self._check(IdentityKind.PHONE, field)
        if field.data and Purpose.CALLS not in (self.purposes.data or ()):
            raise ValidationError(
                _("A number is kept only of somebody who agrees to be called: tick that below, and say what proves it.")
            )

    def validate_messenger(self, field: StringField) -> None:
        """A name in a messenger."""
        self._check(IdentityKind.MESSENGER, field)

    def validate_evidence(self, field: StringField) -> None:
        """Needed where somebody agreed."""
        if self.purposes.data and not field.data:
            raise ValidationError(_("Say what proves it: which sheet, which call, on which day."))

    def ways(self) -> list[Reached]:
        """The ways to reach them that were typed."""
        return [
            read_identity(kind, field.data, region=self.country.data or None)
            for kind, field in self._ways()
            if field.data
        ]

    def field_of(self, kind: IdentityKind) -> StringField:
        """Where a way of that kind is typed."""
        return dict(self._ways())[kind]

    def given(self) -> Given:
        """What they agreed to."""
        return Given([Purpose(each) for each in self.purposes.data or ()], self.how.data, self.evidence.data or "")

    def _ways(self) -> list[tuple[IdentityKind, StringField]]:
        return [
            (IdentityKind.EMAIL, self.email), (IdentityKind.PHONE, self.phone),
            (IdentityKind.MESSENGER, self.messenger),
        ]  # fmt: skip

    def _check(self, kind: IdentityKind, field: StringField) -> None:
        if field.data:
            told(lambda: read_identity(kind, field.data, region=self.country.data or None))


def told(read: Callable[[], object]) -> None:
    """Turn a refusal of the domain into one of the form."""
    try:
        read()
    except DomainError as problem:
        raise ValidationError(_(problem.message)) from problem
