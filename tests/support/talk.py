"""An SMTP server that says what a test tells it to, at every verb, and takes groups of commands as RFC 2920 has it."""

import socket
import threading
import time
from collections.abc import Callable

Answer = Callable[[str, str], str | None]
"""(verb, recipient) to a reply, to "cut" or "silent", or to None for what a good server says.

The verbs are MAIL, RCPT, DATA, BODY (between 354 and the first byte) and DOT; MAIL and a lone DOT know no recipient.
"""


class Talker:
    """Keeps what it accepted, and how many writes it took to say it."""

    def __init__(self, *, pipelining: bool) -> None:
        self.pipelining = pipelining
        self.answer: Answer = lambda verb, recipient: None
        self.accepted: list[str] = []
        self.empty = 0
        self.connections = 0
        self.chunks: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self._server.getsockname()[1]}"

    def stop(self) -> None:
        """Take no more connections."""
        self._server.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            _Session(self, connection).run()
        except (OSError, EOFError):
            pass
        finally:
            connection.close()


class Cut(OSError):
    """The server hangs up."""


class _Session:
    def __init__(self, server: Talker, connection: socket.socket) -> None:
        self.server, self.connection = server, connection
        self.buffer = b""
        self.recipients: list[str] = []
        self.begun = False

    def run(self) -> None:
        self._say("220 talker")
        while True:
            line = self._read(b"\r\n").decode()
            verb = line[:4].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            self._obey(verb, line)

    def _obey(self, verb: str, line: str) -> None:
        if verb == "EHLO":
            self._say("250-talker\r\n" + ("250-PIPELINING\r\n" if self.server.pipelining else "") + "250 8BITMIME")
        elif verb == "RSET":
            self.recipients, self.begun = [], False
            self._say("250 forgotten")
        elif verb == "MAIL":
            reply = "503 nested" if self.begun else self._ask("MAIL", "", "250 ok")
            self.begun = self.begun or reply.startswith("250")
            self._say(reply)
        elif verb == "RCPT":
            who = line.split("<")[1].split(">")[0]
            reply = self._ask("RCPT", who, "250 ok") if self.begun else "503 no sender"
            self.recipients += [who] if reply.startswith("250") else []
            self._say(reply)
        elif verb == "DATA":
            who = self.recipients[-1] if self.recipients else ""
            reply = self._ask("DATA", who, "354 go on" if self.recipients else "503 nobody")
            self._say(reply)
            if reply.startswith("354"):
                self._take(who)
        else:
            self._say("500 what")

    def _take(self, who: str) -> None:
        self._ask("BODY", who, "")
        # The end of DATA's line counts as the one before the dot (RFC 5321, 4.1.1.4).
        self.buffer = b"\r\n" + self.buffer
        body = self._read(b"\r\n.\r\n")
        reply = self._ask("DOT", who, "250 taken" if who else "554 nobody")
        if reply == "cut-after" or reply.startswith("250"):
            self.server.accepted += self.recipients
            self.server.empty += not body.strip(b".\r\n")
        self.recipients, self.begun = [], False
        if reply == "cut-after":
            raise Cut
        self._say(reply)

    def _ask(self, verb: str, who: str, good: str) -> str:
        reply = self.server.answer(verb, who) or good
        if reply == "cut":
            raise Cut
        if reply == "silent":
            time.sleep(5)
            raise Cut
        return reply

    def _say(self, reply: str) -> None:
        self.connection.sendall(reply.encode() + b"\r\n")

    def _read(self, end: bytes) -> bytes:
        """Up to and with `end`; what came with it stays for later."""
        while end not in self.buffer:
            chunk = self.connection.recv(1 << 16)
            if not chunk:
                raise EOFError
            self.server.chunks.append(chunk)
            self.buffer += chunk
        found, self.buffer = self.buffer.split(end, 1)
        return found + end
