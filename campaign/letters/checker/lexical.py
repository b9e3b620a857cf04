"""What rules find by their words, pairs of words and expressions."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from campaign.letters.checker.findings import Finding
from campaign.letters.checker.patterns import Hit
from campaign.letters.checker.reading import Reading
from campaign.letters.checker.rulebook import Group, Nearness, Rule

_LONGEST_HIT = 8
"""Words; an expression that is longer than that is not looked for before another."""


def find_words(reading: Reading, rule: Rule) -> Iterator[Finding]:
    """Every place that the lists of the rule name."""
    for group in rule.groups:
        hits = _hits_of(reading, group)
        if _count_different(reading, hits) >= group.at_least:
            for hit in hits:
                yield reading.finding(rule.id, group.severity, reading.place_of(hit.first, hit.last), group.advice)
        for expression in group.regexes:
            for found in expression.finditer(reading.folded.text):
                if found.end() > found.start():
                    place = reading.folded.place(*found.span())
                    yield reading.finding(rule.id, group.severity, place, group.advice)


def _hits_of(reading: Reading, group: Group) -> list[Hit]:
    hits = group.search.find(reading.marked)
    for nearness in group.near:
        hits += _near(reading, nearness)
    if not hits:
        return hits
    harmless = {
        number
        for hit in group.unless.find(reading.marked)
        for number in range(hit.first, hit.last + 1)
    }  # fmt: skip
    hits = [hit for hit in hits if harmless.isdisjoint(range(hit.first, hit.last + 1))]
    told = _retold(reading, group)
    return [hit for hit in hits if not (hit.first in told and hit.last in told)]


def _retold(reading: Reading, group: Group) -> frozenset[int]:
    """Numbers of the words around a book, a film or a match, outside of sentences that speak to the reader."""
    if group.aside is None:
        return frozenset()
    words = reading.words
    around = {
        number
        for hit in group.aside.search.find(reading.marked)
        for number in range(max(0, hit.first - group.aside.within), min(len(words), hit.last + group.aside.within + 1))
    }
    spoken_to = {words[hit.first].sentence for hit in group.aside.addressing.find(reading.marked)} if around else set()
    return frozenset(number for number in around if words[number].sentence not in spoken_to)


def _near(reading: Reading, nearness: Nearness) -> list[Hit]:
    """Pairs in one sentence, in either order, as one hit from the one to the other."""
    firsts = nearness.first.find(reading.marked)
    seconds = nearness.second.find(reading.marked) if firsts else []
    begins = [hit.first for hit in seconds]
    pairs = []
    for one in firsts:
        # Only what begins close by is looked at: a text of one word ten thousand times must not take its square.
        window = seconds[
            bisect_left(begins, one.first - nearness.within - _LONGEST_HIT) : bisect_right(
                begins, one.last + nearness.within + 1
            )
        ]
        for other in window:
            between = max(one.first, other.first) - min(one.last, other.last) - 1
            if (
                one.first != other.first
                and 0 <= between <= nearness.within
                and reading.words[one.first].sentence == reading.words[other.first].sentence
            ):
                pairs.append(Hit(min(one.first, other.first), max(one.last, other.last)))
    return pairs


def _count_different(reading: Reading, hits: list[Hit]) -> int:
    return len({tuple(word.read for word in reading.words[hit.first : hit.last + 1]) for hit in hits})
