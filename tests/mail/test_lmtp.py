"""The listener over a real socket: what it takes, what it refuses, and that nothing it took is lost."""

import asyncio
import os
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.returns import accept
from campaign.kernel.mail.returns.models import MailReturn, ReturnState
from campaign.kernel.mail.returns.reading import LONGEST
from config import Config, UnsafeSetting
from tests.mail.corpus import BY_NAME
from tests.support import make
from tests.support.smtp import free_port
from workers import lmtp
from workers.lmtp import serve
from workers.run_jobs import run_due_jobs

BOUNCE = BY_NAME["postfix-no-user"].content()
ROOT = Path(__file__).resolve().parents[2]


class Listener:
    """The listener in a thread of this process, behind a real socket."""

    def __init__(self, app, place: str = "") -> None:
        self.port = free_port()
        self.listen = (place and f"unix:{place}") or f"lmtp://127.0.0.1:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(serve(app, self.listen, self._stop),)
        )
        self._thread.start()
        wait_for(lambda: Path(place).exists() if place else answers(self.port))

    def talk(self) -> smtplib.LMTP:
        """A conversation as a mail server has it."""
        return smtplib.LMTP("127.0.0.1", self.port)

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        assert not self._thread.is_alive()
        self._loop.run_until_complete(asyncio.sleep(0))
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def wait_for(condition, seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it does not come about"
        time.sleep(0.05)


@pytest.fixture
def listener(app):
    listener = Listener(app)
    yield listener
    listener.stop()


@pytest.fixture
def path(app) -> str:
    assert post_office.sender is not None
    return post_office.sender.return_path(make.petition().id, "nobody@example.net")


def hand_over(talk: smtplib.LMTP, recipient: str, content: bytes) -> tuple[int, bytes]:
    talk.ehlo_or_helo_if_needed()
    talk.mail("")
    code, words = talk.rcpt(recipient)
    if code != 250:
        talk.rset()
        return code, words
    return talk.data(content)


def all_returns() -> list[MailReturn]:
    session.remove()
    return list(session.scalars(select(MailReturn)))


def test_a_bounce_is_kept_before_it_is_answered_and_then_settled(listener, path):
    with listener.talk() as talk:
        assert hand_over(talk, path, BOUNCE)[0] == 250
        assert [each.state for each in all_returns()] == [ReturnState.WAITING]
        assert hand_over(talk, path, BOUNCE)[0] == 250, "the same again is the same"
    run_due_jobs()
    assert [(each.state, each.kind, each.code) for each in all_returns()] == [(ReturnState.SETTLED, "hard", "5.1.1")]


def test_whoever_is_not_here_is_refused_and_so_is_a_second_recipient(listener, path):
    with listener.talk() as talk:
        assert hand_over(talk, "somebody@localhost", BOUNCE)[0] == 550
        assert hand_over(talk, "petitions@example.com", BOUNCE)[0] == 550
        talk.mail("")
        assert talk.rcpt(path)[0] == 250
        assert talk.rcpt("petitions@localhost")[0] == 452
        assert talk.data(BOUNCE)[0] == 250
    assert len(all_returns()) == 1


def test_what_is_too_long_is_refused_and_the_next_is_taken(listener, path):
    with listener.talk() as talk:
        line = b"a" * 76 + b"\r\n"
        assert hand_over(talk, path, b"From: a@b.c\r\n\r\n" + line * (LONGEST // 78 + 5))[0] == 552
    with listener.talk() as talk:
        assert hand_over(talk, path, BOUNCE)[0] == 250
    assert len(all_returns()) == 1


def test_nonsense_ends_one_conversation_at_most(listener, path):
    with socket.create_connection(("127.0.0.1", listener.port), 5) as line:
        line.sendall(b"\x00\xff" * 5000 + b"\r\nEHLO x\r\nDATA\r\nRCPT TO:<a\r\n")
        line.recv(100)
    with listener.talk() as talk:
        assert hand_over(talk, path, BOUNCE)[0] == 250


def test_a_crowd_is_turned_away_for_now(listener, path):
    lines = [socket.create_connection(("127.0.0.1", listener.port), 5) for _ in range(25)]
    greetings = [line.recv(20)[:3] for line in lines]
    for line in lines:
        line.close()
    assert set(greetings) == {b"220", b"421"}
    assert greetings.count(b"220") <= 20
    ends = clock.now().timestamp() + 5
    while clock.now().timestamp() < ends:
        with socket.create_connection(("127.0.0.1", listener.port), 5) as line:
            if line.recv(3) == b"220":
                return
        time.sleep(0.1)
    raise AssertionError("it stays closed")


@pytest.mark.slow
def test_what_was_answered_is_kept_when_the_listener_is_killed(application, config, path):
    port = free_port()
    environ = {
        **os.environ, "DATA_DIR": str(config.data_dir), "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url, "KEYRING_URL": config.keyring_url, "PUBLIC_URL": "http://localhost",
        "DEMO": "0", "LMTP_LISTEN": f"lmtp://127.0.0.1:{port}",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "workers.lmtp"], cwd=ROOT, env=environ)
    wait_for(lambda: answers(port), 120)
    with smtplib.LMTP("127.0.0.1", port) as talk:
        for number in range(20):
            assert hand_over(talk, path, BOUNCE + b"%d\r\n" % number)[0] == 250
        process.kill()
        process.wait(20)
    assert len(all_returns()) == 20
    run_due_jobs()
    assert {each.state for each in all_returns()} == {ReturnState.SETTLED}


def test_it_listens_on_a_socket_of_the_file_system_too(app, path):
    with tempfile.TemporaryDirectory() as short:
        place = f"{short}/lmtp.sock"
        other = Listener(app, place)
        with smtplib.LMTP(place) as talk:
            assert hand_over(talk, path, BOUNCE)[0] == 250
        assert Path(place).stat().st_mode & 0o777 == 0o660
        other.stop()
    assert len(all_returns()) == 1


@pytest.mark.parametrize("listen", ["lmtp://0.0.0.0:24", "lmtp://192.0.2.1:24", "smtp://127.0.0.1:24", "unix:", "x"])
def test_it_never_listens_beyond_this_machine(config, listen):
    with pytest.raises(UnsafeSetting):
        Config.from_env(
            {
                "DATA_DIR": str(config.data_dir),
                "LMTP_LISTEN": listen,
                "DATABASE_URL": "postgresql://x/y",
                "REDIS_URL": "redis://x",
            }
        )


def test_a_database_that_is_away_is_no_loss(listener, path, monkeypatch, capfd):
    def away(*_arguments: object) -> None:
        raise OperationalError("INSERT …", {"to": "nobody@example.net"}, Exception("nobody@example.net"))

    with monkeypatch.context() as patched, listener.talk() as talk:
        patched.setattr(lmtp, "accept", away)
        assert hand_over(talk, path, BOUNCE)[0] == 451
    assert all_returns() == []
    with listener.talk() as talk:
        assert hand_over(talk, path, BOUNCE)[0] == 250
    assert "nobody@example.net" not in "".join(capfd.readouterr())


def test_a_flood_is_asked_to_come_later(listener, path, monkeypatch):
    monkeypatch.setattr(accept, "MOST_HELD", 0)
    with listener.talk() as talk:
        assert hand_over(talk, path, BOUNCE)[0] == 452
