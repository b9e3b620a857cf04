"""A text made ready to be looked at by all rules."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.letters.checker.findings import Finding, Severity
from campaign.letters.checker.folding import Folded, fold
from campaign.letters.checker.patterns import Marked, mark
from campaign.letters.checker.rulebook import Rulebook
from campaign.letters.checker.words import Word, split_words


@dataclass(frozen=True, slots=True)
class Reading:
    """The original, how it reads, and its words with the terms of the rules that they meet."""

    original: str
    folded: Folded
    marked: Marked

    @property
    def words(self) -> Sequence[Word]:
        """All words, in order."""
        return self.marked.words

    def place_of(self, first: int, last: int) -> tuple[int, int]:
        """Where words from `first` to `last` stand in the original."""
        return self.folded.place(self.words[first].start, self.words[last].end)

    def finding(self, rule: str, severity: Severity, place: tuple[int, int], advice: str = "") -> Finding:
        """A finding at a place of the original."""
        start, end = place
        return Finding(rule, severity, start, end, advice or rule, self.original[start:end])


def read(text: str, rulebook: Rulebook) -> Reading:
    """Fold the text and look its words up."""
    folded = fold(text)
    return Reading(text, folded, mark(split_words(folded, text), rulebook.terms_of))
