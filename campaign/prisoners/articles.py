"""The register of articles that political prisoners are charged under: what each is about, in three languages.

It names and warns; it is no list of what can be charged: laws are new every season, so an article that is missing
here is confirmed by a person and taken.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from campaign.prisoners.models.words import Code, Theme

DATA = Path(__file__).parent / "data" / "articles.toml"


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a code, with a short label and the theme it suggests."""

    code: Code
    number: str
    labels: tuple[tuple[str, str], ...]
    theme: Theme | None

    def label_in(self, language: str) -> str:
        """What it is about, in `language`, else in English."""
        labels = dict(self.labels)
        return labels.get(language) or labels["en"]


@cache
def articles() -> dict[tuple[Code, str], Article]:
    """Every article by code and number, in the order of the file."""
    lines = tomllib.loads(DATA.read_text(encoding="utf-8"))["article"]
    return {(each.code, each.number): each for each in map(_article, lines)}


def find_article(code: str, number: str) -> Article | None:
    """One article, or None where the register has no such one."""
    return articles().get((Code(code), number))


def article_label(code: str, number: str, language: str) -> str:
    """What an article is about; empty where the register does not know it."""
    found = find_article(code, number)
    return found.label_in(language) if found is not None else ""


def _article(line: dict[str, str]) -> Article:
    labels = tuple((language, line[language]) for language in ("en", "ru", "de"))
    theme = Theme(line["theme"]) if "theme" in line else None
    return Article(Code(line["code"]), line["number"], labels, theme)
