"""What a check gives: places in the text with a severity and an advice."""

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much stands in a letter's way."""

    BLOCK = "block"
    """It does not go on unless a moderator says why."""
    WARN = "warn"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _RANKS[self]


_RANKS = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place: characters of the original text from 0, end exclusive; (0, 0) when it is about the whole letter."""

    rule: str
    severity: Severity
    start: int
    end: int
    advice: str
    """Key of the wording, as "L26.cut"; `wording` in rulebook.py says it in a language."""
    words: str = field(default="", repr=False)
    """What was found. In memory only, and left out of repr: a traceback must not carry somebody's letter."""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings in the order of the text, and the version of the rules that found them."""

    findings: tuple[Finding, ...]
    rules_version: str

    @property
    def is_clean(self) -> bool:
        """Nothing was found; which promises nothing about the censor."""
        return not self.findings

    @property
    def is_blocked(self) -> bool:
        """Somebody has to mend the text or to say why it may go."""
        return any(each.severity is Severity.BLOCK for each in self.findings)

    @property
    def rules(self) -> frozenset[str]:
        """The rules that found something."""
        return frozenset(each.rule for each in self.findings)
