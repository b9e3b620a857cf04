"""A drill in a process of its own: each has an application of its own, and a process has one keyring."""

from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from bench.drills.outcome import Outcome


def run_alone(name: str, *arguments: Any) -> list[Outcome]:
    """Run a drill beside this process and wait for what it came to."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run_here, name, arguments).result()


def _run_here(name: str, arguments: tuple[Any, ...]) -> list[Outcome]:
    found: list[Outcome] = import_module(f"bench.drills.{name}").run(*arguments)
    return found
