"""The open vault: two persons, fifteen minutes, one process that holds the key for all others of this machine."""

import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from campaign.kernel.crypto.errors import SealBroken
from campaign.kernel.crypto.vault import new_vault_pair, seal_to_vault
from campaign.kernel.crypto.vault_door import (
    OPEN_SECONDS,
    Box,
    NoVault,
    SamePerson,
    VaultClosed,
    VaultDoor,
    WrongVaultKey,
)

PAIR = new_vault_pair()
FIRST, SECOND = uuid.uuid4(), uuid.uuid4()
ROW = uuid.uuid4()


def box(text="a made-up mother", *, row=ROW, column="details_sealed"):
    sealed = seal_to_vault(PAIR.public, text, table="prisoner_relative", column="details_sealed", row=ROW)
    return Box("prisoner_relative", column, row, sealed)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def doors(tmp_path, clock):
    """Two processes' doors of one installation, in a folder deeper than a socket's name may be long."""
    folder = tmp_path / ("deep" * 20) / ("er" * 40)
    folder.mkdir(parents=True)
    both = [VaultDoor(monotonic=clock), VaultDoor(monotonic=clock)]
    for door in both:
        door.configure(folder, PAIR.public.hex())
    yield both
    for door in both:
        door.stop()


def test_two_persons_open_it_and_every_process_reads(doors):
    one, other = doors
    assert one.load(FIRST, PAIR.private).is_waiting
    assert other.state().first == FIRST
    with pytest.raises(VaultClosed):
        other.open_boxes([box()])
    assert other.load(SECOND, PAIR.private).is_open
    assert one.open_boxes([box(), box("a made-up aunt")]) == ["a made-up mother", "a made-up aunt"]
    assert other.open_boxes([box()]) == ["a made-up mother"]


def test_one_person_is_not_two(doors):
    one, other = doors
    one.load(FIRST, PAIR.private)
    with pytest.raises(SamePerson):
        other.load(FIRST, PAIR.private)
    assert not one.state().is_open


def test_another_key_opens_nothing(doors):
    one, _other = doors
    one.load(FIRST, PAIR.private)
    for wrong in (new_vault_pair().private, b"short"):
        with pytest.raises(WrongVaultKey):
            one.load(SECOND, wrong)
    assert not one.state().is_open


def test_it_closes_by_itself(doors, clock):
    one, other = doors
    one.load(FIRST, PAIR.private)
    clock.now = OPEN_SECONDS - 1
    assert other.load(SECOND, PAIR.private).seconds_left == OPEN_SECONDS
    clock.now += OPEN_SECONDS
    assert one.state().first is None
    with pytest.raises(VaultClosed):
        one.open_boxes([box()])


def test_a_first_person_alone_is_forgotten_too(doors, clock):
    one, other = doors
    one.load(FIRST, PAIR.private)
    clock.now = OPEN_SECONDS
    assert other.load(SECOND, PAIR.private).is_waiting


def test_it_can_be_closed_from_anywhere(doors):
    one, other = doors
    one.load(FIRST, PAIR.private)
    one.load(SECOND, PAIR.private)
    assert other.close()
    assert not other.close()
    assert one.state().first is None


def test_it_closes_when_the_process_that_holds_the_key_ends(doors):
    one, other = doors
    one.load(FIRST, PAIR.private)
    one.load(SECOND, PAIR.private)
    one.stop()
    assert other.state().first is None
    assert other.load(FIRST, PAIR.private).is_waiting


def test_what_was_sealed_for_another_place_does_not_open(doors):
    one, _other = doors
    one.load(FIRST, PAIR.private)
    one.load(SECOND, PAIR.private)
    for moved in (box(row=uuid.uuid4()), box(column="another")):
        with pytest.raises(SealBroken):
            one.open_boxes([moved])


def test_without_a_key_of_its_own_nothing_can_be_sealed(tmp_path):
    door = VaultDoor()
    door.configure(tmp_path, None)
    with pytest.raises(NoVault):
        door.load(FIRST, PAIR.private)
    assert door.state().first is None


@pytest.mark.slow
def test_a_killed_process_leaves_no_open_vault(tmp_path):
    program = (
        "import sys, uuid, pathlib, time\n"
        "from campaign.kernel.crypto.vault_door import VaultDoor\n"
        "door = VaultDoor(); door.configure(pathlib.Path(sys.argv[1]), sys.argv[2])\n"
        "for _ in range(2): door.load(uuid.uuid4(), bytes.fromhex(sys.argv[3]))\n"
        "print('open', flush=True); time.sleep(60)\n"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path), PAIR.public.hex(), PAIR.private.hex()]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout.readline() == b"open\n"
        door = VaultDoor()
        door.configure(tmp_path, PAIR.public.hex())
        assert door.open_boxes([box()]) == ["a made-up mother"]
        assert (tmp_path / "vault.sock").stat().st_mode & 0o077 == 0
        process.kill()
    assert door.state().first is None
    assert door.load(FIRST, PAIR.private).is_waiting
    door.stop()
