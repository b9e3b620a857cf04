"""Charges as people type them, read into fields: "ст. 207.3 ч. 2 п. «д» УК РФ", "282.1(2)", "207.3 p.2 d".

Both orders are read, that of newspapers (article, part, clause) and that of courts (п. «д» ч. 2 ст. 207.3), and several
charges in one text. What cannot be read is refused with the words in question; nothing is guessed away.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from campaign.kernel.errors import N_
from campaign.prisoners.articles import find_article
from campaign.prisoners.models import Code
from campaign.prisoners.service.cases.charges import ChargeDraft
from campaign.prisoners.service.cases.dates import BadCase

MOST_CHARGES = 20
LONGEST_TEXT = 500
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED = re.compile("(?<=[0-9])[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_TOKEN = re.compile(
    r"(?P<article>статьям|статьях|статья|статьи|статьёй|статьей|статью|статье|ст|articles|article|arts|art|§)"
    r"|(?P<code>(?:ук|коап|uk|koap|criminal\s+code|administrative\s+code|уголовного\s+кодекса|уголовный\s+кодекс)"
    r"(?:\s+(?:рф|rf|россии))?|(?:рф|rf|россии))"
    r"|(?P<part>частям|частью|часть|части|part|pt|ч)"
    r"|(?P<clause>подпункт|пунктам|пунктом|пункты|пункта|пункту|пункт|пп|п|clauses|clause|points|point|cl|p)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)*)"
    r"|(?P<and>и|and)"
    r"|(?P<letter>[а-яёa-z]{1,2})"
    r"|(?P<stop>[;\n+])"
    r"|(?P<open>\()"
    r"|(?P<skip>[\s,.)«»“”„\"'`’‘/:–—-]+)"
)
# A clause is a letter of the Russian alphabet; those who type Latin spell its sound.
_SOUNDS = {
    "a": "а", "b": "б", "v": "в", "g": "г", "d": "д", "e": "е", "zh": "ж", "z": "з", "i": "и", "k": "к", "l": "л",
    "m": "м", "n": "н", "o": "о",
}  # fmt: skip


class Unreadable(BadCase):
    """Something of the text is no charge; `words` holds it."""

    def __init__(self, message: str, words: str = "") -> None:
        super().__init__("charges", message)
        self.words = words


@dataclass(slots=True)
class _Group:
    """One charge while it is being read."""

    article: str = ""
    part: str = ""
    clauses: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.article or self.part or self.clauses)


def read_charges(text: str) -> list[ChargeDraft]:
    """Every charge in `text`, each once, in its order. Raises Unreadable; an empty text has none."""
    if len(text) > LONGEST_TEXT:
        raise Unreadable(N_("This is too long for a list of charges."))
    found = _Reader().read(_plain(text))
    if len(found) > MOST_CHARGES:
        raise Unreadable(N_("These are too many charges at once."))
    return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    """Small letters; a raised number becomes what follows the dot, so that 207³ is 207.3."""
    raised = _RAISED.sub(lambda match: "." + match.group().translate(_SUPERSCRIPTS), text)
    return re.sub(r"\bприм(?:ечание|\.)?\s*", ".", unicodedata.normalize("NFKC", raised).lower()).replace(" .", ".")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        word = re.match(r"[^\W\d_]+", text[position:])
        # A keyword counts only as a whole word: "ч" begins "часть", and no other word that begins like it is one.
        if match is None or (word is not None and len(match.group()) < len(word.group())):
            raise Unreadable(N_("This could not be read as a charge: %(words)s"), text[position:].split()[0][:40])
        position = match.end()
        if match.lastgroup != "skip":
            yield str(match.lastgroup), match.group()
        elif "," in match.group():
            yield "comma", ","


class _Reader:
    """Reads tokens one by one; a court's order is told by what comes before the first article."""

    def __init__(self) -> None:
        self.drafts: list[ChargeDraft] = []
        self.uncoded: list[int] = []
        self.group = _Group()
        self.expects = ""
        self.is_court_order = False

    def read(self, text: str) -> list[ChargeDraft]:
        """All of a text."""
        tokens = list(_tokens(text))
        self.is_court_order = self._begins_as_courts_do(tokens)
        for index, (kind, word) in enumerate(tokens):
            following = tokens[index + 1][0] if index + 1 < len(tokens) else ""
            self._take(kind, word, following)
        self._finish()
        self._set_code(None)
        return self.drafts

    def _begins_as_courts_do(self, tokens: list[tuple[str, str]]) -> bool:
        first = next((kind for kind, _word in tokens if kind in {"article", "part", "clause", "number"}), "")
        return first in {"part", "clause"}

    def _take(self, kind: str, word: str, following: str) -> None:
        if kind == "number":
            self._take_number(word)
        elif kind == "letter" or (word == "и" and self.expects == "clause" and not self.group.clauses):
            # The clause «и» is spelled like the word "and".
            self._take_letter(word)
        elif kind == "open":
            self.expects = "part" if self.group.article and not self.group.part else "clause"
        elif kind == "clause" and word == "p" and following == "number":
            self.expects = "part"
        elif kind in {"article", "part", "clause"}:
            self._begin(kind)
        elif kind == "code":
            self._take_code(word)
        elif kind == "stop":
            self._finish()

    def _begin(self, kind: str) -> None:
        """A keyword: it says what comes next, and may end the charge before it."""
        group = self.group
        if kind == "part" and group.part and not group.article:
            raise Unreadable(N_("Write each part with its article."))
        if group.article and (kind == "article" or self.is_court_order):
            self._finish()
        elif kind == "part" and group.part:
            self._finish()
            self.group.article = group.article
        self.expects = kind

    def _take_number(self, word: str) -> None:
        expects, self.expects = self.expects, ""
        if expects == "clause":
            raise Unreadable(N_("A clause is a letter, as in п. «д»: %(words)s"), word)
        if expects == "part":
            self.group.part = word
        elif expects != "article" and self._is_further_part(word):
            article = self.group.article
            self._finish()
            self.group = _Group(article, word)
        else:
            if self.group.article:
                self._finish()
            self.group.article = word

    def _is_further_part(self, word: str) -> bool:
        """The 2 of "282.2 ч. 1, 2": a lone digit after a part; no article of the codes is one."""
        return len(word) == 1 and bool(self.group.article) and bool(self.group.part) and not self.is_court_order

    def _take_letter(self, word: str) -> None:
        letter = _SOUNDS.get(word, word)
        if not re.fullmatch("[а-яё]", letter) or (self.group.is_empty and self.expects != "clause"):
            raise Unreadable(N_("This could not be read as a charge: %(words)s"), word)
        self.group.clauses = (*self.group.clauses, letter)
        self.expects = ""

    def _take_code(self, word: str) -> None:
        self._finish()
        if word.startswith(("коап", "koap", "administrative")):
            self._set_code(Code.KOAP)
        elif not word.startswith(("рф", "rf", "россии")):
            self._set_code(Code.UK)

    def _finish(self) -> None:
        group, self.group, self.expects = self.group, _Group(), ""
        if group.is_empty:
            return
        if not group.article:
            raise Unreadable(N_("Which article is meant? Write it as in 207.3."))
        self.uncoded.append(len(self.drafts))
        self.drafts.append(ChargeDraft(group.article, group.part, ", ".join(group.clauses)))

    def _set_code(self, code: Code | None) -> None:
        """What stands before the name of a code belongs to it; without one, the numbers tell."""
        for index in self.uncoded:
            draft = self.drafts[index]
            self.drafts[index] = replace(draft, code=code or _code_of(draft.article))
        self.uncoded = []


def _code_of(article: str) -> Code:
    """The criminal code, unless only the other one has such an article."""
    if article.count(".") > 1 or (not find_article(Code.UK, article) and find_article(Code.KOAP, article)):
        return Code.KOAP
    return Code.UK
