"""What was measured, beside its limit: on the screen, as JSON, and as a table for the documentation."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")
PAGE = RESULTS.parents[1] / "docs" / "performance.md"
"""Holds the table of a benchmark between `<!-- name -->` and `<!-- /name -->`; of some it tells in words alone."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One comparison, or (without a limit) one figure worth knowing."""

    name: str
    ours: float
    beside: float | None = None
    limit: float | None = None
    unit: str = "/s"
    rounds: dict[str, list[float]] = field(default_factory=dict)
    steal: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours divided by what stands beside it."""
        return self.ours / self.beside if self.beside else None

    @property
    def missed(self) -> bool:
        """Whether the limit was not reached."""
        return self.limit is not None and (self.ratio is None or self.ratio < self.limit)


def compare(
    name: str,
    ours: Sequence[float],
    beside: Sequence[float],
    *,
    limit: float | None,
    steal: Sequence[float] = (),
    unit: str = "/s",
    note: str = "",
) -> Measure:
    """The medians of two series that were measured in turns."""
    rounds = {"ours": [round(each, 1) for each in ours], "beside": [round(each, 1) for each in beside]}
    return Measure(
        name, statistics.median(ours), statistics.median(beside), limit, unit, rounds, list(steal), note
    )  # fmt: skip


def table(measures: Sequence[Measure]) -> str:
    """All of it as a Markdown table."""
    lines = [
        "| measured | ours | beside it | ratio | limit | steal % | |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for each in measures:
        cells = [
            each.name,
            f"{_number(each.ours)}{each.unit}",
            f"{_number(each.beside)}{each.unit}" if each.beside is not None else "",
            f"{each.ratio:.2f}" if each.ratio is not None else "",
            f"{each.limit:g}" if each.limit is not None else "",
            f"{max(each.steal):g}" if each.steal else "",
            " ".join(filter(None, ["**missed**" if each.missed else "", each.note])),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def write(name: str, measures: Sequence[Measure]) -> None:
    """Store one benchmark's results, and show them on the page about performance."""
    store(name, {"measures": [_as_json(each) for each in measures]}, table(measures))
    show(name)


def show(name: str) -> None:
    """Bring the table on the page up to what is stored."""
    facts = json.loads((RESULTS / f"{name}.json").read_text())
    shown = f"Measured on {facts['measured_on']}.\n\n{(RESULTS / f'{name}.md').read_text()}"
    before, begin, rest = PAGE.read_text().partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->\n")
    if begin and end:
        _replace(PAGE, before + begin + shown + end + after)


def store(name: str, content: dict[str, Any], text: str) -> None:
    """Write results/<name>.json and results/<name>.md, each whole or not at all."""
    RESULTS.mkdir(exist_ok=True)
    facts = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    _replace(RESULTS / f"{name}.json", json.dumps({**facts, **content}, indent=1) + "\n")
    _replace(RESULTS / f"{name}.md", text)


def _replace(path: Path, text: str) -> None:
    draft = path.with_suffix(".tmp")
    draft.write_text(text)
    draft.replace(path)


def _as_json(measure: Measure) -> dict[str, Any]:
    ratio = round(measure.ratio, 3) if measure.ratio is not None else None
    return {**asdict(measure), "ratio": ratio, "missed": measure.missed}


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
