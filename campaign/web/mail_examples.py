"""An automatic mail as it would leave, with example values in place of a reader's."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from email.policy import default

from flask_babel import force_locale
from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.mail.automatic import UNSUBSCRIBE, AutomaticMail, Slot, Why
from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.message import Mail, Text, compose
from campaign.web.i18n import day_in
from campaign.web.mailing import unsubscribe_slots, with_unsubscribe
from campaign.web.settings import absolute_url

READER = "name@example.org"
NO_ROW = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Shown:
    """A composed mail, taken apart for the eye."""

    subject: str
    headers: Sequence[tuple[str, str]]
    body: str


def example_mail(mail: AutomaticMail, text: Text, language: str, *, recipient: str = READER) -> Mail:
    """The mail with example values; it carries the headers for unsubscribing where the real one does."""
    slots = {slot.name: example_of(slot, language) for slot in mail.slots}
    if mail.why is Why.CONSENT:
        text = with_unsubscribe(text)
    if UNSUBSCRIBE in mail.slots:
        slots |= unsubscribe_slots("example", language)
    return Mail(recipient, text, slots)


def example_of(slot: Slot, language: str) -> str:
    """What a field could hold."""
    if isinstance(slot.example, date):
        return day_in(language, slot.example)
    if slot.example.startswith("/"):
        return absolute_url(slot.example, language)
    with force_locale(language):
        return str(_(slot.example))


def show_mail(mail: AutomaticMail, text: Text, language: str) -> Shown:
    """What would be handed to the relay. Raises ValueError where that could not be composed."""
    if post_office.sender is None:
        raise RuntimeError("the post office is not open")
    raw = compose(
        example_mail(mail, text, language), sender=post_office.sender, row=NO_ROW, language=language,
        moment=clock.now(), eight_bit=True,
    )  # fmt: skip
    found = message_from_bytes(raw, policy=default)
    headers = [(name, str(value)) for name, value in found.items() if name != "Subject"]
    return Shown(str(found["Subject"]), headers, raw.partition(b"\r\n\r\n")[2].decode().replace("\r\n", "\n"))
