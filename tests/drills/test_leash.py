"""A benchmark or a drill that is killed takes its servers with it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.launcher.support import ROOT, eventually, processes_in

PROGRAM = """
import sys
from bench.stage import serving, stage, working
with stage(durable=False) as on, serving(on) as origin, working(on):
    print(on.folder, flush=True)
    sys.stdin.read()
"""


def living_in(folder: str) -> list[str]:
    """The processes that know the folder by their environment, besides those that name it outright."""
    found = processes_in(Path(folder))
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and folder.encode() in (process / "environ").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found


@pytest.mark.slow
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda blow: blow.name)
def test_nothing_outlives_a_benchmark_however_it_ends(blow: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as bench:
        assert bench.stdout
        folder = bench.stdout.readline().strip()
        assert len(living_in(folder)) > 6
        os.kill(bench.pid, blow)
        bench.wait(30)
    assert eventually(lambda: not living_in(folder), 20), living_in(folder)
