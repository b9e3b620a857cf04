"""What a drill came to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fault: what was done, what came of it, and whether that is what was promised."""

    fault: str
    promise: str
    held: bool
    figures: dict[str, Any] = field(default_factory=dict)


def table(outcomes: Sequence[Outcome]) -> str:
    """All of it as a Markdown table."""
    lines = ["| fault | promised | held | figures |", "|---|---|---|---|"]
    for each in outcomes:
        figures = ", ".join(f"{name} {value}" for name, value in each.figures.items())
        lines.append(f"| {each.fault} | {each.promise} | {'yes' if each.held else '**no**'} | {figures} |")
    return "\n".join(lines) + "\n"
