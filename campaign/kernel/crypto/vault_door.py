"""The open vault: one process of this machine holds the private key for fifteen minutes and opens boxes for the others.

The key comes from outside, twice, from two persons (SAFETY.md 9), and lives in memory only. The process that was given
it first listens on a socket under DATA_DIR that no other user can reach; every other process of ours asks there, so two
web workers agree on whether the vault is open. When the process ends, for whatever reason, the vault is closed.
"""

import fcntl
import json
import os
import socket
import threading
import time
import uuid
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campaign.kernel.crypto.errors import SealBroken
from campaign.kernel.crypto.vault import open_from_vault, vault_public
from campaign.kernel.errors import N_, Conflict, DomainError

OPEN_SECONDS = 15 * 60
ANSWER_SECONDS = 5.0
LARGEST = 64 * 1024 * 1024
SOCKET, LOCK = "vault.sock", "vault.lock"


class VaultClosed(DomainError):
    """Nobody has opened the vault, or its time is over."""


class WrongVaultKey(DomainError):
    """This is not the private half of the key that the vault is sealed to."""


class SamePerson(Conflict):
    """One person has loaded the key twice; a second one is needed."""


class NoVault(DomainError):
    """This installation has no vault key."""


@dataclass(frozen=True, slots=True)
class Box:
    """One sealed value and the place it was sealed for."""

    table: str
    column: str
    row: uuid.UUID
    sealed: bytes


@dataclass(frozen=True, slots=True)
class DoorState:
    """Closed; waiting for a second person; or open, for so many seconds more."""

    first: uuid.UUID | None = None
    second: uuid.UUID | None = None
    seconds_left: int = 0

    @property
    def is_open(self) -> bool:
        """Whether boxes can be opened."""
        return self.second is not None

    @property
    def is_waiting(self) -> bool:
        """Whether one person has loaded the key and a second is needed."""
        return self.first is not None and self.second is None


@dataclass(slots=True)
class _Held:
    """What the holding process knows."""

    key: bytearray = field(default_factory=bytearray, repr=False)
    first: uuid.UUID | None = None
    second: uuid.UUID | None = None
    until: float = 0.0


class VaultDoor:
    """One a process; `open` it in the factory. Thread safe."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._folder: Path | None = None
        self._public = b""
        self._held = _Held()
        self._lock = threading.RLock()
        self._server: socket.socket | None = None
        self._server_lock: int | None = None
        self._owner = 0

    def configure(self, folder: Path, public_key: str | None) -> None:
        """Say where the socket stands and which key the vault is sealed to (64 hexadecimal digits)."""
        self.stop()
        self._folder, self._public = folder, bytes.fromhex(public_key or "")

    @property
    def public_key(self) -> bytes:
        """What to seal to. Raises NoVault."""
        if not self._public:
            raise NoVault(N_("No vault key is configured, so this cannot be kept. Tell whoever runs the server."))
        return self._public

    def state(self) -> DoorState:
        """Whether the vault is open, for any process of this machine."""
        answer = self._ask({"op": "state"})
        return _state_of(answer) if answer is not None else DoorState()

    def load(self, who: uuid.UUID, private_key: bytes) -> DoorState:
        """Give the key as one of two persons; the second opens the vault for fifteen minutes.

        Raises WrongVaultKey, SamePerson, and NoVault.
        """
        if vault_public_or_none(private_key) != self.public_key:
            raise WrongVaultKey(N_("This is not the key of this vault."))
        request = {"op": "load", "who": str(who), "key": private_key.hex()}
        answer = self._ask(request)
        for pause in (0.0, 0.05, 0.2):
            if answer is not None:
                break
            time.sleep(pause)
            self._serve()
            answer = self._ask(request)
        if answer is None:
            raise VaultClosed(N_("The vault did not answer. Please try again."))
        if answer.get("problem") == "same person":
            raise SamePerson(N_("You have loaded the key already. Now a second person has to load it."))
        return _state_of(answer)

    def close(self) -> bool:
        """Forget the key now, wherever it is held; False when the vault was closed."""
        answer = self._ask({"op": "close"})
        return bool(answer and answer.get("closed"))

    def open_boxes(self, boxes: Sequence[Box]) -> list[str]:
        """The texts of sealed values, in order. Raises VaultClosed, and SealBroken for a box of another place."""
        sent = [[box.table, box.column, str(box.row), b64encode(box.sealed).decode()] for box in boxes]
        answer = self._ask({"op": "open", "boxes": sent})
        if answer is None or answer.get("problem") == "closed":
            raise VaultClosed(N_("The vault is closed. Two persons open it for fifteen minutes."))
        if answer.get("problem"):
            raise SealBroken("A vault entry does not open with this key.")
        return [str(text) for text in answer["texts"]]

    def stop(self) -> None:
        """Forget the key if this process holds it, and stop listening."""
        with self._lock:
            server, self._server = self._server, None
            lock, self._server_lock = self._server_lock, None
            self._forget()
        if server is None or lock is None or self._owner != os.getpid():
            return
        # Shut down first: closing alone does not wake the thread that waits in accept.
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        os.close(lock)

    def serve_until_over(self, every: float = 1.0, *, tell: Callable[[int], object] = lambda _left: None) -> None:
        """Wait in the foreground until the vault is closed, telling the seconds left: for the command line."""
        while (state := self.state()).first is not None:
            tell(state.seconds_left)
            time.sleep(min(every, max(state.seconds_left, 0.05)))

    def _serve(self) -> None:
        """Become the process that holds the key."""
        lock = self._claim()
        if lock is None:
            return
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short_path(self._folder) as path:
            # The lock is ours, so what lies here is left of a process that ended.
            with suppress(FileNotFoundError):
                os.unlink(path)
            former = os.umask(0o177)
            try:
                server.bind(path)
            finally:
                os.umask(former)
        server.listen(16)
        with self._lock:
            self._server, self._server_lock, self._owner = server, lock, os.getpid()
        threading.Thread(target=self._listen, args=(server,), name="vault", daemon=True).start()

    def _claim(self) -> int | None:
        """The lock that the serving process holds while it lives; None when another one was a moment earlier."""
        if self._folder is None:
            raise NoVault
        handle = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle

    def _listen(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection, suppress(OSError, ValueError, KeyError):
                connection.settimeout(ANSWER_SECONDS)
                _send(connection, self._answer(_receive(connection)))

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if self._monotonic() >= self._held.until:
                self._forget()
            operation = {"state": self._tell, "load": self._take, "close": self._shut, "open": self._open}
            return operation[request["op"]](request)

    def _tell(self, _request: dict[str, Any]) -> dict[str, Any]:
        held = self._held
        left = max(0, int(held.until - self._monotonic())) if held.first else 0
        return {"first": _text(held.first), "second": _text(held.second), "left": left}

    def _take(self, request: dict[str, Any]) -> dict[str, Any]:
        who, held = uuid.UUID(request["who"]), self._held
        if held.second is not None:
            return self._tell(request)
        if held.first == who:
            return {"problem": "same person"}
        held.until = self._monotonic() + OPEN_SECONDS
        if held.first is None:
            held.first = who
        else:
            held.second, held.key = who, bytearray.fromhex(request["key"])
        return self._tell(request)

    def _shut(self, _request: dict[str, Any]) -> dict[str, Any]:
        was = self._held.first is not None
        self._forget()
        return {"closed": was}

    def _open(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._held.second is None:
            return {"problem": "closed"}
        key, texts = bytes(self._held.key), []
        try:
            for table, column, row, sealed in request["boxes"]:
                texts.append(open_from_vault(key, b64decode(sealed), table=table, column=column, row=uuid.UUID(row)))
        except SealBroken:
            return {"problem": "broken"}
        return {"texts": texts}

    def _forget(self) -> None:
        for place in range(len(self._held.key)):
            self._held.key[place] = 0
        self._held = _Held()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """Ask the process that holds the key, this one perhaps; None where there is none."""
        if self._folder is None:
            return None
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(ANSWER_SECONDS)
            try:
                with _short_path(self._folder) as path:
                    connection.connect(path)
                _send(connection, request)
                return _receive(connection)
            except (OSError, ValueError):
                return None


def vault_public_or_none(private_key: bytes) -> bytes | None:
    """The public half, or None for what is no key at all."""
    try:
        return vault_public(private_key)
    except SealBroken:
        return None


@contextmanager
def _short_path(folder: Path | None) -> Iterator[str]:
    """The socket's path by way of an open folder: a Unix socket's name holds 107 bytes, and DATA_DIR may lie deep."""
    if folder is None:
        raise NoVault
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{SOCKET}"
    finally:
        os.close(handle)


def _send(connection: socket.socket, message: dict[str, Any]) -> None:
    connection.sendall(json.dumps(message).encode() + b"\n")


def _receive(connection: socket.socket) -> dict[str, Any]:
    with connection.makefile("rb") as lines:
        line = lines.readline(LARGEST)
    message: dict[str, Any] = json.loads(line)
    return message


def _state_of(answer: dict[str, Any]) -> DoorState:
    return DoorState(_uuid(answer.get("first")), _uuid(answer.get("second")), int(answer.get("left", 0)))


def _uuid(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None


def _text(value: uuid.UUID | None) -> str | None:
    return str(value) if value else None


vault_door = VaultDoor()
