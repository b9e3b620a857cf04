"""Reads a text: lines, then fields and blocks in double brackets, then Markdown. Whatever is more is a problem with
its line. Nothing that was typed is ever run: there are no conditions, no loops and no lookups."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from campaign.kernel.errors import N_
from campaign.mailings.service.text.links import check_target
from campaign.mailings.service.text.parts import (
    ADDRESSES,
    BUTTON,
    WITH_FALLBACK,
    Block,
    Button,
    Field,
    Link,
    Parsed,
    Problem,
    Prose,
    Ref,
    Used,
)

MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
# What kernel/text.one_line takes out of a name; in a text it is told, since it may have been meant.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|<%|%>")
_RUNS = re.compile(r"\b(?:javascript|vbscript)\s*:|\bdata\s*:\s*\w+/", re.I)
_HTML = re.compile(r"<(?!https?://|mailto:)[A-Za-z/!?][^>]*>?")
_TOKEN = re.compile(r"\[\[([^\[\]\n]*)\]\]")
_BLOCK = re.compile(r" {0,3}\[\[([a-z]+):([^\[\]\n]*)\]\]\s*")
_WORD = re.compile(r"\S+")
LONGEST_WORD = 600
"""Bytes; a line of a mail holds 998 (RFC 5321), and a word cannot be broken."""
LONGEST_FALLBACK = 60
_LIKE_ADDRESS = re.compile(r"://|\bwww\.|mailto:|@|\w\.\w{2,}[/?#:]", re.I)
"""What mail programs make a link of, seen in one word."""
IN_ADDRESS = N_("a field cannot be a part of an address: it would tell whoever keeps that page who came.")
SHOWN_BRACKETS = N_("double brackets cannot be shown in a mail. Put a space between the two.")


def read_text(body: str) -> Parsed:
    """Everything that a Markdown body is made of, and what is wrong with it."""
    lines = body.replace("\r\n", "\n").split("\n")
    problems = [problem for number, line in enumerate(lines, 1) for problem in check_line(line, number)]
    reader = _Reader(_free_mark(body), problems)
    pieces = list(reader.split(lines))
    links = [Link(piece.target, piece.line) for piece in pieces if isinstance(piece, Button)]
    for piece in pieces:
        if isinstance(piece, Prose):
            links += _read_prose(piece, reader)
    return _parsed(reader, pieces, links)


def read_plain(text: str) -> Parsed:
    """The same of a plain text by hand: fields and blocks, no Markdown."""
    lines = text.replace("\r\n", "\n").split("\n")
    problems = [problem for number, line in enumerate(lines, 1) for problem in check_line(line, number)]
    reader = _Reader(_free_mark(text), problems)
    pieces = list(reader.split(lines))
    links = [Link(piece.target, piece.line) for piece in pieces if isinstance(piece, Button)]
    for piece in pieces:
        if isinstance(piece, Prose):
            for offset, line in enumerate(piece.markdown.split("\n")):
                reader.check_words(line, piece.line + offset)
                links += [Link(found.rstrip(".,;:!?)"), piece.line + offset) for found in _URL.findall(line)]
    return _parsed(reader, pieces, links)


def _parsed(reader: "_Reader", pieces: Sequence[Prose | Block | Button], links: Sequence[Link]) -> Parsed:
    for link in links:
        found = IN_ADDRESS if reader.has_mark(link.target) else check_target(link.target)
        if found is not None:
            reader.problems.append(Problem(link.line, found))
    once = {(each.line, each.message, tuple(each.values.items())): each for each in reader.problems}
    return Parsed(pieces, reader.used, links, sorted(once.values(), key=lambda problem: problem.line))


_BARE = re.compile(r"\bhttps?://[^\s<>\"]+", re.I)
"""What mail programs make a link of although it is none in Markdown."""
_URL = re.compile(r"\b(?:https?|javascript|data|vbscript|file)\s*:[^\s<>\"]+", re.I)


def check_line(line: str, number: int) -> Iterator[Problem]:
    """What no line of a mail may hold, subjects included (there with the number 0)."""
    for found in sorted(set(_UNFIT.findall(line))):
        yield Problem(
            number, N_("an invisible character (%(code)s) stands here. Delete the word and type it again."),
            {"code": f"U+{ord(found):04X}"},
        )  # fmt: skip
    if _TEMPLATE.search(line):
        yield Problem(number, N_("braces and percent signs of template languages mean nothing here. Take them out."))
    if _HTML.search(line):
        yield Problem(number, N_("HTML is not used here. Take out what stands in < and >; Markdown does the same."))
    if _RUNS.search(line):
        yield Problem(number, N_("an address that runs something is refused: links lead to https://…"))
    if any(len(word.encode("utf-8", "replace")) > LONGEST_WORD for word in _WORD.findall(line)):
        yield Problem(number, N_("a word or an address is too long to be mailed. Shorten it."))


def check_subject(subject: str) -> list[Problem]:
    """What a subject may not hold: no field and no block, as it is the same for everybody and read over shoulders."""
    problems = list(check_line(subject, 0))
    if "[[" in subject or "]]" in subject:
        problems.append(Problem(0, N_("nothing can be put into a subject: take out the double brackets.")))
    if "\n" in subject or "\r" in subject or "\t" in subject:
        problems.append(Problem(0, N_("a subject is one line.")))
    return problems


class _Reader:
    """Takes fields and blocks out of the lines of one text."""

    def __init__(self, mark: str, problems: list[Problem]) -> None:
        self.mark, self.problems = mark, problems
        self.used: list[Used] = []
        self.marks: dict[str, Used] = {}

    def split(self, lines: list[str]) -> Iterator[Prose | Block | Button]:
        """The pieces in their order."""
        prose: list[str] = []
        begins = 1
        for number, line in enumerate(lines, 1):
            block = self._block(line, number)
            if block is None:
                prose.append(self._without_fields(line, number))
                continue
            if any(prose):
                yield Prose("\n".join(prose), begins)
            prose, begins = [], number + 1
            yield block
        if any(prose):
            yield Prose("\n".join(prose), begins)

    def _block(self, line: str, number: int) -> Block | Button | None:
        found = _BLOCK.fullmatch(line)
        if found is None:
            return None
        kind, rest = found[1], found[2].strip()
        if kind != BUTTON:
            return Block(Ref(kind, rest, number))
        words, bar, target = rest.partition("|")
        if not (words.strip() and bar and target.strip()):
            self._wrong(number, N_("a button is written [[button:Words|address]], with both of them."))
        return Button(words.strip(), target.strip(), number)

    def _without_fields(self, line: str, number: int) -> str:
        text = _TOKEN.sub(lambda found: self._field(found[1], number), line)
        if "[[" in text or "]]" in text:
            self._wrong(number, N_("double brackets are not closed, or stand in each other."))
        return text

    def _field(self, inside: str, number: int) -> str:
        name, _bar, fallback = (part.strip() for part in inside.partition("|"))
        if name not in set(Field):
            if ":" in name:
                self._wrong(number, N_("“%(what)s” has to stand on a line of its own."), what=f"[[{inside}]]")
            else:
                self._wrong(
                    number, N_("nothing is called “%(what)s”. There are: name, greeting, petition, unsubscribe,"
                               " preferences."), what=inside,
                )  # fmt: skip
            return ""
        field = Field(name)
        if fallback and field not in WITH_FALLBACK:
            self._wrong(number, N_("“%(what)s” needs no word in its place: it is always there."), what=name)
        if len(fallback) > LONGEST_FALLBACK:
            self._wrong(number, N_("the word in the place of “%(what)s” is too long."), what=name)
        used = Used(field, fallback, number, f"{self.mark}{len(self.used)}q")
        self.used.append(used)
        self.marks[used.mark] = used
        return used.mark

    def has_mark(self, text: str) -> bool:
        """Whether a field stands in it."""
        return any(mark in text for mark in self.marks)

    def check_words(self, line: str, number: int) -> None:
        """Note an address with a field in it: mail programs make links of what only looks like one."""
        for word in _WORD.findall(line):
            if self.mark in word and self.has_mark(word) and _LIKE_ADDRESS.search(word):
                self._wrong(number, IN_ADDRESS)

    def _wrong(self, line: int, message: str, **values: str) -> None:
        self.problems.append(Problem(line, message, values))


def _free_mark(body: str) -> str:
    """Letters that stand nowhere in the text, so that a mark is told from whatever was typed."""
    mark = "xslotq"
    while mark in body:
        mark += "x"
    return mark


def _read_prose(piece: Prose, reader: _Reader) -> Iterator[Link]:
    for token in MARKDOWN.parse(piece.markdown):
        line = piece.line + (token.map[0] if token.map else 0)
        if "](" in "".join(child.content for child in token.children or () if child.type == "text"):
            reader.problems.append(Problem(line, N_("a link cannot be read: it is written [words](https://address).")))
        first = 1 if token.type == "fence" else 0
        for offset, shown in enumerate(_shown(token).split("\n"), first):
            if "[[" in shown:
                reader.problems.append(Problem(line + offset, SHOWN_BRACKETS))
            reader.check_words(shown, line + offset)
        for offset, bare in enumerate(_shown(token, with_links=False).split("\n"), first):
            yield from (Link(found.rstrip(".,;:!?)"), line + offset) for found in _BARE.findall(bare))
        for child in token.children or ():
            if child.type == "image":
                reader.problems.append(
                    Problem(line, N_("mails carry no pictures: they tell whoever keeps them that a mail was opened."))
                )
            if child.type == "link_open":
                yield from _link(child, line, reader)


def _shown(token: Token, *, with_links: bool = True) -> str:
    """What readers see of it, line by line, once escapes and entities are read and marks of emphasis are gone."""
    if token.children is None:
        return token.content
    parts, depth = [], 0
    for child in token.children:
        if child.type in {"link_open", "link_close"}:
            depth += child.nesting
        if child.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif with_links or not depth:
            parts.append(child.content)
        elif child.type == "link_open":
            parts.append(" ")
    return "".join(parts)


def _link(child: Token, line: int, reader: _Reader) -> Iterator[Link]:
    target = str(child.attrGet("href") or "")
    used = reader.marks.get(target)
    if used is None:
        yield Link(target, line)
    elif used.field not in ADDRESSES:
        reader.problems.append(
            Problem(line, N_("“%(what)s” is no address, so no link can lead there."), {"what": used.field.value})
        )
