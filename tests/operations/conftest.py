"""A deployment of its own for commands that destroy keys or are killed: a database, a data folder, real processes."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from flask import Flask

from campaign.kernel.db import session
from launcher.keeper import Servers
from tests.support.smtp import Mailserver

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Deployment:
    """What an operator has: settings in the environment and the `flask` command."""

    data_dir: Path
    environ: dict[str, str]

    def start(self, *arguments: str, **changes: str) -> subprocess.Popen[str]:
        """Start one command."""
        return subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT, env={**self.environ, **changes}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def flask(self, *arguments: str, stdin: str | None = None, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end, with what it reads."""
        if stdin is not None:
            return self._run("-m", "flask", "--app", "wsgi", *arguments, stdin=stdin, **changes)
        process = self.start(*arguments, **changes)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def python(self, code: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run a few lines in a process of their own, as a server that was started anew."""
        return self._run("-c", code, stdin="", **changes)

    def _run(self, *arguments: str, stdin: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env={**self.environ, **changes}, text=True, input=stdin,
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Ask its database."""
        plain = self.environ["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain) as connection:
            return connection.execute(statement).fetchall()  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def deployment(servers: Servers, mailserver_process: Mailserver, worker_id: str, tmp_path_factory) -> Deployment:
    """A migrated, empty deployment that all tests share."""
    return _deploy(f"operations_{worker_id}", tmp_path_factory.mktemp("deployment"), servers, mailserver_process)


@pytest.fixture
def doomed(servers: Servers, mailserver_process: Mailserver, worker_id: str, tmp_path: Path) -> Deployment:
    """One for the test that destroys it."""
    return _deploy(f"doomed_{worker_id}", tmp_path, servers, mailserver_process)


def _deploy(name: str, data_dir: Path, servers: Servers, mailserver: Mailserver) -> Deployment:
    plain = servers.database_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    made = Deployment(
        data_dir,
        {
            **kept,
            "PYTHONPATH": str(ROOT),
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": servers.database_url.rpartition("/")[0] + f"/{name}",
            # Not the number that other tests use: the wipe empties it.
            "REDIS_URL": servers.redis_url.removesuffix("/0") + "/7",
            "SMTP_URL": mailserver.url,
            "PUBLIC_URL": "http://localhost",
        },
    )
    prepare = [sys.executable, "-m", "launcher.prepare"]
    subprocess.run(prepare, cwd=ROOT, env=made.environ, check=True, capture_output=True)
    return made


@pytest.fixture
def flask(app: Flask) -> Callable[..., Result]:
    """Run a command inside the tests' own application."""

    def run(*arguments: str, typed: str = "") -> Result:
        session.remove()
        outcome = app.test_cli_runner().invoke(args=list(arguments), input=typed)
        session.remove()
        return outcome

    return run
