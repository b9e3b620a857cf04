"""A drill in a process of its own: each has an application of its own, and a process has one keyring."""

import ctypes
import signal
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from bench.drills.outcome import Outcome

PR_SET_PDEATHSIG = 1


def run_alone(name: str, *arguments: Any) -> list[Outcome]:
    """Run a drill beside this process and wait for what it came to."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run_here, name, arguments).result()


def _run_here(name: str, arguments: tuple[Any, ...]) -> list[Outcome]:
    # Whoever kills the drills means this one too; what it started then follows on its leash.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    found: list[Outcome] = import_module(f"bench.drills.{name}").run(*arguments)
    return found
