"""An open keyring for the tests of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from campaign.kernel.crypto.keyring import Keyring, keyring

# Examples are timed by nobody: a busy machine would make an honest test fail.
settings.register_profile("kernel", deadline=None)
settings.load_profile("kernel")

MASTER = bytes(range(32))


class Clock:
    """A monotonic clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def shared_keyring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyring]:
    """The module-level keyring, open on a file of its own, with the scopes petition:a and petition:b."""
    folder = tmp_path_factory.mktemp("keyring")
    # The application of other tests in this process has its own open; it gets that back afterwards.
    applications, keyring._opened = keyring._opened, None
    keyring.open(f"sqlite:///{folder}/keyring.db", MASTER)
    keyring.ensure("petition:a")
    keyring.ensure("petition:b")
    yield keyring
    keyring.close()
    keyring._opened = applications


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/keys/keyring.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def another(url: str, clock: Clock) -> Iterator[Callable[..., Keyring]]:
    """Opens one more keyring on the same file, as another process would."""
    opened: list[Keyring] = []

    def open_another(master: bytes = MASTER, *others: bytes) -> Keyring:
        ring = Keyring(monotonic=clock)
        ring.open(url, master, master_keys=others)
        opened.append(ring)
        return ring

    yield open_another
    for ring in opened:
        ring.close()
