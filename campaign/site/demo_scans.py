"""Pages that look as if somebody had written them by hand and laid them on a scanner: drawn by code, all made up."""

import json
import random
from collections.abc import Sequence

PIXELS_PER_INCH = 110
INKS = ("#1f2f6b", "#26262b", "#23457a")
PAPERS = ("#f7f3e6", "#f4f1ea", "#f9f6ee")
PAGE = """
#let words = json("words.json")
#set page(width: 148mm, height: 210mm, margin: (x: 13mm, y: 14mm), fill: rgb(words.paper), background: {
  if words.squared [#place(rect(width: 100%, height: 100%, stroke: none, fill: tiling(size: (5mm, 5mm),
    rect(width: 100%, height: 100%, stroke: 0.2pt + rgb("#b9c6da")))))]
})
#set text(size: 15pt, fill: rgb(words.ink), style: "italic", lang: "ru", font: "Libertinus Serif")
#set par(leading: 9.5pt, spacing: 17pt)
#rotate(words.lean * 1deg, for paragraph in words.paragraphs {
  par(paragraph.map(each => box(move(dy: each.rise * 1pt, rotate(each.turn * 1deg, text(
    size: 15pt + each.size * 1pt, each.word))))).join(" "))
})
"""
"""Each word sits a little off its line, as a hand without a ruler puts it."""


def draw_scan(paragraphs: Sequence[str], number: int) -> bytes:
    """One page as PNG; `number` decides ink, paper and the unsteadiness of the hand, the same every time."""
    import typst  # loaded where it is used, as for every document

    chance = random.Random(number)  # noqa: S311 - the same page every time is the point
    words = {
        "ink": INKS[number % len(INKS)], "paper": PAPERS[number % len(PAPERS)], "squared": number % 2 == 0,
        "lean": chance.uniform(-0.8, 0.8),
        "paragraphs": [[_hand(word, chance) for word in each.split()] for each in paragraphs],
    }  # fmt: skip
    files = {"main": PAGE.encode(), "words.json": json.dumps(words).encode()}
    # typst's types know no dictionary of files, which is what keeps this in memory.
    return bytes(typst.compile(files, format="png", ppi=PIXELS_PER_INCH))  # type: ignore[call-overload]


def _hand(word: str, chance: random.Random) -> dict[str, str | float]:
    return {
        "word": word, "rise": chance.uniform(-0.9, 0.9), "turn": chance.uniform(-2.2, 2.2),
        "size": chance.uniform(-0.5, 0.7),
    }  # fmt: skip
