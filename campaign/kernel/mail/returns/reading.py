"""One message that came back, read: what it is, and which mail of ours it is about.

It comes from anybody, so everything is bounded before it is parsed, and nothing in it is believed but a return path
that only we can have made. The order is that of certainty: a complaint's report (RFC 5965), a delivery report
(RFC 3464), the marks of machines (RFC 3834), then the words of bounces that keep to no standard.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from flufl.bounce import all_failures

from campaign.kernel.mail.message import Sender
from campaign.kernel.mail.returns.classes import BOUNCES, ReturnKind, class_of
from campaign.kernel.mail.returns.verp import LOOKS_LIKE, ReturnPath, find_return_path, read_return_path

LONGEST = 1024 * 1024
READ = 256 * 1024
"""Reports come first; what was sent comes back behind them and is of no use."""
HEADERS = 64 * 1024
PARTS = 30
SCANNED = 32 * 1024
MOST_ADDRESSES = 5

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_PART = re.compile(rb"boundary\s*=|message/rfc822|message/global", re.IGNORECASE)
_MACHINES = re.compile(r"^(mailer-daemon|mail-daemon|postmaster|mdaemon|bounce|mail\.? ?delivery)", re.IGNORECASE)
_AWAY = re.compile(
    r"^\W*(out of (the )?office|automatic reply|auto(matic|-| )?(reply|response)|autoreply|away from|on vacation"
    r"|abwesen|automatische antwort|автоответ|автоматический ответ|отпуск\b)", re.IGNORECASE,
)  # fmt: skip
_FAILED = re.compile(
    r"undeliver|non-?deliver|warning|deliver(y|ed)? fail|not be delivered|non remis|mail failed"
    r"|delivery (status|has failed|incomplete|delayed)|returned mail|failure notice"
    r"|mail delivery|delivery subsystem|unzustellbar|недоставлен|не доставлен|возврат", re.IGNORECASE,
)  # fmt: skip
_LATE = re.compile(r"warning|delay|not yet|задерж|verzögert", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_UNMARKED = re.compile(r"<(?:style|script)[^>]{0,500}>.{0,20000}?</|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "opt-out", "other", ""})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one message is."""

    kind: ReturnKind
    code: str = ""
    """The enhanced status code alone: the words beside it quote addresses."""
    path: ReturnPath | None = None
    """The return path of ours that it proves to know."""
    claims: ReturnKind | None = None
    """Of a forged one: what it says it is."""
    addresses: tuple[str, ...] = field(default=(), repr=False)
    """Those it says could not be reached, to be compared in memory and kept nowhere."""

    @property
    def mail(self) -> uuid.UUID | None:
        """Which mail of ours it is about, proven."""
        return self.path.mail if self.path is not None else None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person is shown of a message: plain words, never its markup or its files."""

    sender: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


def show(content: bytes) -> Shown:
    """The words of a message, within the same bounds as `read`. Never raises; empty where there is nothing to show."""
    try:
        if _is_hostile(content[:READ]):
            return Shown("", "", "")
        message = message_from_bytes(content[:READ])
        text = _readable(message, kinds=("text/plain",)) or _UNMARKED.sub(" ", _readable(message))
        return Shown(_visible(_header(message, "From")), _visible(_header(message, "Subject")), _visible(text))
    except Exception:
        return Shown("", "", "")


def read(content: bytes, recipient: str, sender: Sender) -> Verdict:
    """Say what `content`, which was delivered to `recipient`, is. Never raises, whatever it is given."""
    path = read_return_path(recipient, sender)
    try:
        found = _read_bounded(content, by_path=path is not None)
    except Exception:
        # Written by strangers, for parsers: whatever a library trips over is unreadable, and the next one is read.
        found = Verdict(ReturnKind.UNREADABLE)
    if found.kind not in BOUNCES:
        return replace(found, path=path)
    if path is None and not LOOKS_LIKE.match(recipient):
        # Complaints go where the mail host was told to send them, and quote the mail they are about.
        path = find_return_path(content[:READ], sender)
    if path is None:
        return replace(found, kind=ReturnKind.FORGED, claims=found.kind)
    return replace(found, path=path)


def _read_bounded(content: bytes, *, by_path: bool) -> Verdict:
    if not content.strip() or len(content) > LONGEST:
        return Verdict(ReturnKind.UNREADABLE)
    content = content[:READ]
    if _is_hostile(content):
        return Verdict(ReturnKind.UNREADABLE)
    message = message_from_bytes(content)
    if not message.keys():
        return Verdict(ReturnKind.UNREADABLE)
    return _complaint(message) or _report(message) or _loose(message, by_path=by_path) or _answer(message)


def _is_hostile(content: bytes) -> bool:
    """Whether its head does not end, or it is of parts within parts: made to keep a parser busy."""
    end = _HEAD_END.search(content, 0, HEADERS)
    return (end is None and len(content) > HEADERS) or len(_PART.findall(content)) > PARTS


def _complaint(message: Message) -> Verdict | None:
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = _fields(_text(part))
            what = fields.get("feedback-type", "").lower()
            kind = ReturnKind.COMPLAINT if what in _COMPLAINTS else ReturnKind.AUTO
            return Verdict(kind, addresses=_addresses(fields.get("original-rcpt-to", "")))
    return None


def _report(message: Message) -> Verdict | None:
    """By the fields of RFC 3464. Ours went to one address each, so the worst of several recipients is the one."""
    if message.get_content_type() == "multipart/report" and message.get_param("report-type") in {
        "disposition-notification", "disposition",
    }:  # fmt: skip
        return Verdict(ReturnKind.AUTO)
    found = []
    for part in message.walk():
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            found += [_recipient(_fields(group)) for group in _groups(part)]
    verdicts = [each for each in found if each is not None]
    order = list(ReturnKind)
    worst = min(verdicts, key=lambda each: order.index(each.kind), default=None)
    if worst is not None and worst.kind == ReturnKind.SOFT and not worst.code.strip("45.0"):
        # A report that only says "failed": what is written for people beside it may say more.
        kind, code = class_of(_readable(message), status=worst.code)
        return replace(worst, kind=kind, code=code)
    return worst


def _recipient(fields: dict[str, str]) -> Verdict | None:
    if "action" not in fields and "status" not in fields:
        return None
    spoken, action = fields.get("diagnostic-code", ""), fields.get("action", "").split(" ")[0].lower()
    kind, code = class_of(spoken, status=fields.get("status", ""), action=action)
    named = f"{fields.get('final-recipient', '')} {fields.get('original-recipient', '')}"
    return Verdict(kind, code, addresses=_addresses(named))


def _groups(part: Message) -> Iterator[str]:
    """The groups of fields of a delivery report, of which the first is about the report."""
    inner = part.get_payload()
    if isinstance(inner, list):
        for group in inner:
            if isinstance(group, Message):
                lines = [f"{name}: {value}" for name, value in group.items()]
                yield "\n".join(lines or str(group.get_payload()).splitlines())
    else:
        yield from re.split(r"\n\s*\n", _text(part).replace("\r\n", "\n"))


def _loose(message: Message, *, by_path: bool) -> Verdict | None:
    """A bounce that keeps to no standard: by who wrote it and what flufl.bounce or its words say.

    `by_path`: it came to a return path of ours, where people never write, so that less has to speak for it.
    """
    failed, subject = _header(message, "X-Failed-Recipients"), _header(message, "Subject")
    passing, lasting = _by_flufl(message)
    says_failed = bool(_FAILED.search(subject))
    if not failed and not _is_by_machine(message, says_failed) and not (by_path and not _AWAY.match(subject) and (
        lasting or passing or (says_failed and not _is_marked_auto(message))
    )):  # fmt: skip
        return None
    words = _readable(message)
    kind, code = class_of(words)
    named = _addresses(failed) or tuple(lasting or passing)[:MOST_ADDRESSES]
    says_nothing = kind == ReturnKind.SOFT and not code and not named
    if says_nothing and not says_failed and not _FAILED.search(words[:2000]):
        return None
    if _LATE.search(subject) and kind == ReturnKind.SOFT and not lasting and not code.startswith("5"):
        kind = ReturnKind.DELAY
    return Verdict(kind, code, addresses=named)


def _is_by_machine(message: Message, says_failed: bool) -> bool:
    """Whether its sender is one that reports failures, and it is no answer of such a sender to something else."""
    name, address = parseaddr(_header(message, "From"))
    is_machine = (
        bool(_MACHINES.match(address) or _MACHINES.match(name)) or message.get("Return-Path", "").strip() == "<>"
    )
    return is_machine and (says_failed or not _is_marked_auto(message))


def _by_flufl(message: Message) -> tuple[list[str], list[str]]:
    """What flufl.bounce finds: what failed for now, and for good. It gets little, since its patterns are many."""
    little = message_from_bytes(message.as_bytes()[:SCANNED])
    found = all_failures(little)
    passing, lasting = ([each.decode("ascii", "ignore") for each in group] for group in found)
    return passing, lasting


def _answer(message: Message) -> Verdict:
    if _is_marked_auto(message) or _AWAY.match(_header(message, "Subject")):
        return Verdict(ReturnKind.AUTO)
    if "@" not in parseaddr(_header(message, "From"))[1]:
        return Verdict(ReturnKind.UNREADABLE)
    return Verdict(ReturnKind.HUMAN)


def _is_marked_auto(message: Message) -> bool:
    """Whether it says that no person wrote it (RFC 3834, and what was usual before)."""
    submitted = str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return (
        submitted != "no"
        or precedence in {"auto_reply", "auto-reply", "bulk", "junk", "list"}
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "List-Id"))
    )


def _header(message: Message, name: str) -> str:
    value = str(message.get(name, ""))[:2000]
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return value


def _text(part: Message) -> str:
    inner = part.get_payload()
    if isinstance(inner, list):
        return "\n".join(
            f"{name}: {value}" for each in inner if isinstance(each, Message) for name, value in each.items()
        )
    raw = part.get_payload(decode=True)
    content = raw if isinstance(raw, bytes) else str(inner).encode()
    try:
        return content[:SCANNED].decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return content[:SCANNED].decode("utf-8", "replace")


def _visible(text: str) -> str:
    """Without what does not show, or turns the direction of what stands beside it."""
    return "".join(each for each in text if each == "\n" or unicodedata.category(each) not in {"Cc", "Cf", "Cs"})


def _readable(message: Message, *, kinds: tuple[str, ...] = ("text/plain", "text/html")) -> str:
    """What is written for people, without the mail of ours that may stand behind it."""
    pieces: list[str] = []
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            break
        if part.get_content_type() in kinds:
            pieces.append(_text(part))
    text = "\n".join(pieces)[:SCANNED]
    return re.split(r"\n-{2,}[^\n]{0,40}(copy of|original message|below this line)", text, maxsplit=1, flags=re.I)[0]


def _fields(text: str) -> dict[str, str]:
    """Fields by lower-case name, continuation lines joined; the first of a name counts."""
    found: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", text[:SCANNED]).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ADDRESS.findall(text[:4000])))[:MOST_ADDRESSES]
