"""Who can be recognised in a letter: the writer (L17) and others (L18)."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from campaign.letters.checker.context import Context
from campaign.letters.checker.findings import Finding, Severity
from campaign.letters.checker.folding import normal_form
from campaign.letters.checker.reading import Reading
from campaign.letters.checker.rulebook import Rule
from campaign.letters.checker.words import is_given_name, is_surname, lemmas_of

_BEFORE_NAMES = frozenset({"зовут", "я"})
_BEGINNING = 2
"""Letters by which words are passed over quickly."""


def find_writer(reading: Reading, rule: Rule, context: Context) -> Iterator[Finding]:
    """L17: a surname beside a first name where somebody signs, or what we know would give this writer away."""
    for first, last in _where_one_names_oneself(reading):
        name, surname = reading.words[first], reading.words[last]
        pairs = ((name.read, surname.read), (surname.read, name.read))
        is_pair = name.is_title and surname.is_title and name.sentence == surname.sentence
        if is_pair and any(is_given_name(given) and is_surname(family) for given, family in pairs):
            yield reading.finding(rule.id, rule.severity, reading.place_of(first, last))
    if context.author:
        yield from _find_names(reading, rule, context.author.own_words)


def _where_one_names_oneself(reading: Reading) -> Iterator[tuple[int, int]]:
    """Pairs among the last three words, and among the three after "my name is" or "I, ": patronymics stand between."""
    words = reading.words
    begins = {number + 1 for number, word in enumerate(words) if word.read in _BEFORE_NAMES} | {max(0, len(words) - 3)}
    for begin in sorted(begins):
        here = range(begin, min(begin + 3, len(words)))
        yield from combinations(here, 2)


def at_risk(findings: Iterable[Finding], context: Context) -> Iterator[Finding]:
    """What is a warning for others is grave for somebody in Russia."""
    for each in findings:
        if context.author and context.author.is_at_risk:
            yield Finding(each.rule, Severity.BLOCK, each.start, each.end, each.advice, each.words)
        else:
            yield each


def find_others(reading: Reading, rule: Rule, context: Context) -> Iterator[Finding]:
    """L18: names that we know and that have no place in this letter, in any form of theirs."""
    yield from _find_names(reading, rule, context.other_names)


def _find_names(reading: Reading, rule: Rule, names: Iterable[str]) -> Iterator[Finding]:
    by_beginning: dict[str, list[list[frozenset[str]]]] = {}
    for name in names:
        parts = [lemmas_of(word) | {word} for word in normal_form(name).split()]
        for beginning in {form[:_BEGINNING] for form in parts[0]} if parts else ():
            by_beginning.setdefault(beginning, []).append(parts)
    for first, word in enumerate(reading.words if by_beginning else ()):
        for parts in by_beginning.get(word.read[:_BEGINNING], ()):
            here = reading.words[first : first + len(parts)]
            if len(here) == len(parts) and all(_same(each.read, part) for each, part in zip(here, parts, strict=True)):
                yield reading.finding(rule.id, rule.severity, reading.place_of(first, first + len(parts) - 1))
                break


def _same(word: str, forms: frozenset[str]) -> bool:
    return word in forms or not lemmas_of(word).isdisjoint(forms)
