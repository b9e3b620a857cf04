"""The check itself: all rules over one text."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate

from campaign.letters.checker import addressee, parcel, people, script
from campaign.letters.checker.context import NOTHING_KNOWN, Context
from campaign.letters.checker.findings import Finding, Report, Severity
from campaign.letters.checker.lexical import find_words
from campaign.letters.checker.reading import Reading, read
from campaign.letters.checker.rulebook import Rule, Rulebook, current_rulebook

OFF = "off"
"""What a facility's adjustment says to silence a rule."""
LONGEST = 50_000
"""Characters that are looked at: twenty pages of an e-letter. Nobody's letter is longer; a paste is."""
_Finder = Callable[[Reading, Rule, Context], Iterable[Finding]]


def check(text: str, context: Context = NOTHING_KNOWN, rulebook: Rulebook | None = None) -> Report:
    """Find what would stop or harm this letter. Pure, and safe to call from many threads.

    Only the first LONGEST characters are looked at; when there are more, a finding says so and blocks.
    """
    rulebook = rulebook or current_rulebook()
    reading = read(text[:LONGEST], rulebook)
    by_rule = {
        rule.id: _merged(_find(reading, rule, context))
        for rule in rulebook.rules.values()
        if context.adjustments.get(rule.id) != OFF and addressee.concerns(rule, context)
    }
    found = [
        each
        for rule in rulebook.rules.values()
        for each in _adjusted(_standing(rule, by_rule), rule, context)
    ]  # fmt: skip
    if len(text) > LONGEST:
        found.append(Finding("L26", Severity.BLOCK, LONGEST, len(text), "L26.cut"))
    found.sort(key=lambda each: (each.start, each.end, each.rule, each.advice))
    return Report(tuple(found), rulebook.version)


def _find(reading: Reading, rule: Rule, context: Context) -> Iterator[Finding]:
    # The lists of L28 name what should be there, and it reads them itself.
    if rule.id != "L28":
        words = find_words(reading, rule)
        yield from people.at_risk(words, context) if rule.id == "L17" else words
    if rule.id in _BY_TEXT:
        yield from _BY_TEXT[rule.id](reading, rule, context)
    if rule.id in _BY_FACTS:
        yield from _BY_FACTS[rule.id](rule, context)


def _find_writer(reading: Reading, rule: Rule, context: Context) -> Iterator[Finding]:
    yield from people.at_risk(people.find_writer(reading, rule, context), context)


def _find_designated(reading: Reading, rule: Rule, context: Context) -> Iterator[Finding]:
    """L10: what the register found. Places beyond the text that is looked at are left out."""
    places = context.designated(reading.original) if callable(context.designated) else context.designated
    for start, end in places:
        if 0 <= start < end <= len(reading.original):
            yield reading.finding(rule.id, rule.severity, (start, end))


_BY_TEXT: dict[str, _Finder] = {
    "L01": script.find_other_languages,
    "L10": _find_designated,
    "L14": script.find_ciphers,
    "L15": script.find_foreign_words,
    "L17": _find_writer,
    "L18": people.find_others,
    "L26": parcel.find_length,
    "L28": parcel.find_bare_beginning,
}
_BY_FACTS: dict[str, Callable[[Rule, Context], Iterable[Finding]]] = {
    **dict.fromkeys(("L02", "L03", "L04", "L05", "L06"), addressee.find_addressee),
    "L27": parcel.find_bad_pictures,
    "L29": parcel.find_no_answer,
    "L30": parcel.find_translated,
    "L31": parcel.find_copies,
    "L32": parcel.find_late,
    "L33": addressee.find_minors,
    "L34": parcel.find_blank_paper,
    "L35": addressee.find_strict_profile,
}


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """Of places of one rule that overlap, the longest stays, with the gravest severity."""
    kept: list[Finding] = []
    for each in sorted(findings, key=lambda found: (found.start, -found.end, found.severity.rank)):
        last = kept[-1] if kept else None
        if last and each.start < last.end:
            gravest = min(last.severity, each.severity, key=lambda severity: severity.rank)
            kept[-1] = replace(last, severity=gravest)
        elif each not in kept[-1:]:
            kept.append(each)
    return kept


def _standing(rule: Rule, by_rule: Mapping[str, list[Finding]]) -> list[Finding]:
    """What a rule found, without places that a rule which knows better has found as well."""
    findings = by_rule.get(rule.id, [])
    taken = sorted((each.start, each.end) for other in rule.yields_to for each in by_rule.get(other, []))
    if not taken:
        return findings
    reaches = list(accumulate((end for _start, end in taken), max))
    starts = [start for start, _end in taken]

    def is_taken(each: Finding) -> bool:
        before = bisect_left(starts, each.end)
        return each.start < each.end and before > 0 and reaches[before - 1] > each.start

    return [each for each in findings if not is_taken(each)]


def _adjusted(findings: list[Finding], rule: Rule, context: Context) -> list[Finding]:
    """Graver where there are many; then whatever the facility is known for."""
    if rule.escalate_at and len(findings) >= rule.escalate_at:
        findings = [replace(each, severity=rule.escalate_to) for each in findings]
    if rule.id in context.adjustments:
        findings = [replace(each, severity=Severity(context.adjustments[rule.id])) for each in findings]
    return findings
