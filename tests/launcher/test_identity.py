"""PostgreSQL runs whoever starts it: root, in a namespace or dropping its rights, or a normal user."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import identity
from tests.launcher.support import environment, eventually, processes_in, user_of

pytestmark = pytest.mark.slow
NOBODY = identity.NOBODY
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="these are about what root does")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder anybody can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="launcher-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def runnable_python() -> str | None:
    """Return an interpreter that a normal user can run; root's own may lie under its closed home."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            probe = subprocess.run(
                [python, "-c", "import ctypes, launcher.keeper"],
                user=NOBODY, group=NOBODY, extra_groups=[], env=environment(), capture_output=True, check=False,
            )  # fmt: skip
        except OSError:
            continue
        if probe.returncode == 0:
            return python
    return None


def test_a_normal_user_runs_the_servers_as_themselves(open_folder: Path) -> None:
    data = open_folder / "data"
    if os.geteuid() != 0:
        with user_of(data) as (_, addresses):
            assert len(addresses) == 3
    elif python := runnable_python():
        data.mkdir()
        os.chown(data, NOBODY, NOBODY)
        with user_of(data, python=python, user=NOBODY, group=NOBODY) as (_, addresses):
            assert len(addresses) == 3, addresses
        assert (data / "postgres/cluster").stat().st_uid == NOBODY
    else:
        inside = identity.Identity("namespace", NOBODY, NOBODY).wrap([], 9)
        with user_of(data, wrapper=tuple(inside)) as (_, addresses):
            assert len(addresses) == 3, addresses
    assert eventually(lambda: not processes_in(data))


@as_root
def test_a_normal_user_without_rights_is_told_so_in_one_line(open_folder: Path) -> None:
    data = open_folder / "data"
    data.mkdir(mode=0o755)
    python = runnable_python()
    assert python, "no interpreter that a normal user can run"
    with user_of(data, python=python, user=NOBODY, group=NOBODY) as (process, words):
        assert "cannot be used: Permission denied." in " ".join(words)
    assert process.returncode == 1


@as_root
def test_where_namespaces_are_refused_root_drops_to_another_uid(open_folder: Path) -> None:
    chosen = identity.choose(open_folder, namespaces=False)
    assert chosen == identity.Identity("drop", NOBODY, NOBODY)
    chosen.take_over(open_folder)
    shown = subprocess.run(
        chosen.wrap(["/usr/bin/id", "-u"], 9), cwd=open_folder, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == str(NOBODY)


@as_root
def test_a_folder_out_of_reach_is_named_in_one_line(tmp_path: Path) -> None:
    dropped = identity.Identity("drop", NOBODY, NOBODY)
    tmp_path.chmod(0o700)
    shown = subprocess.run(dropped.wrap(["/usr/bin/id"], 9), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert shown.returncode == identity.REFUSED
    assert shown.stderr == f"error: {tmp_path} is out of reach of uid {NOBODY}, as which PostgreSQL has to run\n"


@as_root
def test_servers_start_for_an_owner_when_root_starts_them(open_folder: Path) -> None:
    home = open_folder / "data" / "postgres"
    home.mkdir(parents=True)
    os.chown(home, NOBODY, NOBODY)
    with user_of(open_folder / "data") as (_, addresses):
        assert len(addresses) == 3, addresses
        assert (home / "cluster").stat().st_uid == NOBODY
    assert eventually(lambda: not processes_in(open_folder))
