"""Topics, rhythms and pauses of our mails in words, for whoever gets them and for staff."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import ValidationError

from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.kernel.errors import N_
from campaign.kernel.registry_people import consent_subjects
from campaign.kernel.text import one_line
from campaign.people.forms.words import word_of
from campaign.people.models import MailRhythm, Topic

LONGEST_TYPED = 300
TOPIC_WORDS: Mapping[str, Any] = {
    Topic.NEWS: _l("News of our campaigns in general"),
    Topic.ASKS: _l("Being asked for help, rarely and for one thing"),
    Topic.EVENTS: _l("Letter evenings and other events"), Topic.PETITION: _l("News of a petition"),
    Topic.ALL: _l("All our mails"),
}  # fmt: skip
RHYTHM_WORDS: Mapping[str, Any] = {
    MailRhythm.ANY: _l("as it comes"), MailRhythm.WEEKLY: _l("at most one a week"),
    MailRhythm.MONTHLY: _l("at most one a month"),
}  # fmt: skip
DATA_WORDS: Mapping[str, Any] = {
    "rhythm": N_("How often"), "paused_until": N_("No mails until"), "mailed_on": N_("Last mail of your rhythm"),
    MailRhythm.ANY.value: N_("as it comes"), MailRhythm.WEEKLY.value: N_("at most one a week"),
    MailRhythm.MONTHLY.value: N_("at most one a month"),
}  # fmt: skip


class LinkForm(Form):  # type: ignore[misc]
    """An address to send the link to; `website` is for programs alone."""

    email = StringField(_l("E-mail"), filters=[lambda text: one_line(text or "", LONGEST_TYPED)])
    website = StringField(_l("Leave this empty"))
    mailbox: Mailbox | None = None

    def validate_email(self, field: StringField) -> None:
        """An address that mail can be sent to."""
        try:
            self.mailbox = read_address(field.data or "")
        except BadAddress as problem:
            raise ValidationError(_l("Enter your e-mail address, as in name@example.org.")) from problem


def rhythm_words(rhythm: str) -> str:
    """A rhythm in words."""
    return word_of(RHYTHM_WORDS, rhythm)


def topic_words(topic: str, subject: uuid.UUID | None = None) -> str:
    """A topic in words; of a petition with its title, as long as there is one."""
    title = None
    if subject is not None and topic in consent_subjects:
        title = consent_subjects[topic](frozenset({subject})).get(subject)
    return str(TOPIC_WORDS[topic]) if title is None else str(_("News of “%(petition)s”", petition=title))
