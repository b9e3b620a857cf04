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
    skipped: str = ""
    """Why this machine cannot make the fault; nothing was found out then, good or bad."""

    @property
    def broken(self) -> bool:
        """Whether the promise was seen to be broken."""
        return not self.held and not self.skipped

    @property
    def verdict(self) -> str:
        """The answer in a word."""
        return f"skipped: {self.skipped}" if self.skipped else "yes" if self.held else "**no**"


def skipped(fault: str, promise: str, why: str) -> Outcome:
    """The outcome of a fault that could not be made here."""
    return Outcome(fault, promise, held=False, skipped=why)


def table(outcomes: Sequence[Outcome]) -> str:
    """All of it as a Markdown table."""
    lines = ["| fault | promised | held | figures |", "|---|---|---|---|"]
    for each in outcomes:
        figures = ", ".join(f"{name} {value}" for name, value in each.figures.items())
        lines.append(f"| {each.fault} | {each.promise} | {each.verdict} | {figures} |")
    return "\n".join(lines) + "\n"
