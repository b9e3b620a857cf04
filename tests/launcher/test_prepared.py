"""A second start skips the preparation, and only if the same code has prepared the very same database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from launcher.keeper import attach, wait_until_stopped
from launcher.prepared import is_prepared, note_prepared
from launcher.settings import Settings, read_settings


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("servers")
    servers = attach(folder, durable=False)
    yield servers.database_url
    servers.release()
    wait_until_stopped(folder)


@pytest.fixture
def settings(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "one.py").write_text("revision = '0001'")
    monkeypatch.chdir(tmp_path)
    do(address, "DROP TABLE IF EXISTS alembic_version, petition", "CREATE TABLE alembic_version (version_num text)",
       "CREATE TABLE petition (id int)", "INSERT INTO petition VALUES (1)",
       "INSERT INTO alembic_version VALUES ('0001')")  # fmt: skip
    return read_settings({"DATA_DIR": str(tmp_path), "DEMO": "1"}, tmp_path / ".env")


def do(address: str, *statements: str) -> None:
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


@pytest.mark.slow
def test_what_was_prepared_stays_prepared(settings: Settings, address: str) -> None:
    assert not is_prepared(settings, address)
    note_prepared(settings, address)
    assert is_prepared(settings, address)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    ["DROP TABLE alembic_version", "UPDATE alembic_version SET version_num = '0000'", "DELETE FROM petition"],
)
def test_a_database_that_changed_is_prepared_again(settings: Settings, address: str, change: str) -> None:
    note_prepared(settings, address)
    do(address, change)
    assert not is_prepared(settings, address)


@pytest.mark.slow
def test_new_code_prepares_again(settings: Settings, address: str, tmp_path: Path) -> None:
    note_prepared(settings, address)
    (tmp_path / "migrations" / "two.py").write_text("revision = '0002'")
    assert not is_prepared(settings, address)


@pytest.mark.slow
def test_another_wish_for_demo_content_prepares_again(settings: Settings, address: str) -> None:
    note_prepared(replace(settings, demo=False), address)
    assert not is_prepared(settings, address)


@pytest.mark.slow
def test_a_database_that_does_not_answer_is_not_called_prepared(settings: Settings, address: str) -> None:
    note_prepared(settings, address)
    assert not is_prepared(settings, "postgresql+psycopg://nobody@127.0.0.1:1/none")


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["", "{", "null", "[]"])
def test_a_damaged_note_is_no_note(settings: Settings, address: str, damage: str) -> None:
    note_prepared(settings, address)
    (settings.data_dir / "prepared.json").write_text(damage)
    assert not is_prepared(settings, address)
