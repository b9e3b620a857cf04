"""Servers start with their first user, are shared, and never outlive the last one."""

import json
import os
import signal
import time
from pathlib import Path

import psycopg
import pytest
import redis

from launcher import postgres
from launcher.errors import ServersDidNotStart
from launcher.keeper import attach, wait_until_stopped
from tests.launcher.support import eventually, processes_in, user_of

pytestmark = pytest.mark.slow


def answers(addresses: list[str]) -> bool:
    with psycopg.connect(addresses[0].replace("+psycopg", "")) as database:
        lowered = database.execute("SELECT lower('Ж')").fetchone()
    with redis.from_url(addresses[1]) as broker:
        return lowered == ("ж",) and bool(broker.ping())


def test_the_second_user_shares_the_servers_and_the_last_to_leave_stops_them(tmp_path: Path) -> None:
    with user_of(tmp_path) as (_, first), user_of(tmp_path) as (_, second):
        assert answers(first)
        assert first == second
    assert eventually(lambda: not processes_in(tmp_path))
    assert not (tmp_path / "servers.json").exists()


def test_a_process_can_attach_and_let_go_by_itself(tmp_path: Path) -> None:
    servers = attach(tmp_path, durable=False)
    assert servers.are_kept()
    assert servers.database_url not in repr(servers)
    servers.release()
    wait_until_stopped(tmp_path)
    assert not servers.are_kept()
    started = time.monotonic()
    attach(tmp_path, durable=False).release()
    print(f"second start of the servers: {time.monotonic() - started:.2f} s")  # noqa: T201 - a figure to read
    wait_until_stopped(tmp_path)
    assert processes_in(tmp_path) == []


def test_a_killed_user_lets_go(tmp_path: Path) -> None:
    with user_of(tmp_path) as (process, addresses):
        assert answers(addresses)
        process.kill()
        assert eventually(lambda: not processes_in(tmp_path))


def test_servers_die_with_a_killed_keeper_and_the_next_user_recovers(tmp_path: Path) -> None:
    with user_of(tmp_path) as (_, addresses):
        os.kill(int(addresses[2]), signal.SIGKILL)
        with user_of(tmp_path) as (_, fresh):
            assert fresh[2] != addresses[2]
            assert answers(fresh)
            assert len([line for line in processes_in(tmp_path) if "valkey-server" in line]) == 1
    assert eventually(lambda: not processes_in(tmp_path))


def test_the_keeper_gives_up_when_a_server_dies(tmp_path: Path) -> None:
    servers = attach(tmp_path, durable=False)
    os.kill(json.loads((tmp_path / "servers.json").read_text())["valkey"], signal.SIGKILL)
    assert eventually(lambda: not servers.are_kept())
    servers.release()
    wait_until_stopped(tmp_path)
    assert "Valkey ended" in (tmp_path / "keeper.log").read_text()
    assert eventually(lambda: not processes_in(tmp_path))


def test_users_that_come_and_go_quickly_always_get_working_servers(tmp_path: Path) -> None:
    for pause in (0.0, 0.1, 0.2, 0.3, 0.4):
        with user_of(tmp_path) as (_, addresses):
            assert answers(addresses)
        time.sleep(pause)
    assert eventually(lambda: not processes_in(tmp_path))


def test_two_deep_folders_side_by_side(tmp_path: Path) -> None:
    deep = [tmp_path / name / "/".join(["a rather deep folder"] * 12) for name in ("one", "two")]
    assert min(len(str(folder)) for folder in deep) > 200
    with user_of(deep[0]) as (_, first), user_of(deep[1]) as (_, second):
        assert answers(first)
        assert answers(second)
        assert not set(first) & set(second)
    assert eventually(lambda: not processes_in(tmp_path))


def test_a_database_whose_making_was_interrupted_is_made_again(tmp_path: Path) -> None:
    draft = tmp_path / "postgres" / "cluster.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    with user_of(tmp_path) as (_, addresses):
        assert answers(addresses)
    assert not draft.exists()
    assert eventually(lambda: not processes_in(tmp_path))


def test_being_killed_while_the_database_is_made_leaves_nothing_half_made(tmp_path: Path) -> None:
    with user_of(tmp_path / "reference"):
        pass
    pid = os.fork()
    if pid == 0:
        attach(tmp_path / "data", durable=False)
        os._exit(0)
    assert eventually(lambda: (tmp_path / "data/postgres/cluster.new/base").exists())
    keeper = next(line for line in processes_in(tmp_path / "data") if "launcher.keeper" in line)
    os.kill(int(keeper.split()[0]), signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with user_of(tmp_path / "data") as (_, addresses):
        assert answers(addresses)
    assert eventually(lambda: not processes_in(tmp_path))


def test_a_stale_pid_file_that_names_a_stranger_is_forgotten(tmp_path: Path) -> None:
    with user_of(tmp_path):
        pass
    assert eventually(lambda: not processes_in(tmp_path))
    (tmp_path / "postgres/cluster/postmaster.pid").write_text(f"{os.getpid()}\n")
    with user_of(tmp_path) as (_, addresses):
        assert answers(addresses)
    assert eventually(lambda: not processes_in(tmp_path))


def test_another_version_of_the_data_is_refused_in_one_line(tmp_path: Path) -> None:
    cluster = tmp_path / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(ServersDidNotStart, match=r"made by PostgreSQL 16 and this is PostgreSQL 18") as caught:
        attach(tmp_path)
    assert "\n" not in str(caught.value)
    wait_until_stopped(tmp_path)
    assert processes_in(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServersDidNotStart, match=r"cannot be used: Not a directory"):
        attach(tmp_path / "file" / "data")


def test_no_log_holds_what_statements_carry(tmp_path: Path) -> None:
    servers = attach(tmp_path, durable=False)
    with psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True) as database:
        database.execute("CREATE TABLE people (email text UNIQUE)")
        database.execute("INSERT INTO people VALUES (%s)", ["anna@example.org"])
        with pytest.raises(psycopg.errors.UniqueViolation, match=r"anna@example\.org"):
            database.execute("INSERT INTO people VALUES (%s)", ["anna@example.org"])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation, match=r"anna@example\.org"):
            database.execute("SELECT %s::uuid", ["anna@example.org"])
        settings = database.execute("SELECT current_setting('jit'), current_setting('fsync')").fetchone()
    servers.release()
    wait_until_stopped(tmp_path)
    assert settings == ("off", "off")
    assert postgres.HASTY_SETTINGS["fsync"] == "off"
    for log in (*tmp_path.glob("**/log*"), *tmp_path.glob("*.log")):
        assert "anna" not in log.read_text(), log
