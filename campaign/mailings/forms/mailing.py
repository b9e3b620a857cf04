"""The form with which staff write a mailing: all languages in one."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from campaign.mailings.forms.words import LANGUAGE_WORDS, TOPIC_WORDS
from campaign.mailings.models import LONGEST_BODY, LONGEST_SUBJECT, LONGEST_TITLE, Mailing
from campaign.mailings.service.text.parts import Problem
from campaign.mailings.service.text.store import TextDraft
from campaign.mailings.service.write import FREE_TOPICS, MailingDraft
from campaign.web.fields import VersionForm, area, line
from campaign.web.i18n import LANGUAGES
from campaign.web.settings import own_hosts


def _as_typed(text: str | None) -> str:
    return (text or "").strip()


def _subject(label: object) -> StringField:
    length = Length(max=LONGEST_SUBJECT, message=_l("At most %(max)d characters.", max=LONGEST_SUBJECT))
    return StringField(label, filters=[_as_typed], validators=[length])


class TextForm(Form):  # type: ignore[misc]
    """A mailing in one language."""

    subject = _subject(_l("Subject"))
    subject_b = _subject(_l("Second subject, to try two"))
    body = area(_l("Text"), LONGEST_BODY, rows=18)
    plain = area(_l("Plain text by hand"), LONGEST_BODY, rows=8)


class TextsForm(VersionForm):
    """What something says in each language, and what staff call it."""

    title = line(_l("Title"), LONGEST_TITLE, required=True)
    en = FormField(TextForm)
    ru = FormField(TextForm)
    de = FormField(TextForm)

    def texts(self) -> dict[str, TextDraft]:
        """What was typed, by language."""
        return {code: TextDraft(**self[code].data) for code in LANGUAGES}

    def show_problems(self, problems: Mapping[tuple[str, str], list[Problem]]) -> None:
        """Say beside each text what is wrong with it, with the line."""
        for (code, name), found in problems.items():
            if code in LANGUAGES:
                part = self[code].form[name]
                part.errors = [*part.errors, *(told_problem(each) for each in found)]

    def show_texts(self, texts: Mapping[str, TextDraft]) -> None:
        """Fill in what it says."""
        for code, text in texts.items():
            if code in LANGUAGES:
                part = self[code]
                part["subject"].data, part["subject_b"].data = text.subject, text.subject_b
                part["body"].data, part["plain"].data = text.body, text.plain


class TemplateForm(TextsForm):
    """A template: a subject and a text in each language."""


class MailingForm(TextsForm):
    """What a mailing says, about what, and in which language to everybody else."""

    topic = SelectField(_l("About"), choices=[SelectChoice(each.value, TOPIC_WORDS[each]) for each in FREE_TOPICS])
    fallback = SelectField(
        _l("Language for everybody else"), choices=[SelectChoice(code, name) for code, name in LANGUAGE_WORDS.items()]
    )

    def draft(self) -> MailingDraft:
        """What was typed."""
        topic = self.topic.data if self.topic else None
        return MailingDraft(self.title.data or "", topic, self.fallback.data, self.texts(), own_hosts())

    def show(self, found: Mailing, texts: Mapping[str, TextDraft]) -> None:
        """Fill in what is stored."""
        self.title.data, self.version.data = found.title, str(found.version)
        self.fallback.data = found.fallback
        if self.topic:
            self.topic.data = found.topic
        self.show_texts(texts)


def told_problem(problem: Problem) -> str:
    """A problem in the reader's language, with its line."""
    words = str(_(problem.message)) % problem.values if problem.values else str(_(problem.message))
    return str(_("Line %(line)d: %(words)s", line=problem.line, words=words)) if problem.line else words
