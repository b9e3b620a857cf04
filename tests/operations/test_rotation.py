"""The master key is replaced while everything runs, and a rotation that was killed goes on."""

import signal
from pathlib import Path

import pytest

from campaign.kernel.crypto.errors import WrongMasterKey
from campaign.kernel.crypto.keyring import Keyring
from config import Config
from config_secrets import master_key_of

pytestmark = pytest.mark.slow
SCOPES = [f"test:{number}" for number in range(300)]


def fingerprints(ring: Keyring) -> set[str]:
    with ring.store.connect() as connection:
        return set(connection.exec_driver_sql("SELECT master FROM data_keys").scalars())


@pytest.fixture
def running(deployment) -> Keyring:
    """The keyring as a process holds it that runs since before the rotation."""
    config = Config.from_env(deployment.environ)
    ring = Keyring(monotonic=iter(range(0, 10**9, 60)).__next__)
    ring.open(config.keyring_url, config.master_key, find_masters=config.find_master_keys)
    yield ring
    ring.close()


def test_a_killed_rotation_goes_on_and_no_running_process_notices(deployment, running):
    for scope in SCOPES:
        running.ensure(scope)
    keys = {scope: running.key(scope, "fields") for scope in SCOPES[::20]}
    secrets = Path(deployment.data_dir) / "secrets"
    former = (secrets / "master_key").read_text()

    process = deployment.start("keys", "rotate")
    assert process.stderr is not None
    first = process.stderr.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert first.startswith("keys: 100 of ")
    assert len(fingerprints(running)) == 2, "killed between the first batch and the last"
    assert {scope: running.key(scope, "fields") for scope in keys} == keys

    outcome = deployment.flask("keys", "rotate")
    assert outcome.returncode == 0, outcome.stderr
    assert len(fingerprints(running)) == 1
    assert (secrets / "master_key").read_text() != former
    assert (secrets / "master_key.old").read_text() == former
    assert not (secrets / "master_key.new").exists()
    assert {scope: running.key(scope, "fields") for scope in keys} == keys
    running.ensure("test:later")
    assert len(fingerprints(running)) == 1, "a running process wraps under the new key once it has met it"
    assert deployment.flask("audit", "verify").returncode == 0


def test_with_keys_from_the_environment_a_second_pass_ends_it(deployment, tmp_path):
    old, new = "former-" * 3 + "0123456789abcdefghijk", "fresh-" * 3 + "0123456789abcdefghijk"
    url = f"sqlite:///{tmp_path}/keys/keyring.sqlite"
    ring = Keyring()
    ring.open(url, master_key_of(old))
    ring.ensure("test:a")
    key = ring.key("test:a", "fields")

    first = deployment.flask("keys", "rotate", KEYRING_URL=url, MASTER_KEY=old, NEW_MASTER_KEY=new)
    assert first.returncode == 0
    assert "MASTER_KEY_OLD" in first.stderr
    assert new not in first.stdout + first.stderr
    ring.ensure("test:made-meanwhile")
    second = deployment.flask("keys", "rotate", KEYRING_URL=url, MASTER_KEY=new, MASTER_KEY_OLD=old)
    assert second.stdout == "1 keys wrapped anew\n"
    third = deployment.flask("keys", "rotate", KEYRING_URL=url, MASTER_KEY=new)
    assert (third.returncode, third.stdout) == (2, "0 keys wrapped anew\n")

    late = Keyring()
    late.open(url, master_key_of(new))
    assert late.key("test:a", "fields") == key
    late.check_master()
    stranger = Keyring()
    stranger.open(url, master_key_of(old))
    with pytest.raises(WrongMasterKey):
        stranger.check_master()
    for each in (ring, late, stranger):
        each.close()
