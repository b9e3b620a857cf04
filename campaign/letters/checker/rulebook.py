"""The rules as they are written in campaign/letters/data/rules, read once and made ready."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from campaign.letters.checker.findings import Severity
from campaign.letters.checker.patterns import Search, Vocabulary
from campaign.letters.checker.words import Word, lemmas_of

RULES = Path(__file__).parents[1] / "data" / "rules"
LANGUAGES = ("en", "ru", "de")
_VERSION = "version.yaml"
_RULE_KEYS = {"id", "name", "severity", "escalate", "source", "advice", "words", "near", "except", "regex", "at_least",
              "groups", "articles", "settings", "yields_to", "except_nearby"}  # fmt: skip
_GROUP_KEYS = {"words", "near", "except", "regex", "at_least", "severity", "advice"}


@dataclass(frozen=True, slots=True)
class Nearness:
    """Two things that mean something only close to each other."""

    first: Search
    second: Search
    within: int
    """Words between them, at most."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Words that show that somebody retells a book or a match, for so many words around, in any sentence."""

    search: Search
    within: int
    addressing: Search
    """A sentence that speaks to the reader is meant all the same."""


@dataclass(frozen=True, slots=True)
class Group:
    """What is looked for together."""

    search: Search
    near: tuple[Nearness, ...]
    unless: Search
    """A hit that lies in one of these is none: "атмосферный фронт"."""
    aside: Aside | None
    regexes: tuple[re.Pattern[str], ...]
    at_least: int
    """Different words that have to be there before any of them counts."""
    severity: Severity
    advice: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    id: str
    name: str
    severity: Severity
    escalate_at: int
    """From so many places on ..."""
    escalate_to: Severity
    """... it is this grave; 0: never."""
    sources: tuple[str, ...]
    groups: tuple[Group, ...]
    yields_to: frozenset[str]
    """Where one of these found something, it says nothing about the same words."""
    articles: frozenset[str]
    """It counts only for people who are charged under these; empty: for everybody."""
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules of one version."""

    version: str
    rules: Mapping[str, Rule]
    wordings: Mapping[str, Mapping[str, str]]
    """By key ("L26.cut") and language."""
    terms_of: Callable[[Word], frozenset[str]]
    lemmas: frozenset[str]

    def unknown_lemmas(self) -> list[str]:
        """Words of the lists that are no dictionary form of themselves, and that nothing would ever meet."""
        return sorted(each for each in self.lemmas if each not in lemmas_of(each))

    def wording(self, advice: str, language: str) -> str:
        """The advice in a language; English where there is none."""
        texts = self.wordings[advice]
        return texts.get(language, texts["en"])


class BadRules(ValueError):
    """The rules contradict themselves or are misspelt."""


@lru_cache(maxsize=1)
def current_rulebook() -> Rulebook:
    """The rules that came with this version of the program."""
    return read_rulebook(RULES)


def wording(advice: str, language: str) -> str:
    """What to tell somebody, in one or two sentences."""
    return current_rulebook().wording(advice, language)


def read_rulebook(folder: Path) -> Rulebook:
    """Read all files of a folder. Raises BadRules."""
    vocabulary = Vocabulary()
    written = [
        each for path in sorted(folder.glob("*.yaml")) if path.name != _VERSION for each in _load(path)
    ]  # fmt: skip
    rules: dict[str, Rule] = {}
    wordings: dict[str, Mapping[str, str]] = {}
    for each in written:
        try:
            rule = _read_rule(each, vocabulary)
        except (KeyError, ValueError, re.error) as problem:
            raise BadRules(f"{each.get('id')}: {problem}") from problem
        if rule.id in rules:
            raise BadRules(f"{rule.id} is written twice")
        rules[rule.id] = rule
        wordings |= _read_advice(rule.id, each["advice"])
    _check_advice(rules.values(), wordings)
    rules = dict(sorted(rules.items()))
    return Rulebook(
        str(_load(folder / _VERSION)["version"]), rules, wordings, vocabulary.reader(), frozenset(vocabulary.lemmas)
    )


def _load(path: Path) -> Any:
    # Imported here: every process imports this module, and hardly any reads the rules.
    import yaml

    return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


def _read_rule(written: Mapping[str, Any], vocabulary: Vocabulary) -> Rule:
    _check_keys(written, _RULE_KEYS)
    severity = Severity(written["severity"])
    escalate = written.get("escalate", {"count": 0, "to": severity})
    own = {key: written[key] for key in ("words", "near", "regex", "at_least") if key in written}
    unless = written.get("except", [])
    groups = ([own] if own else []) + written.get("groups", [])
    aside = _read_aside(written["except_nearby"], vocabulary) if "except_nearby" in written else None
    return Rule(
        id=written["id"],
        name=written["name"],
        severity=severity,
        escalate_at=escalate["count"],
        escalate_to=Severity(escalate["to"]),
        sources=tuple(written["source"]),
        groups=tuple(_read_group(each, written["id"], severity, unless, aside, vocabulary) for each in groups),
        yields_to=frozenset(written.get("yields_to", ())),
        articles=frozenset(map(str, written.get("articles", ()))),
        settings=written.get("settings", {}),
    )


def _read_group(
    written: Mapping[str, Any],
    rule: str,
    severity: Severity,
    unless: list[str],
    aside: Aside | None,
    vocabulary: Vocabulary,
) -> Group:
    _check_keys(written, _GROUP_KEYS)
    search = _searcher(vocabulary)
    advice = written.get("advice")
    return Group(
        search=search(written.get("words", [])),
        near=tuple(
            Nearness(search(each["first"]), search(each["second"]), each["within"]) for each in written.get("near", [])
        ),
        unless=search([*unless, *written.get("except", [])]),
        aside=aside,
        regexes=tuple(re.compile(each) for each in written.get("regex", [])),
        at_least=written.get("at_least", 1),
        severity=Severity(written.get("severity", severity)),
        advice=f"{rule}.{advice}" if advice else rule,
    )


def _read_aside(written: Mapping[str, Any], vocabulary: Vocabulary) -> Aside:
    search = _searcher(vocabulary)
    return Aside(search(written["words"]), written["within"], search(written["addressing"]))


def _searcher(vocabulary: Vocabulary) -> Callable[[Iterable[str]], Search]:
    return lambda patterns: Search([vocabulary.parse(each) for each in patterns])


def _check_keys(written: Mapping[str, Any], allowed: set[str]) -> None:
    if unknown := set(written) - allowed:
        raise ValueError(f"nobody knows {', '.join(sorted(unknown))}")


def _read_advice(rule: str, written: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Either one text in each language, or several by key; "default" is the rule's own."""
    if set(written) == set(LANGUAGES):
        return {rule: written}
    return {rule if key == "default" else f"{rule}.{key}": texts for key, texts in written.items()}


def _check_advice(rules: Iterable[Rule], wordings: Mapping[str, Mapping[str, str]]) -> None:
    for key, texts in wordings.items():
        if set(texts) != set(LANGUAGES):
            raise BadRules(f"{key}: a wording is missing in {', '.join(set(LANGUAGES) - set(texts))}")
    for rule in rules:
        for group in rule.groups:
            if group.advice not in wordings:
                raise BadRules(f"{group.advice}: there is no such advice")
