"""What changed between two texts, in pieces that a reader can follow: by paragraph first, then by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby, takewhile

# Comparing takes time by the product of both lengths; beyond this a passage is shown as replaced as a whole, so that
# no text that somebody may paste keeps a request busy.
MOST_PAIRS = 250_000
_WORD = re.compile(r"\w+|[^\w\s]+|\s+")


class Part(StrEnum):
    """Whether a piece stands in both texts, in the former only, or in the present only."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of one or both texts."""

    part: Part
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """The pieces in reading order. Joined without NEW they are `before`, joined without GONE they are `after`."""
    return _joined(_by_line(before.splitlines(keepends=True), after.splitlines(keepends=True)))


def _by_line(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for part, old, new in _blocks(before, after):
        if part is Part.SAME:
            yield Piece(part, "".join(old))
        else:
            yield from _by_word("".join(old), "".join(new))


def _by_word(before: str, after: str) -> Iterator[Piece]:
    """Words that follow each other and all changed are told as one change, not as one a word."""
    gone = new = space = ""
    for part, old, put in _blocks(_WORD.findall(before), _WORD.findall(after)):
        text = "".join(old)
        if part is Part.SAME and text.isspace() and (gone or new):
            space += text
        elif part is Part.SAME:
            yield from (Piece(Part.GONE, gone), Piece(Part.NEW, new), Piece(Part.SAME, space + text))
            gone = new = space = ""
        else:
            gone, new, space = gone + space + text, new + space + "".join(put), ""
    yield from (Piece(Part.GONE, gone), Piece(Part.NEW, new), Piece(Part.SAME, space))


def _blocks(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[Part, Sequence[str], Sequence[str]]]:  # fmt: skip
    """Stretches that are the same, and between them those that are not (GONE stands for any difference)."""
    head = sum(1 for _ in takewhile(_alike, zip(before, after, strict=False)))
    tail = sum(1 for _ in takewhile(_alike, zip(reversed(before[head:]), reversed(after[head:]), strict=False)))
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    yield Part.SAME, before[:head], after[:head]
    if len(old) * len(new) > MOST_PAIRS:
        yield Part.GONE, old, new
    else:
        for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield Part.SAME if kind == "equal" else Part.GONE, old[i:j], new[k:m]
    yield Part.SAME, before[len(before) - tail :], after[len(after) - tail :]


def _alike(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _joined(pieces: Iterator[Piece]) -> list[Piece]:
    grouped = groupby((piece for piece in pieces if piece.text), key=lambda piece: piece.part)
    return [Piece(part, "".join(piece.text for piece in same)) for part, same in grouped]
