"""The form with which staff write a mailing: all languages in one."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField, SelectField
from wtforms.fields import SelectChoice

from campaign.mailings.forms.words import TOPIC_WORDS
from campaign.mailings.models import LONGEST_BODY, LONGEST_SUBJECT, LONGEST_TITLE, Mailing
from campaign.mailings.service.write import FREE_TOPICS, MailingDraft, TextDraft
from campaign.web.fields import VersionForm, area, line
from campaign.web.i18n import LANGUAGES


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
    en = FormField(TextForm)
    ru = FormField(TextForm)
    de = FormField(TextForm)

    def draft(self) -> MailingDraft:
        """What was typed."""
        texts = {code: TextDraft(**self[code].data) for code in LANGUAGES}
        return MailingDraft(self.title.data or "", self.topic.data if self.topic else None, texts)

    def show(self, found: Mailing, texts: Mapping[str, TextDraft]) -> None:
        """Fill in what is stored."""
        self.title.data, self.version.data = found.title, str(found.version)
        if self.topic:
            self.topic.data = found.topic
        self.show_texts(texts)

    def show_texts(self, texts: Mapping[str, TextDraft]) -> None:
        """Fill in what it says."""
        for code, text in texts.items():
            if code in LANGUAGES:
                part = self[code]
                part["subject"].data, part["subject_b"].data = text.subject, text.subject_b
                part["body"].data, part["plain"].data = text.body, text.plain
