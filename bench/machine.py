"""What the machine itself did meanwhile: without it no figure can be believed."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

STEAL = 7  # position of "steal" in the first line of /proc/stat
PROGRAMS = {"wrk": "wrk", "smtp-sink": "postfix"}


class MissingProgram(Exception):
    """A program that makes or takes the load is not installed; the message says which, and its Debian package."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Processor time since the start of the machine."""

    total: int
    steal: int
    idle: int

    @classmethod
    def now(cls) -> "Ticks":
        """Read the counters."""
        values = [int(text) for text in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
        return cls(sum(values[:8]), values[STEAL], values[3] + values[4])

    def steal_since(self, earlier: "Ticks") -> float:
        """The share of processor time that other guests of the same hardware took, in percent."""
        return round(100 * (self.steal - earlier.steal) / max(self.total - earlier.total, 1), 1)


def program(name: str) -> str:
    """The path of a program that is needed; raises MissingProgram."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise MissingProgram(f"{name} is missing; install it (Debian: apt-get install {PROGRAMS.get(name, name)})")
    return found
