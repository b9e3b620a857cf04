"""A text in pieces, with what the checker found in their places."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from campaign.letters.checker.findings import Finding, Report, Severity
from campaign.letters.checker.rulebook import wording


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: plain, or with the numbers of the findings that lie there."""

    text: str
    numbers: Sequence[int] = ()
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """One advice, with every place where it is meant."""

    number: int
    rule: str
    severity: Severity
    words: Sequence[str]
    """What was found, each once; empty where it is about the whole letter."""
    advice: str
    key: str
    """Of the advice, for programs."""


MOST_WORDS = 6


def remarks_of(report: Report, text: str, language: str) -> list[Remark]:
    """The advices, the gravest first, each once; numbers are those of the pieces."""
    grouped: dict[tuple[str, Severity, str], list[str]] = {}
    for finding in sorted(report.findings, key=lambda each: (each.severity.rank, each.start, each.rule)):
        words = grouped.setdefault((finding.rule, finding.severity, finding.advice), [])
        found = " ".join(text[finding.start : finding.end].split())
        if found and found not in words and len(words) < MOST_WORDS:
            words.append(found if len(found) <= 60 else f"{found[:57]}…")
    return [
        Remark(number, rule, severity, words, wording(advice, language), advice)
        for number, ((rule, severity, advice), words) in enumerate(grouped.items(), 1)
    ]


def pieces_of(report: Report, text: str, remarks: Sequence[Remark]) -> list[Piece]:
    """The whole text in order; places that overlap become pieces with several numbers."""
    places = [each for each in report.findings if each.end > each.start]
    number = {(each.rule, each.severity, each.key): each.number for each in remarks}
    edges = sorted({0, len(text), *(place.start for place in places), *(min(p.end, len(text)) for p in places)})
    pieces = []
    for start, end in pairwise(edges):
        here = [place for place in places if place.start <= start and end <= place.end]
        pieces.append(_piece(text[start:end], here, number))
    return pieces


def _piece(text: str, here: Sequence[Finding], number: dict[tuple[str, Severity, str], int]) -> Piece:
    numbers = sorted({number[each.rule, each.severity, each.advice] for each in here})
    gravest = min((each.severity for each in here), key=lambda severity: severity.rank, default=None)
    return Piece(text, numbers, gravest.value if gravest else "")
