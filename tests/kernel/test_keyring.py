"""The keyring makes one key a scope, keeps it wrapped, and destroys it for good."""

import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from campaign.kernel.crypto.errors import CryptoError, KeyDestroyed, KeyMissing, SealBroken, WrongMasterKey
from campaign.kernel.crypto.keyring import LIFETIME, Keyring
from campaign.kernel.crypto.wrapping import Master

OLD, NEW, OTHER = bytes(range(32)), bytes(range(1, 33)), bytes(range(2, 34))
Another = Callable[..., Keyring]


@pytest.fixture
def ring(another: Another) -> Keyring:
    return another()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "keyring.db"


def rows(path: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_the_file_is_for_its_owner_alone(ring: Keyring, path: Path) -> None:
    ring.ensure("people")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}


def test_an_existing_file_is_closed_to_others(another: Another, path: Path) -> None:
    path.parent.mkdir()
    path.touch(mode=0o644)
    another()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_url_without_a_file_is_refused() -> None:
    with pytest.raises(ValueError, match="names no file"):
        Keyring().open("sqlite://", OLD)


def test_keys_differ_by_scope_and_purpose_and_are_the_same_for_every_process(ring: Keyring, another: Another) -> None:
    ring.ensure("petition:a")
    ring.ensure("petition:b")
    places = [(scope, purpose) for scope in ("petition:a", "petition:b") for purpose in ("fields", "index")]
    keys = [ring.key(*place) for place in places]
    assert len(set(keys)) == 4
    assert {len(key) for key in keys} == {32}
    second = another()
    assert [second.key(*place) for place in places] == keys
    assert second.key("petition:a", "index", second.current_key_id("petition:a")) == ring.key("petition:a", "index")


def test_a_scope_without_a_key_is_a_clear_error(ring: Keyring) -> None:
    with pytest.raises(KeyMissing, match="petition:a"):
        ring.key("petition:a", "fields")
    ring.ensure("petition:a")
    ring.ensure("petition:b")
    with pytest.raises(KeyMissing):
        ring.key("petition:a", "fields", ring.current_key_id("petition:b"))


def test_a_closed_keyring_gives_nothing(ring: Keyring) -> None:
    ring.ensure("people")
    ring.key("people", "fields")
    ring.close()
    ring.close()
    with pytest.raises(CryptoError, match="not open"):
        ring.key("people", "fields")


def test_ensure_twice_keeps_the_key(ring: Keyring, another: Another) -> None:
    ring.ensure("people")
    key = ring.key("people", "fields")
    ring.ensure("people")
    another().ensure("people")
    assert another().key("people", "fields") == key


def test_eight_callers_at_once_make_one_key(another: Another, path: Path) -> None:
    rings = [another() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda ring: ring.ensure("day:2026-11-23"), rings))
        keys = set(pool.map(lambda ring: ring.key("day:2026-11-23", "index"), rings))
    assert len(keys) == 1
    assert rows(path, "SELECT count(*) FROM data_keys") == [(1,)]


def test_a_key_is_read_from_the_database_once_in_its_lifetime(ring: Keyring, clock: Any) -> None:
    ring.ensure("people")
    ring.key("people", "fields")
    reads: list[str] = []
    event.listen(ring._state.engine, "before_cursor_execute", lambda *call: reads.append(call[2]))
    for _ in range(100):
        ring.key("people", "fields")
    assert reads == []
    clock.now += LIFETIME
    ring.key("people", "fields")
    assert len(reads) == 1


def test_old_keys_do_not_pile_up_in_memory(ring: Keyring, clock: Any) -> None:
    for scope in ("a", "b", "c"):
        ring.ensure(scope)
    clock.now += LIFETIME
    ring.key("a", "fields")
    assert len(ring._cache) == 1


def test_scopes_lists_usable_keys_by_prefix(ring: Keyring) -> None:
    for scope in ("people", "day:2026-11-23", "day:2026-11-22", "DAY:x", "d_y:x"):
        ring.ensure(scope)
    ring.destroy("day:2026-11-22")
    assert ring.scopes("day:") == ["day:2026-11-23"]
    assert ring.scopes("d_y") == ["d_y:x"]
    assert "people" in ring.scopes()


def test_a_destroyed_key_is_gone_at_once_and_elsewhere_within_its_lifetime(
    ring: Keyring, another: Another, clock: Any
) -> None:
    ring.ensure("petition:a")
    elsewhere = another()
    elsewhere.key("petition:a", "fields")
    assert ring.destroy("petition:a") is True
    with pytest.raises(KeyDestroyed, match="destroyed on"):
        ring.key("petition:a", "fields")
    clock.now += LIFETIME
    with pytest.raises(KeyDestroyed):
        elsewhere.key("petition:a", "fields")


def test_destroying_is_idempotent_and_final(ring: Keyring, another: Another) -> None:
    ring.ensure("petition:a")
    assert [ring.destroy("petition:a"), ring.destroy("petition:a"), ring.destroy("never made")] == [True, False, False]
    for each in (ring, another()):
        with pytest.raises(KeyDestroyed):
            each.ensure("petition:a")


def test_a_tombstone_refuses_a_process_that_missed_the_destruction(ring: Keyring, path: Path) -> None:
    ring.ensure("petition:a")
    ring.destroy("petition:a")
    ring._insert("petition:a")
    assert rows(path, "SELECT wrapped, destroyed_on IS NOT NULL FROM data_keys") == [(None, 1)]


def test_no_file_keeps_the_bytes_of_a_destroyed_key(ring: Keyring, path: Path) -> None:
    for scope in ("petition:a", "petition:b", "people"):
        ring.ensure(scope)
    ((wrapped,),) = rows(path, "SELECT wrapped FROM data_keys WHERE scope = 'petition:a'")
    assert wrapped in path.read_bytes()
    ring.destroy("petition:a")
    assert not [each.name for each in path.parent.iterdir() if wrapped[:16] in each.read_bytes()]


def test_a_reader_racing_with_destruction_cannot_bring_the_key_back(ring: Keyring) -> None:
    ring.ensure("petition:a")
    ring._forget()
    find = ring._find

    def find_then_destroyed(scope: str, key_id: int | None) -> Any:
        row = find(scope, key_id)
        ring.destroy(scope)
        return row

    ring._find = find_then_destroyed  # type: ignore[method-assign]
    ring.key("petition:a", "fields")
    ring._find = find  # type: ignore[method-assign]
    with pytest.raises(KeyDestroyed):
        ring.key("petition:a", "fields")


def test_a_crash_amid_destruction_leaves_the_key_destroyed_and_can_be_finished(ring: Keyring, path: Path) -> None:
    ring.ensure("petition:a")
    updates: list[str] = []

    def fail_on_the_second_update(*call: Any) -> None:
        updates.append(call[2])
        if len(updates) == 2:
            raise KeyboardInterrupt

    event.listen(ring._state.engine, "before_cursor_execute", fail_on_the_second_update)
    with pytest.raises(KeyboardInterrupt):
        ring.destroy("petition:a")
    with pytest.raises(KeyDestroyed):
        ring.key("petition:a", "fields")
    assert ring.destroy("petition:a") is False
    assert rows(path, "SELECT wrapped FROM data_keys") == [(None,)]


def test_rows_of_the_keyring_cannot_be_swapped(ring: Keyring, another: Another, path: Path) -> None:
    ring.ensure("petition:a")
    ring.ensure("petition:b")
    connection = sqlite3.connect(path)
    ((wrapped,),) = connection.execute("SELECT wrapped FROM data_keys WHERE scope = 'petition:b'").fetchall()
    connection.execute("UPDATE data_keys SET wrapped = ? WHERE scope = 'petition:a'", (wrapped,))
    connection.commit()
    connection.close()
    with pytest.raises(SealBroken):
        another().key("petition:a", "fields")


def test_a_wrong_master_key_is_named(ring: Keyring, another: Another) -> None:
    another(OTHER).check_master()
    ring.ensure("people")
    ring.check_master()
    for attempt in (another(OTHER).check_master, lambda: another(OTHER).key("people", "fields")):
        with pytest.raises(WrongMasterKey, match=f"{Master(OLD).fingerprint}.*{Master(OTHER).fingerprint}"):
            attempt()


@pytest.mark.parametrize("key", [b"", b"short", bytes(31), bytes(33)])
def test_a_master_key_of_another_length_is_refused(url: str, key: bytes) -> None:
    with pytest.raises(WrongMasterKey, match="32"):
        Keyring().open(url, key)


def test_nothing_prints_a_key(ring: Keyring) -> None:
    ring.ensure("people")
    ring.key("people", "fields")
    printed = repr(list(ring._cache.values())) + repr(ring._state) + repr(Master(OLD))
    assert repr(OLD)[2:-1] not in printed
    assert repr(ring.key("people", "fields"))[2:-1] not in printed


@pytest.mark.parametrize("statement", [2, 3, 4, 6, 7])
def test_rotation_resumes_after_a_kill_at_any_point(another: Another, statement: int) -> None:
    ring = another()
    scopes = [f"petition:{number}" for number in range(4)]
    for scope in scopes:
        ring.ensure(scope)
    before = [ring.key(scope, "fields") for scope in scopes]
    executed: list[str] = []

    def kill(*call: Any) -> None:
        executed.append(call[2])
        if len(executed) == statement:
            raise KeyboardInterrupt

    event.listen(ring._state.engine, "before_cursor_execute", kill)
    with pytest.raises(KeyboardInterrupt):
        ring.rewrap(NEW, batch=2)
    after_kill = another(OLD, NEW)
    after_kill.check_master()
    assert [after_kill.key(scope, "fields") for scope in scopes] == before
    after_kill.rewrap(NEW, batch=2)
    only_new = another(NEW)
    only_new.check_master()
    assert [only_new.key(scope, "fields") for scope in scopes] == before
    with pytest.raises(WrongMasterKey):
        another(OLD).check_master()


def test_rotation_tells_its_progress_and_is_idempotent(ring: Keyring) -> None:
    for number in range(5):
        ring.ensure(f"petition:{number}")
    ring.destroy("petition:0")
    told: list[tuple[int, int]] = []
    assert ring.rewrap(NEW, progress=lambda done, total: told.append((done, total)), batch=3) == 4
    assert told == [(3, 4), (4, 4)]
    assert ring.rewrap(NEW) == 0


def test_a_node_that_knows_both_keys_works_on_during_rotation(ring: Keyring, another: Another) -> None:
    ring.ensure("people")
    elsewhere = another(OLD, NEW)
    ring.rewrap(NEW)
    assert elsewhere.key("people", "fields") == ring.key("people", "fields")
    elsewhere.ensure("accounts")
    assert another(NEW, OLD).rewrap(NEW) == 1
    another(NEW).check_master()


def test_rotation_leaves_no_old_wrapping_in_the_files(ring: Keyring, path: Path) -> None:
    ring.ensure("people")
    ((wrapped,),) = rows(path, "SELECT wrapped FROM data_keys")
    ring.rewrap(NEW)
    assert not [each.name for each in path.parent.iterdir() if wrapped[:16] in each.read_bytes()]
