"""Says whether two runs were asked the same."""

import hashlib
from collections.abc import Iterable

from campaign.penpals.matching.problem import Problem


def input_digest(problem: Problem) -> str:
    """SHA-256 over all that a run knows: with the same settings and seed, the same digest gives the same proposal."""
    found = hashlib.sha256(problem.level.value.encode())
    parts: tuple[Iterable[object], ...] = (
        problem.helpers, problem.recipients, problem.running, problem.pins, problem.blocked,
    )  # fmt: skip
    for part in parts:
        found.update(b"\x1e")
        for each in part:
            # One line at a time: the text of a hundred thousand writers at once would be fifty megabytes.
            found.update(repr(each).encode())
            found.update(b"\x1f")
    return found.hexdigest()
