"""The form with which staff write a mailing: all languages in one."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField, SelectField
from wtforms.fields import SelectChoice

from campaign.mailings.forms.words import LANGUAGE_WORDS, TOPIC_WORDS
from campaign.mailings.models import LONGEST_BODY, LONGEST_SUBJECT, LONGEST_TITLE, Mailing
from campaign.mailings.service.text.parts import Problem
from campaign.mailings.service.text.store import TextDraft
from campaign.mailings.service.write import FREE_TOPICS, MailingDraft
from campaign.web.fields import VersionForm, area, line
from campaign.web.i18n import LANGUAGES
from campaign.web.settings import own_hosts


class TextForm(Form):  # type: ignore[misc]
    """A mailing in one language."""

    subject = line(_l("Subject"), LONGEST_SUBJECT)
    subject_b = line(_l("Second subject, to try two"), LONGEST_SUBJECT)
    body = area(_l("Text"), LONGEST_BODY, rows=18)
    plain = area(_l("Plain text by hand"), LONGEST_BODY, rows=8)


class MailingForm(VersionForm):
    """What a mailing says and what staff call it."""

    title = line(_l("Title"), LONGEST_TITLE, required=True)
    topic = SelectField(_l("About"), choices=[SelectChoice(each.value, TOPIC_WORDS[each]) for each in FREE_TOPICS])
    fallback = SelectField(
        _l("Language for everybody else"), choices=[SelectChoice(code, name) for code, name in LANGUAGE_WORDS.items()]
    )
    en = FormField(TextForm)
    ru = FormField(TextForm)
    de = FormField(TextForm)

    def draft(self) -> MailingDraft:
        """What was typed."""
        texts = {code: TextDraft(**self[code].data) for code in LANGUAGES}
        topic = self.topic.data if self.topic else None
        return MailingDraft(self.title.data or "", topic, self.fallback.data, texts, own_hosts())

    def show(self, found: Mailing, texts: Mapping[str, TextDraft]) -> None:
        """Fill in what is stored."""
        self.title.data, self.version.data = found.title, str(found.version)
        self.fallback.data = found.fallback
        if self.topic:
            self.topic.data = found.topic
        self.show_texts(texts)

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


def told_problem(problem: Problem) -> str:
    """A problem in the reader's language, with its line."""
    words = str(_(problem.message)) % problem.values if problem.values else str(_(problem.message))
    return str(_("Line %(line)d: %(words)s", line=problem.line, words=words)) if problem.line else words
