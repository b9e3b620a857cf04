"""What a cell gives: a value, a doubt, or a problem in words."""

from dataclasses import dataclass, field
from typing import Any

ERROR, WARNING, NOTE = "error", "warning", "note"


class BadCell(ValueError):
    """A cell that cannot be read; `message` is marked with N_, `values` fill its placeholders."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values


@dataclass(slots=True)
class Problems:
    """The problems of one row, in the order of its fields."""

    found: list[dict[str, Any]] = field(default_factory=list)

    def add(self, level: str, name: str, message: str, **values: object) -> None:
        """One problem of one field."""
        entry = {"field": name, "message": message, "values": values, "level": level}
        if entry not in self.found:
            self.found.append(entry)

    @property
    def has_errors(self) -> bool:
        """Whether the row cannot be taken as it is."""
        return any(problem["level"] == ERROR for problem in self.found)


def shortened(text: str, longest: int = 40) -> str:
    """A cell as a message quotes it."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
