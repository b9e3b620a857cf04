"""What a build has done so far, so that one which was interrupted goes on where it stopped.

It goes on only within ten minutes, on the same day, and while nobody on staff has done anything: whatever staff
withdraw, hide or correct is audited, and then every page is asked for anew.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from campaign.mirror.manifest import JOURNAL
from campaign.mirror.pages import Outcome

LASTS_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Start:
    """Under what a build began."""

    site: str
    place: str
    day: str
    audited: int
    """How many entries the audit trail had."""
    at: float
    """Seconds since 1970."""

    def fits(self, other: "Start") -> bool:
        """Whether a build that began under `other` goes on under this."""
        same = (self.site, self.place, self.day, self.audited) == (other.site, other.place, other.day, other.audited)
        return same and 0 <= self.at - other.at < LASTS_SECONDS


class Journal:
    """One file beside the mirror while it is being built."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL

    def begin(self, start: Start) -> list[Outcome]:
        """What was done already; the journal begins anew where that counts no longer."""
        lines = self._read()
        first = next(lines, None)
        if first is not None and start.fits(Start(**first)):
            return [Outcome.read(line) for line in lines]
        self._path.write_text(json.dumps(asdict(start)) + "\n")
        return []

    def note(self, outcomes: list[Outcome]) -> None:
        """Write down what was done."""
        with self._path.open("a") as file:
            file.writelines(json.dumps(each.told()) + "\n" for each in outcomes)

    def end(self) -> None:
        """The mirror is whole."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> Iterator[dict[str, Any]]:
        if not self._path.exists():
            return
        with self._path.open() as file:
            for line in file:
                try:
                    yield json.loads(line)
                except ValueError:
                    # The last line of a build that was killed while it wrote.
                    return
