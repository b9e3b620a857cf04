"""`run` starts everything in order, says so once it answers, and takes everything with it when it ends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launcher.errors import CannotRun
from launcher.settings import read_settings
from tests.launcher.support import environment, eventually, processes_in

pytestmark = pytest.mark.slow
STUB = Path(__file__).with_name("stub_project")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STUB, tmp_path / "project"))


@contextmanager
def running(project: Path, command: str = "run", **settings: str) -> Iterator[subprocess.Popen[str]]:
    with (project / "errors").open("w") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "launcher", command],
            cwd=project,
            env=environment(PORT=str(free_port()), WEB_WORKERS="1", **settings),
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
        )
    assert process.stdout
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().rstrip("\n")


def errors(project: Path) -> list[str]:
    return (project / "errors").read_text().splitlines()


def nothing_is_left(project: Path) -> bool:
    return not [found for found in processes_in(project) if "pytest" not in found]


def running_as(name: str, project: Path) -> list[int]:
    found = [entry for entry in processes_in(project) if name in entry]
    return [int(entry.split()[0]) for entry in found if name == "leash.py" or "leash.py" not in entry]


def test_it_says_ready_then_the_sign_ins_and_a_signal_stops_all_cleanly(project: Path) -> None:
    for name, number in (("first", signal.SIGINT), ("second", signal.SIGTERM)):
        started = time.monotonic()
        with running(project, PUBLIC_URL="http://campaign.test:8000") as process:
            assert line(process) == "ready: http://campaign.test:8000", errors(project)
            print(f"{name} start: {time.monotonic() - started:.1f} s")  # noqa: T201 - a figure to read
            assert line(process) == "anna  secret-words"
            assert errors(project)[:2] == ["migrated", "demo loaded"]
            process.send_signal(number)
            assert process.wait(timeout=30) == 0
        assert nothing_is_left(project)


@pytest.mark.parametrize("command", ["run", "services"])
def test_signals_that_come_together_do_not_break_off_the_stopping(project: Path, command: str) -> None:
    with running(project, command) as process:
        assert line(process)
        for _ in range(5):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.005)
        assert process.wait(timeout=30) == 0
    assert nothing_is_left(project)
    assert "Traceback" not in "\n".join(errors(project))


def test_nothing_of_a_killed_run_stays_and_the_next_one_starts(project: Path) -> None:
    with running(project) as process:
        assert line(process).startswith("ready: ")
        process.kill()
        process.wait()
        with running(project, DEMO="0") as next_one:
            assert line(next_one).startswith("ready: "), errors(project)
            assert errors(project) == ["migrated"]
    assert eventually(lambda: nothing_is_left(project))


@pytest.mark.parametrize("victim", ["granian", "worker-bulk", "beat", "leash.py", "launcher.keeper"])
def test_one_that_crashes_stops_everything_with_one_line(project: Path, victim: str) -> None:
    with running(project) as process:
        assert line(process).startswith("ready: ")
        assert eventually(lambda: running_as(victim, project))
        os.kill(running_as(victim, project)[0], signal.SIGKILL)
        assert process.wait(timeout=40) == 1
    assert nothing_is_left(project)
    told = errors(project)[2:]
    assert len(told) == 1, told
    assert told[0].startswith("Stopped: ")


def test_a_run_in_the_background_of_a_script_stops_at_once_though_it_is_deaf_to_ctrl_c(project: Path) -> None:
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with running(project) as process:
            assert line(process).startswith("ready: ")
            web = running_as("granian", project)
            # Field by field of proc(5): the second bit of SigIgn is SIGINT, by which Granian ends its own workers.
            status = Path(f"/proc/{web[0]}/status").read_text().splitlines()
            ignored = next(int(entry.split()[1], 16) for entry in status if entry.startswith("SigIgn"))
    finally:
        signal.signal(signal.SIGINT, handler)
    assert not ignored >> (signal.SIGINT - 1) & 1
    assert nothing_is_left(project)


def test_a_failing_migration_stops_the_start(project: Path) -> None:
    (project / "broken-migration").write_text("")
    with running(project) as process:
        assert process.wait(timeout=30) == 1
    assert errors(project)[1:] == [
        "flask db upgrade ended with status 3.",
        "Stopped: the preparation ended with status 3.",
    ]
    assert nothing_is_left(project)


def test_a_port_that_is_taken_is_told_before_anything_starts(project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = subprocess.run(
            [sys.executable, "-m", "launcher", "run"],
            cwd=project, env=environment(PORT=str(port)), capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert told.returncode == 1
    assert told.stderr == f"Cannot listen on 127.0.0.1:{port}: Address already in use. Set PORT or HOST.\n"
    assert not (project / "instance" / "postgres").exists()


def test_a_second_run_on_the_same_folder_is_refused(project: Path) -> None:
    with running(project) as process:
        assert line(process).startswith("ready: ")
        told = subprocess.run(
            [sys.executable, "-m", "launcher", "run"],
            cwd=project, env=environment(PORT=str(free_port())), capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert told.returncode == 1
    assert "already runs on the data folder" in told.stderr


def test_services_prints_the_addresses_and_stops_at_a_signal(project: Path) -> None:
    with running(project, "services") as process:
        assert line(process).startswith("DATABASE_URL=postgresql+psycopg://")
        assert line(process).startswith("REDIS_URL=redis://")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert nothing_is_left(project)


def test_settings_come_from_the_file_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=8001\nWEB_WORKERS=3\nENVIRONMENT=production\n")
    settings = read_settings({"PORT": "8002"}, tmp_path / ".env")
    assert (settings.port, settings.web_workers, settings.demo) == (8002, 3, False)
    assert settings.public_url == "http://localhost:8002"
    with pytest.raises(CannotRun, match="PORT is 'http' and has to be a number"):
        read_settings({"PORT": "http"}, tmp_path / ".env")
