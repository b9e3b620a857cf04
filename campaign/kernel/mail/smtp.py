"""The SMTP conversation over one connection, and the local mailbox that stands in for it in development.

A mail goes in two steps: `open` ends with the server's 354, and between it and `deliver` the row's `handoff` is
committed. Where the server pipelines (RFC 2920), a body and the envelope of the mail after it leave in one write and
are answered together, so that each mail costs one round trip instead of four. What went wrong is told by type: before
the body (try again), refused (by its code), or after the body (nobody knows).
"""

import mailbox
import re
import smtplib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

MAILS_PER_CONNECTION = 100
SECONDS_PER_CONNECTION = 60.0
STATUS = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
OK, GO_ON, CLOSING = 250, 354, 421
RCPT = "RCPT"
STEPS = (("MAIL", OK), (RCPT, OK), ("DATA", GO_ON))
"""How a mail is opened: each command with the answer that lets it go on."""
LINE_END = b"\r\n"


class SendProblem(Exception):
    """A mail did not leave; `code` is a reply code or a word, free of anything the server quoted."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RelayDown(SendProblem):
    """The relay cannot be used at all; the mail itself was never tried."""


class TryLater(SendProblem):
    """This mail was put off (4xx), or the connection broke before its body could have been accepted."""

    def __init__(self, code: str, status: str = "") -> None:
        super().__init__(code)
        self.status = status
        """The enhanced status code (RFC 3463) where the server gave one."""

    @property
    def is_too_much(self) -> bool:
        """Whether the host says by policy that it wants no more of us for now (4.7.x)."""
        return self.status.startswith("4.7.")


class Refused(SendProblem):
    """This mail was refused for good (5xx); `code` carries the enhanced status as well where the server gave one."""

    def __init__(self, code: str, *, at_recipient: bool = False) -> None:
        super().__init__(code)
        self.at_recipient = at_recipient
        """Whether RCPT was what was refused: what is said of MAIL or of the body says nothing of a mailbox."""


class FateUnknown(SendProblem):
    """The whole body left and no answer came: it may or may not have been accepted."""


class Envelope(NamedTuple):
    """From where and to whom."""

    return_path: str
    recipient: str


class Delivered(NamedTuple):
    """What became of a body, and of the envelope that was sent along with it."""

    fate: SendProblem | None = None
    begun: bool = False
    """Whether the following envelope was looked at; if not, it is as if it had never been sent."""
    following: SendProblem | None = None
    """What is wrong with it. If it was begun and nothing is, the server waits for its body."""


class Connection(Protocol):
    """One open conversation, used by one thread at a time."""

    @property
    def eight_bit(self) -> bool:
        """Whether the server takes 8-bit bodies as they are."""
        ...

    @property
    def pipelines(self) -> bool:
        """Whether `deliver` takes a following envelope."""
        ...

    @property
    def worn(self) -> bool:
        """Whether nothing more should be begun on it."""
        ...

    def open(self, envelope: Envelope) -> None:
        """Begin a mail, up to the server's 354; raises TryLater or Refused, and then it waits for no body."""
        ...

    def deliver(self, message: bytes, following: Envelope | None = None) -> Delivered:
        """Send the body of the mail that was opened last, with the envelope of the next one; never raises."""
        ...

    def abandon(self) -> None:
        """Send no body after all."""
        ...


@dataclass(slots=True)
class SmtpConnection:
    """A conversation with a relay."""

    client: smtplib.SMTP
    opened_at: float
    pipelines: bool = False
    mails: int = 0
    broken: bool = False
    confused: bool = False
    """Whether the server fell silent over a group of commands, although it had announced that it takes them."""

    @property
    def eight_bit(self) -> bool:
        """Whether the server takes 8-bit bodies as they are."""
        return self.client.has_extn("8bitmime")

    @property
    def worn(self) -> bool:
        """Whether it is time to close it: servers limit both the mails and the age of a connection."""
        age = time.monotonic() - self.opened_at
        return self.broken or self.mails >= MAILS_PER_CONNECTION or age > SECONDS_PER_CONNECTION

    def open(self, envelope: Envelope) -> None:
        """MAIL, RCPT and DATA, in one write or one after the other."""
        self.mails += 1
        commands = self._commands(envelope)
        try:
            if self.pipelines:
                self.client.send(b"".join(commands))
                self._read_group()
            else:
                self._step_by_step(commands)
        except (OSError, smtplib.SMTPException) as problem:
            self.abandon()
            raise TryLater("connection-lost") from problem

    def deliver(self, message: bytes, following: Envelope | None = None) -> Delivered:
        """The body, the final dot and the following envelope; then the answers to each of them."""
        body = smtplib._quote_periods(message)  # type: ignore[attr-defined]
        group = [body, b"" if body.endswith(LINE_END) else LINE_END, b"." + LINE_END]
        if following is not None:
            group += self._commands(following)
        try:
            self.client.send(b"".join(group))
            code, words = self._reply()
        except (OSError, smtplib.SMTPException):
            self.abandon()
            return Delivered(FateUnknown("connection-lost"))
        fate = _problem_with(code, words, OK)
        if not 250 <= code <= 259 and not 400 <= code <= 599:
            # Neither taken nor refused: whatever comes next may be the answer to anything.
            self.abandon()
            return Delivered(FateUnknown("unexpected-reply"))
        if code == CLOSING:
            self.abandon()
        if following is None or self.broken:
            return Delivered(fate)
        self.mails += 1
        return Delivered(fate, True, self._answer_to_group())

    def abandon(self) -> None:
        """Close it at once: after 354 there is no other way not to send a body."""
        self.broken = True
        self.client.close()

    def _commands(self, envelope: Envelope) -> list[bytes]:
        option = " BODY=8BITMIME" if self.eight_bit else ""
        return [
            f"MAIL FROM:<{envelope.return_path}>{option}\r\n".encode("ascii"),
            f"RCPT TO:<{envelope.recipient}>\r\n".encode("ascii"),
            b"DATA\r\n",
        ]

    def _step_by_step(self, commands: list[bytes]) -> None:
        for command, (verb, expected) in zip(commands, STEPS, strict=True):
            self.client.send(command)
            code, words = self._reply()
            problem = _problem_with(code, words, expected, verb)
            if problem is not None:
                self._clear_up(code)
                raise problem

    def _answer_to_group(self) -> SendProblem | None:
        try:
            self._read_group()
        except (TryLater, Refused) as problem:
            return problem
        except (OSError, smtplib.SMTPException):
            self.abandon()
            return TryLater("connection-lost")
        return None

    def _read_group(self) -> None:
        """Read the answers to MAIL, RCPT and DATA; raises what the first of them that is not as hoped says."""
        problem: SendProblem | None = None
        codes = []
        for code, words, (verb, expected) in self._replies():
            codes.append(code)
            problem = problem or _problem_with(code, words, expected, verb)
            if code == CLOSING or not 200 <= code <= 599:
                break
        if problem is None:
            return
        if codes[2:] == [GO_ON] and codes[1] >= 400:
            self._end_empty()
        else:
            self._clear_up(codes[-1])
        raise problem

    def _end_empty(self) -> None:
        """A server may wait for a body although there is nobody to get one; a lone dot ends that (RFC 2920, 3.1)."""
        try:
            self.client.send(b".\r\n")
            self._reply()
        except (OSError, smtplib.SMTPException):
            self.abandon()

    def _replies(self) -> Iterator[tuple[int, bytes, tuple[str, int]]]:
        """The three answers with what each should be; a refusal stands though the connection is lost after it."""
        refused = False
        for step in STEPS:
            try:
                code, words = self._reply()
            except (OSError, smtplib.SMTPException) as problem:
                self.abandon()
                self.confused = isinstance(problem.__context__, TimeoutError)
                if refused:
                    return
                raise
            refused = refused or code >= 400
            yield code, words, step

    def _clear_up(self, code: int) -> None:
        """Make the server forget what was begun. One that is closing, or waits for a body, is left instead."""
        if self.broken or code == CLOSING or not 400 <= code <= 599:
            self.abandon()
            return
        try:
            self.client.rset()
        except (OSError, smtplib.SMTPException):
            self.abandon()

    def _reply(self) -> tuple[int, bytes]:
        code, words = self.client.getreply()
        return code, words


class MailboxConnection:
    """Writes each mail as a file."""

    eight_bit = True
    pipelines = False
    worn = False

    def __init__(self, box: mailbox.Maildir) -> None:
        self.box = box

    def open(self, envelope: Envelope) -> None:
        """Nothing to ask."""

    def deliver(self, message: bytes, following: Envelope | None = None) -> Delivered:
        """Store the mail as it would have gone over the wire."""
        self.box.add(message.replace(b"\r\n", b"\n"))
        return Delivered()

    def abandon(self) -> None:
        """Nothing was begun."""


def _problem_with(code: int, words: bytes, expected: int, verb: str = "") -> TryLater | Refused | None:
    if code == expected or (expected == OK and 250 <= code <= 259):
        return None
    found = STATUS.match(words)
    status = found[0].decode() if found else ""
    if 500 <= code <= 599:
        return Refused(f"{code} {status}".rstrip(), at_recipient=verb == RCPT)
    return TryLater(str(code), status) if 400 <= code <= 499 else TryLater("unexpected-reply")
