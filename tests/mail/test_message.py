"""A composed mail: plain text alone, or the same as HTML beside it, each slot filled for where it stands."""

import email
import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

import pytest

from campaign.kernel.mail.message import Mail, Sender, Text, compose

SENDER = Sender("Unforgotten <news@example.org>", "example.org", b"k" * 32)
BOTH = Text("Тема", "Hello [[name]],\n.a dot\n", {"List-Id": "<news.example.org>"}, "<p>Hello [[name]],</p>\n")


def composed(text: Text, *, eight_bit: bool, **slots: str) -> EmailMessage:
    """The mail as its reader's program sees it."""
    mail = Mail("somebody@example.org", text, slots)
    moment = datetime(2026, 11, 26, tzinfo=UTC)
    raw = compose(mail, sender=SENDER, row=uuid.UUID(int=5), language="ru", moment=moment, eight_bit=eight_bit)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk()] == [[] for _part in message.walk()]
    return message


@pytest.mark.parametrize("eight_bit", [True, False])
def test_a_mail_with_html_holds_both_with_the_plain_one_first(eight_bit: bool) -> None:
    message = composed(BOTH, eight_bit=eight_bit, name="Аня")
    plain, html = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content() == "Hello Аня,\r\n.a dot\r\n"
    assert html.get_content() == "<p>Hello Аня,</p>\r\n"
    assert message["Subject"] == "Тема"
    assert message["List-Id"] == "<news.example.org>"
    assert message["Content-Language"] == "ru"


@pytest.mark.parametrize("eight_bit", [True, False])
def test_a_mail_without_html_is_plain_text(eight_bit: bool) -> None:
    message = composed(Text("Subject", "Hello [[name]]\n"), eight_bit=eight_bit, name="Аня")
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == "Hello Аня\r\n"


def test_a_name_is_no_markup_and_no_slot() -> None:
    message = composed(BOTH, eight_bit=True, name='<b onclick="x">[[name]]&')
    plain, html = message.iter_parts()
    assert plain.get_content().startswith('Hello <b onclick="x">[[name]]&,')
    assert html.get_content() == "<p>Hello &lt;b onclick=&quot;x&quot;&gt;[[name]]&amp;,</p>\r\n"


def test_a_name_cannot_hold_the_line_between_the_parts() -> None:
    first = composed(BOTH, eight_bit=True, name="x")
    other = Sender(SENDER.mail_from, SENDER.host, b"another" * 5)
    assert first.get_boundary() not in other.message_id(uuid.UUID(int=5))
    assert len(list(first.iter_parts())) == 2
