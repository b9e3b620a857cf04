"""The text of a mail: rendered once for a kind and language, then only slots are filled.

Building an EmailMessage afresh for each recipient is the slowest part of sending, so headers are composed once by the
standard library and copied. Nothing a visitor typed ever reaches a header: subjects come from our catalogues.
"""

import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from html import escape

SLOT = re.compile(r"\[\[(\w+)\]\]")
EIGHT_BIT, BASE64 = "Content-Transfer-Encoding: 8bit", "Content-Transfer-Encoding: base64"
UNFIT_IN_ADDRESS = re.compile(r"[ <>]")
LINE_BREAK = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Text:
    """One rendered mail text with `[[slots]]`; the subject holds none."""

    subject: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers, with slots: List-Unsubscribe and the like."""
    html: str = ""
    """The same as HTML, with the same slots; empty: the mail is plain text alone. No line longer than 900 bytes."""
    fallbacks: Mapping[str, str] = field(default_factory=dict)
    """What a slot about the reader says where nothing is known; read by whoever fills it."""

    def plain_for(self, slots: Mapping[str, str]) -> str:
        """The plain text for one reader."""
        return _fill(self.body, slots)

    def html_for(self, slots: Mapping[str, str]) -> str:
        """The HTML for one reader; whatever fills a slot is data and no markup."""
        return _fill(self.html, _escaped(slots))


@dataclass(frozen=True, slots=True)
class Mail:
    """What one person is to get."""

    recipient: str
    text: Text
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who mails: the From header, the host of Message-IDs and return paths, and the key that signs the latter."""

    mail_from: str
    host: str
    key: bytes

    def message_id(self, mail: uuid.UUID) -> str:
        """The same for each try at a mail, so that receivers drop the second copy of one whose fate was unknown."""
        mark = hmac.digest(self.key, b"message-id" + mail.bytes, hashlib.sha256)[:16]
        return f"<{mark.hex()}@{self.host}>"

    def return_path(self, mail: uuid.UUID, recipient: str) -> str:
        """The envelope sender `b+<id>-<marks>`: a bounce names the mail it is about and cannot be forged (VERP).

        A second mark proves later that this very mail went to `recipient`, which is stored nowhere by then.
        """
        name = base64.b32encode(mail.bytes).decode().rstrip("=").lower()
        return f"b+{name}-{self.mail_mark(mail)}{self.address_mark(mail, recipient)}@{self.host}"

    def mail_mark(self, mail: uuid.UUID) -> str:
        """Ten hex digits that only we can make for a mail."""
        return hmac.digest(self.key, b"return-path" + mail.bytes, hashlib.sha256).hex()[:10]

    def address_mark(self, mail: uuid.UUID, recipient: str) -> str:
        """Eight hex digits that only we can make for a mail and the address it goes to, however that is capitalised."""
        return hmac.digest(self.key, b"went-to" + mail.bytes + recipient.lower().encode(), hashlib.sha256).hex()[:8]


def compose(mail: Mail, *, sender: Sender, row: uuid.UUID, language: str, moment: datetime, eight_bit: bool) -> bytes:
    """The whole message with CRLF line ends, ready for DATA (dots not yet doubled).

    `eight_bit`: whether the server announced 8BITMIME; otherwise the body is base64. Raises ValueError when a header
    value carries a line break.
    """
    head, text = _head(mail.text, sender.mail_from, language), mail.text
    message_id = sender.message_id(row)
    lines = [
        f"To: {_ascii_address(_one_line(mail.recipient))}",
        f"Date: {format_datetime(moment)}",
        f"Message-ID: {message_id}",
    ]
    lines += [f"{name}: {_one_line(_fill(value, mail.slots))}" for name, value in text.headers.items()]
    plain = _part("text/plain", _filled(text.body, mail.slots), eight_bit)
    if text.html:
        # Nobody but us can make the mark of a Message-ID, so no name can hold the line that parts the two.
        mark = f"=_{message_id[1:33]}"
        html = _part("text/html", _filled(text.html, _escaped(mail.slots)), eight_bit)
        lines.append(f'Content-Type: multipart/alternative; boundary="{mark}"')
        if eight_bit:
            lines.append(EIGHT_BIT)
        between = f"\r\n--{mark}".encode("ascii")
        plain = between + b"\r\n" + plain + between + b"\r\n" + html + between + b"--\r\n"
    return head + "\r\n".join(lines).encode("ascii") + b"\r\n" + plain


def _part(mimetype: str, body: bytes, eight_bit: bool) -> bytes:
    """A text with the headers that say how it is written."""
    if not eight_bit:
        body = base64.encodebytes(body).replace(b"\n", b"\r\n")
    head = f'Content-Type: {mimetype}; charset="utf-8"\r\n{EIGHT_BIT if eight_bit else BASE64}\r\n\r\n'
    return head.encode("ascii") + body


_heads: dict[tuple[str, str, str], bytes] = {}


def _head(text: Text, mail_from: str, language: str) -> bytes:
    key = (text.subject, mail_from, language)
    if key not in _heads:
        if len(_heads) > 500:
            _heads.clear()
        message = EmailMessage(policy=SMTP)
        name, address = parseaddr(mail_from)
        message["From"] = Address(display_name=name, addr_spec=address)
        message["Subject"] = _one_line(text.subject)
        message["MIME-Version"] = "1.0"
        message["Content-Language"] = language
        message["Auto-Submitted"] = "auto-generated"
        _heads[key] = message.as_bytes().removesuffix(b"\r\n")
    return _heads[key]


def _fill(text: str, slots: Mapping[str, str]) -> str:
    return SLOT.sub(lambda match: slots[match[1]], text)


def _filled(text: str, slots: Mapping[str, str]) -> bytes:
    """A body as it goes over the wire, for one reader."""
    parts, names = _parted(text)
    filled = [parts[0]]
    for name, part in zip(names, parts[1:], strict=True):
        filled += (_on_the_wire(slots[name]), part)
    return b"".join(filled)


@lru_cache(64)
def _parted(text: str) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """What stands between the slots, written once for all readers of a mailing, and which slots these are."""
    pieces = SLOT.split(text)
    return tuple(_on_the_wire(each) for each in pieces[::2]), tuple(pieces[1::2])


def _on_the_wire(text: str) -> bytes:
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def _escaped(slots: Mapping[str, str]) -> dict[str, str]:
    return {name: escape(value) for name, value in slots.items()}


def _one_line(value: str) -> str:
    if LINE_BREAK.search(value):
        raise ValueError("a header value carries a line break")
    return value


def _ascii_address(address: str) -> str:
    """As it goes into the header and, in angle brackets, into the envelope, which it must not be able to leave."""
    address.encode("ascii")
    if UNFIT_IN_ADDRESS.search(address):
        raise ValueError("an address carries a space or an angle bracket")
    return address
