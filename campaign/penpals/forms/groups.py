"""Forms of groups: what staff write down of one, and the few fields of its members."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.kernel import clock
from campaign.penpals.forms.group_words import CHANNEL_WORDS, KIND_WORDS, ROLE_WORDS, language_word
from campaign.penpals.models import Group, GroupKind, MemberRole
from campaign.penpals.service.groups import GroupDraft
from campaign.penpals.service.threads import LONGEST_MESSAGE
from campaign.web.fields import DayField, VersionForm, area, line
from campaign.web.i18n import LANGUAGES

LONGEST_NAME = 80
LONGEST_ABOUT = 4000
SPOKEN = ("ru", "uk", "crh", "tt", "be", "en", "de", "fr")


def _ticks(label: Any, choices: list[SelectChoice] | None = None) -> SelectMultipleField:
    return SelectMultipleField(
        label, choices=choices, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class GroupForm(VersionForm):
    """What a group is."""

    kind = RadioField(
        _l("What holds it together"), default=GroupKind.PENPAL.value,
        choices=[SelectChoice(each.value, word) for each, word in KIND_WORDS.items()],
    )  # fmt: skip
    name_en = line(_l("Name in English"), LONGEST_NAME)
    name_ru = line(_l("Name in Russian"), LONGEST_NAME)
    name_de = line(_l("Name in German"), LONGEST_NAME)
    about_en = area(_l("About it, in English"), LONGEST_ABOUT, rows=5)
    about_ru = area(_l("About it, in Russian"), LONGEST_ABOUT, rows=5)
    about_de = area(_l("About it, in German"), LONGEST_ABOUT, rows=5)
    languages = _ticks(_l("Languages it writes"))
    channels = _ticks(
        _l("How it can send letters"), [SelectChoice(each.value, word) for each, word in CHANNEL_WORDS.items()]
    )
    capacity = IntegerField(
        _l("To how many people it writes at most"), default=10,
        validators=[NumberRange(0, 200, _l("A number from %(min)s to %(max)s."))],
    )  # fmt: skip
    turn_days = IntegerField(
        _l("A letter to each in so many days"), default=30,
        validators=[NumberRange(7, 180, _l("A number from %(min)s to %(max)s."))],
    )  # fmt: skip
    is_public = BooleanField(_l("The public sees its page"))

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.languages.choices = [SelectChoice(code, language_word(code)) for code in SPOKEN]

    def validate_name_en(self, field: Any) -> None:
        """One of the two that every reader gets."""
        if not field.data and not self.name_ru.data:
            raise ValidationError(_("Enter a name in English or in Russian."))

    def validate_languages(self, field: Any) -> None:
        """Without a language nobody can be matched with the group."""
        if not field.data:
            raise ValidationError(_("Tick at least one language."))

    def draft(self) -> GroupDraft:
        """What was typed."""
        return GroupDraft(
            kind=GroupKind(self.kind.data),
            names={code: self[f"name_{code}"].data or "" for code in LANGUAGES},
            about={code: self[f"about_{code}"].data or "" for code in LANGUAGES},
            languages=self.languages.data or [],
            channels=self.channels.data or [],
            capacity=self.capacity.data,
            turn_days=self.turn_days.data,
            is_public=bool(self.is_public.data),
        )

    def show(self, group: Group) -> None:
        """Fill in what is stored."""
        for name in ("kind", "languages", "channels", "capacity", "turn_days", "is_public"):
            self[name].data = getattr(group, name)
        for code in LANGUAGES:
            self[f"name_{code}"].data = group.names.get(code, "")
            self[f"about_{code}"].data = group.about.get(code, "")
        self.version.data = str(group.version)


class RoleForm(FlaskForm):  # type: ignore[misc]
    """A role in a group."""

    role = SelectField(
        _l("Role"), default=MemberRole.WRITER.value,
        choices=[SelectChoice(each.value, word) for each, word in ROLE_WORDS.items()],
    )  # fmt: skip

    def chosen(self) -> MemberRole:
        """The role."""
        return MemberRole(self.role.data)


class MessageForm(FlaskForm):  # type: ignore[misc]
    """Something said to the others."""

    body = area(_l("What the others should know"), LONGEST_MESSAGE, rows=4)


class WrittenForm(FlaskForm):  # type: ignore[misc]
    """The day a letter went out."""

    on = DayField(_l("Sent on"), default=clock.today)
