"""The corpus of fictional letters, and how well the rules do on it.

`python -m tests.letters.checker.corpus_table` writes the tables into docs/letters.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from campaign.letters.checker.check import check
from campaign.letters.checker.context import Author, Channel, Context, Letter, Picture, Recipient
from campaign.letters.checker.rulebook import current_rulebook

CORPUS = Path(__file__).with_name("corpus")
HELD_OUT = "held_out"
DOCUMENT = Path(__file__).parents[3] / "docs" / "letters.md"
BEGIN, END = "<!-- table of the corpus: written by a command -->\n", "<!-- end of the table -->\n"
FEW = 5
"""Letters below which a rule's own figure says little."""


@dataclass(frozen=True, slots=True)
class Example:
    """A letter and the rules that should find something in it."""

    theme: str
    text: str
    expected: frozenset[str]
    context: Context


@dataclass(slots=True)
class Score:
    """Letters in which a rule found something and should have, and the two ways of being wrong."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    letters: list[str] = field(default_factory=list, repr=False)

    @property
    def precision(self) -> float:
        """Of what it found, the part that should be found; 1 when it found nothing."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of what should be found, the part that it found; 1 when there is nothing."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def positives(self) -> int:
        """Letters in which it should find something."""
        return self.right + self.missed


def read_corpus() -> list[Example]:
    """All letters, the held-out ones among them."""
    return [
        Example(path.stem, each["text"], frozenset(each["expect"]), _context(each["text"], each.get("context", {})))
        for path in sorted(CORPUS.glob("*.yaml"))
        for each in yaml.safe_load(path.read_text())
    ]


def _context(text: str, given: Mapping[str, Any]) -> Context:
    """What the example says is known; a person with a good address unless it says otherwise."""
    known: dict[str, Any] = {}
    if "recipient" in given:
        person = {"birth_year": 1980, "postal_index": "123456"} | given["recipient"]
        for key in ("articles", "languages"):
            person[key] = frozenset(person.get(key, ()))
        known["recipient"] = Recipient(**person)
    if "channel" in given:
        known["channel"] = Channel(**({"page_characters": 2500, "most_pages": 10} | given["channel"]))
    if "letter" in given:
        known["letter"] = Letter(**given["letter"])
    if "author" in given:
        known["author"] = Author(**given["author"])
    known["pictures"] = tuple(Picture(**each) for each in given.get("pictures", ()))
    known["other_names"] = frozenset(given.get("other_names", ()))
    known["designated"] = [(text.index(each), text.index(each) + len(each)) for each in given.get("designated", ())]
    return Context(**known)


def score(examples: Iterable[Example]) -> dict[str, Score]:
    """By rule."""
    scores = {rule: Score() for rule in current_rulebook().rules}
    for example in examples:
        found = check(example.text, example.context).rules
        for rule in found & example.expected:
            scores[rule].right += 1
        for rule in found - example.expected:
            scores[rule].wrong += 1
            scores[rule].letters.append(f"wrong in {example.theme}: {example.text[:60]}")
        for rule in example.expected - found:
            scores[rule].missed += 1
            scores[rule].letters.append(f"missed in {example.theme}: {example.text[:60]}")
    return scores


def overall(scores: Mapping[str, Score]) -> Score:
    """All rules as one."""
    return Score(
        sum(each.right for each in scores.values()),
        sum(each.wrong for each in scores.values()),
        sum(each.missed for each in scores.values()),
    )


def clean_part(examples: Sequence[Example]) -> tuple[int, int]:
    """Harmless letters without any finding, and all harmless letters."""
    harmless = [example for example in examples if not example.expected]
    return sum(check(example.text, example.context).is_clean for example in harmless), len(harmless)


def tables() -> str:
    """What stands in the documentation."""
    examples = read_corpus()
    parts = {
        "Letters that the rules were tuned on": [each for each in examples if each.theme != HELD_OUT],
        "Letters held out": [each for each in examples if each.theme == HELD_OUT],
    }
    return f"Rules of version {current_rulebook().version}.\n\n" + "\n".join(
        _table(title, part) for title, part in parts.items()
    )


def _table(title: str, examples: Sequence[Example]) -> str:
    scores = score(examples)
    clean, harmless = clean_part(examples)
    lines = [
        f"### {title}: {len(examples)}, of them {harmless} harmless",
        "",
        f"Without any finding: {clean} of the {harmless} harmless.",
        "",
        "| rule | about | letters | found | wrongly | missed | precision | recall |",
        "|---|---|---|---|---|---|---|---|",
        *(_line(rule, current_rulebook().rules[rule].name, each) for rule, each in scores.items()
          if each.positives or each.wrong),
        _line("all", "", overall(scores)),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def _line(rule: str, about: str, each: Score) -> str:
    return (
        f"| {rule} | {about} | {each.positives} | {each.right} | {each.wrong} | {each.missed} |"
        f" {each.precision:.2f} | {each.recall:.2f} |"
    )


def with_tables(document: str) -> str:
    """The document with its generated part as it should be now."""
    before, rest = document.split(BEGIN)
    return f"{before}{BEGIN}{tables()}{END}{rest.split(END)[1]}"


def counts_by_rule(examples: Iterable[Example]) -> Counter[str]:
    """How many letters should alarm each rule."""
    return Counter(rule for example in examples for rule in example.expected)


if __name__ == "__main__":
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text()))
