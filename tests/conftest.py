"""Shared fixtures: the real PostgreSQL and Redis, a real SMTP server, one application a worker process."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import PoolProxiedConnection

from campaign import create_app, migrate
from campaign.accounts.queries import get_account
from campaign.accounts.service import passphrases
from campaign.accounts.service.sessions import open_session
from campaign.appeals.queries.offered import forget_spoken_for as forget_appeals
from campaign.designations.service.gate import forget_gate
from campaign.dossiers.queries.public import forget_told
from campaign.kernel import reads, switches
from campaign.kernel.actors import Role
from campaign.kernel.arrivals import known_codes
from campaign.kernel.db import Base, db, drop_connections, lend_alone, session, transaction
from campaign.kernel.doorbell import doorbell
from campaign.kernel.mail import own_texts
from campaign.letters.queries.published import forget_quoted
from campaign.letters.queries.statistics import forget_weeks
from campaign.needs.queries.needs import forget_shown
from campaign.penpals.queries.field import forget_field
from campaign.people.queries.name_index import name_index
from campaign.petitions.queries import forget_spoken_for
from campaign.prisoners.queries.public_directory import forget_directory
from campaign.web.session_cookie import TOKEN
from config import Config
from launcher.keeper import Servers, attach
from tests.support import accounts
from tests.support.database import truncate
from tests.support.pages import PageClient
from tests.support.smtp import Mailserver
from workers.cli import groups
from workers.drain import Drained, drain

SignIn = Callable[..., PageClient]
ROOT = Path(__file__).resolve().parent.parent
GROWN = 128 * 1024
"""Bytes of a table with its dead rows, above which it gets new files."""
LAST = frozenset({"prisoner_consent"})
"""A public prisoner points to it, and it points to the prisoner, with whom it goes."""
FILLED_BY_DELETING = {"person": "person_gone"}


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """Hash passphrases at the least cost there is: two or three people a test have one."""
    with patch.object(passphrases, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        yield


@pytest.fixture(scope="session")
def servers() -> Servers:
    """The embedded servers of the tests, shared by all worker processes and not durable, for speed."""
    return attach(ROOT / "instance" / "test", durable=False)


@pytest.fixture(scope="session")
def mailserver_process() -> Iterator[Mailserver]:
    """One SMTP server a worker process."""
    server = Mailserver()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database_url(servers: Servers, worker_id: str) -> str:
    """An empty database of this worker's own."""
    name = f"test_{worker_id}"
    plain = servers.database_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return servers.database_url.rpartition("/")[0] + f"/{name}"


@pytest.fixture(scope="session")
def config(
    servers: Servers, database_url: str, mailserver_process: Mailserver, tmp_path_factory: pytest.TempPathFactory
) -> Config:
    """Settings as in development, with mail going to the test's own server."""
    folder = tmp_path_factory.mktemp("instance")
    environ = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url,
        "REDIS_URL": servers.redis_url,
        "SMTP_URL": mailserver_process.url,
        "PUBLIC_URL": "http://localhost",
        "RATE_LIMITS": "0",
        "DEMO": "0",
    }
    return replace(Config.from_env(environ), testing=True)


@pytest.fixture(scope="session")
def application(config: Config) -> Iterator[Flask]:
    """The migrated application of this worker process."""
    application = create_app(config, commands=groups)
    application.test_client_class = PageClient
    migrate.bind(application)
    with application.app_context():
        upgrade()
    yield application
    with application.app_context():
        drop_connections(close=True)


@pytest.fixture
def app(application: Flask, mailserver_process: Mailserver) -> Iterator[Flask]:
    """The application with an empty database and an empty mailbox, inside its context."""
    with application.app_context():
        _empty_database()
        switches.forget_seen()
        forget_gate()
        forget_directory()
        forget_spoken_for()
        forget_appeals()
        forget_quoted()
        forget_weeks()
        forget_field()
        forget_shown()
        forget_told()
        own_texts.forget_seen()
        name_index.forget()
        known_codes.forget()
        application.extensions["page_cache"].clear()
        doorbell.connect(None)
        mailserver_process.clear()
        yield application
        session.remove()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A visitor whose every page is checked."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Call it with roles for a client of somebody new who has them and is signed in; the person is `client.person`."""

    def enter(*roles: Role, petition: uuid.UUID | None = None, group: uuid.UUID | None = None) -> PageClient:
        who = accounts.person(*roles, app=True, petition=petition, group=group)
        client = app.test_client()
        # How one signs in is tested with the accounts; here the session is opened by its service.
        with transaction():
            token = open_session(get_account(who.id), second_factor_done=True)
        with client.session_transaction() as cookie:
            cookie[TOKEN] = token
        client.person = who
        return client

    return enter


@pytest.fixture
def mailserver(app: Flask, mailserver_process: Mailserver) -> Mailserver:
    """The SMTP server that gets this test's mail."""
    return mailserver_process


@pytest.fixture
def run_work(app: Flask) -> Any:
    """Call it to do everything that is due, as workers would; gives what that came to."""

    def run() -> Drained:
        session.remove()
        done = drain(app, threads=1)
        session.remove()
        return done

    return run


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Call it around what is looked at: a list that fills with every statement the database is asked."""

    @contextmanager
    def watching() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        def lend(statement: str) -> AbstractContextManager[PoolProxiedConnection]:
            seen.append(statement)
            return lend_alone(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        app.extensions["page_cache"].clear()
        try:
            with patch.object(reads, "lend_alone", lend):
                yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return watching


@pytest.fixture(scope="session")
def worker_id() -> str:
    """The name of this worker process under pytest-xdist, or "main"."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _empty_database() -> None:
    """Empty the tables that hold rows.

    TRUNCATE makes new files for every table that points to the one it empties, and for all their indexes, which takes
    longer than most tests. So it is for tables that have grown, and for those alone whose triggers refuse DELETE.
    """
    tables = [table.name for table in reversed(Base.metadata.sorted_tables)]
    probes = ", ".join(
        f'CASE WHEN EXISTS (SELECT FROM "{name}") THEN pg_relation_size(\'"{name}"\') END' for name in tables
    )
    sizes = dict(zip(tables, session.execute(text(f"SELECT {probes}")).one(), strict=True))
    filled = [name for name, size in sizes.items() if size is not None]
    cut = [name for name in filled if sizes[name] > GROWN or name in _refusing_delete()]
    small = sorted((name for name in filled if name not in cut), key=lambda name: name in LAST)
    small += [FILLED_BY_DELETING[name] for name in small if name in FILLED_BY_DELETING]
    truncate(cut)
    try:
        session.execute(text("; ".join(f'DELETE FROM "{name}"' for name in small) or "SELECT"))  # noqa: S608 - names of ours
    except IntegrityError:
        # Two tables that point to each other, and to nothing that may be missing.
        session.rollback()
        truncate(filled)
    session.commit()


@cache
def _refusing_delete() -> frozenset[str]:
    """Tables with triggers of ours before DELETE (bits 3 and 1 of tgtype)."""
    statement = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 10 = 10"
    return frozenset(session.scalars(text(statement)))
