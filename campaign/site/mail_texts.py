"""What staff type into the texts of an automatic mail, checked; and names of prisoners in a subject."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import NumberRange
from wtforms.widgets import HiddenInput

from campaign.kernel.mail import own_texts, text_check
from campaign.kernel.mail.automatic import AutomaticMail
from campaign.kernel.mail.message import Text
from campaign.kernel.mail.own_texts import Draft, MailText, Own
from campaign.prisoners.queries.public_directory import directory
from campaign.prisoners.queries.public_entries import Entry
from campaign.web.i18n import LANGUAGES
from campaign.web.mailing import shipped_text
from campaign.web.settings import settings

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
LEAST_STEM, ENDING = 4, 4
"""A Russian last name is known by all but its last two letters, to which an ending of its cases may come."""


class TextForm(FlaskForm):  # type: ignore[misc]
    """One language of a mail; several stand in one form on the page, whose token they share."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """The page's form carries the token."""

        csrf = False

    subject = StringField(_l("Subject"))
    body = TextAreaField(_l("Text"))
    seen = IntegerField(widget=HiddenInput(), validators=[NumberRange(min=0, max=1 << 30)])

    def __init__(self, mail: AutomaticMail, language: str, newest: MailText | None) -> None:
        self.mail, self.language = mail, language
        now = own_or_shipped(mail, language, newest)
        seen = newest.version if newest else 0
        super().__init__(prefix=f"{language}-", data={"subject": now.subject, "body": now.body, "seen": seen})

    def validate_subject(self, field: StringField) -> None:
        """Discreet, in one line."""
        _raise(text_check.check_subject(field.data or "", names=find_name))

    def validate_body(self, field: TextAreaField) -> None:
        """Known fields, no tricks."""
        _raise(text_check.check_body(self.mail, self.typed.body, host=settings().public_host))

    @property
    def typed(self) -> Own:
        """What stands in the form, as it would be kept."""
        return Own((self.subject.data or "").strip(), text_check.tidy(self.body.data or ""))

    @property
    def text(self) -> Text:
        """The same, as it would be sent."""
        return Text(self.typed.subject, self.typed.body)

    def begin_from(self, version: int) -> bool:
        """Go on from this version; False where the form does so already."""
        if self.seen.data == version:
            return False
        self.seen.data, self.seen.raw_data = version, None
        return True

    def draft(self, newest: MailText | None) -> Draft | None:
        """What saving it would put on top; None where it says what holds already. The shipped words are no text of
        one's own: typed, they are the shipped text again."""
        typed, shipped = self.typed, shipped_text(self.mail.key, self.language)
        now = own_or_shipped(self.mail, self.language, newest)
        if typed == Own(now.subject, now.body):
            return None
        is_shipped = typed == Own(shipped.subject, shipped.body)
        return Draft(self.language, None if is_shipped else typed, int(self.seen.data or 0))


def _raise(faults: list[text_check.Fault]) -> None:
    if faults:
        raise ValidationError(" ".join(_(fault.message, **fault.values) for fault in faults))


def own_or_shipped(mail: AutomaticMail, language: str, version: MailText | None) -> Text:
    """What a version says; without one, or one without words, the shipped text."""
    if version is None or version.subject is None or version.body is None:
        return shipped_text(mail.key, language)
    return Text(version.subject, version.body)


def forms_of(mail: AutomaticMail, newest: Mapping[str, MailText]) -> dict[str, TextForm]:
    """A form for each language, filled with what holds or with what was sent."""
    return {language: TextForm(mail, language, newest.get(language)) for language in LANGUAGES}


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why an older version cannot come back."""

    words: str


def restore(
    mail: AutomaticMail, version: MailText | None, language: str, seen: int, actor: uuid.UUID
) -> Rejected | None:  # fmt: skip
    """Put an older version on top, or with None the shipped text; one that would be refused today stays down.

    Raises ChangedMeanwhile.
    """
    own = None
    if version is not None and version.subject is not None and version.body is not None:
        own = Own(version.subject, version.body)
        faults = text_check.check_subject(own.subject, names=find_name)
        faults += text_check.check_body(mail, own.body, host=settings().public_host)
        if faults:
            return Rejected(" ".join(_(fault.message, **fault.values) for fault in faults))
    own_texts.save(mail, [Draft(language, own, seen)], actor=actor, action="mail_text.restored")
    return None


def find_name(subject: str) -> str | None:
    """The last name of somebody on our pages that stands in a subject, in any case of Russian; None where none does."""
    people = directory()
    whole, stems = people.once("last names for subjects", lambda: _last_names(people.entries))
    words: list[str] = _WORD.findall(subject)
    for at, word in enumerate(words):
        folded = word.casefold().replace("ё", "е")
        if folded in whole or folded.removesuffix("s") in whole:
            return word
        # An inflected name begins with a capital; so does the first word of any subject, which only names itself whole.
        if at and word[0].isupper() and _CYRILLIC.match(word):
            lengths = range(max(LEAST_STEM, len(folded) - ENDING), len(folded) + 1)
            if any(folded[:length] in stems for length in lengths):
                return word
    return None


def _last_names(entries: Sequence[Entry]) -> tuple[frozenset[str], frozenset[str]]:
    names = {name.casefold().replace("ё", "е") for each in entries for name in (each.last_ru, each.last_latin)}
    whole = frozenset(name for name in names if len(name) >= LEAST_STEM - 1)
    cyrillic = (name for name in whole if _CYRILLIC.match(name) and len(name) > LEAST_STEM)
    return whole, frozenset(name[: max(LEAST_STEM, len(name) - 2)] for name in cyrillic)
