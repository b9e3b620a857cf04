"""Whether the letter can reach its reader, and whether it should: what is asked of the register, not of the text."""

import re
from collections.abc import Callable, Iterator

from campaign.letters.checker.context import Context, Placement, Recipient, Standing
from campaign.letters.checker.findings import Finding
from campaign.letters.checker.rulebook import Rule

_INDEX = re.compile(r"\d{6}")
_ARTICLE = re.compile(r"\d+(?:\.\d+)?")


def _lacks_name(person: Recipient) -> bool:
    has_patronymic = person.has_patronymic or person.goes_without_patronymic
    return not (person.has_surname and person.has_given_name and has_patronymic)


def _lacks_address(person: Recipient) -> bool:
    has_index = _INDEX.fullmatch(person.postal_index.replace(" ", "")) is not None
    return not (person.has_facility and has_index and person.is_address_fresh)


_ASKED: dict[str, Callable[[Recipient], bool]] = {
    "L02": _lacks_name,
    "L03": lambda person: person.birth_year is None,
    "L04": _lacks_address,
    "L05": lambda person: person.placement is not Placement.KNOWN,
    "L06": lambda person: person.standing is not Standing.HELD or not person.wants_letters,
}


def find_addressee(rule: Rule, context: Context) -> Iterator[Finding]:
    """L02 to L06: one finding about the whole letter, if the rule holds."""
    person = context.recipient
    if person is None or not _ASKED[rule.id](person):
        return
    # Whoever is free or on the way has no address that could be stale.
    if rule.id == "L04" and (person.placement is not Placement.KNOWN or person.standing is not Standing.HELD):
        return
    yield about_all(rule)


def find_minors(rule: Rule, context: Context) -> Iterator[Finding]:
    """L33: somebody is under 18."""
    if (context.recipient and context.recipient.is_minor) or (context.author and context.author.is_minor):
        yield about_all(rule)


def find_strict_profile(rule: Rule, context: Context) -> Iterator[Finding]:
    """L35: the charge asks for stricter lists; where they found something is told beside."""
    yield about_all(rule)


def concerns(rule: Rule, context: Context) -> bool:
    """Whether the rule holds for whoever the letter is for."""
    if not rule.articles:
        return True
    charged = context.recipient.articles if context.recipient else frozenset()
    return any((found := _ARTICLE.match(each)) and found.group() in rule.articles for each in charged)


def about_all(rule: Rule, advice: str = "") -> Finding:
    """A finding that has no place in the text."""
    return Finding(rule.id, rule.severity, 0, 0, f"{rule.id}.{advice}" if advice else rule.id)
