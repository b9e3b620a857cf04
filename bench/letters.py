"""How long a writer waits for the check of a letter of 5,000 characters, in a process that has read letters before."""

import os
import random
import statistics
import time
from pathlib import Path

import yaml

from bench.machine import Ticks
from bench.report import Measure
from bench.stage import ROOT
from campaign.letters.checker.check import check

CHARACTERS, LETTERS = 5_000, 200
MOST_MILLISECONDS = 50
_CORPUS = ROOT / "tests" / "letters" / "checker" / "corpus"


def measure() -> list[Measure]:
    """The first letter of a process, which loads the dictionary, and then many."""
    start = Ticks.now()
    letters = _letters()
    (first, *later) = [_milliseconds(each) for each in letters]
    steal = [Ticks.now().steal_since(start)]
    p95 = statistics.quantiles(later, n=20)[-1]
    took = f"median {statistics.median(later):.1f} ms, slowest {max(later):.1f} ms, load {os.getloadavg()[0]:.1f}"
    return [
        Measure(
            f"{MOST_MILLISECONDS} ms / check of {CHARACTERS:,} characters, p95 of {LETTERS} letters",
            MOST_MILLISECONDS / p95, 1, 1, "x", {"milliseconds": [round(each, 2) for each in later]}, steal,
            f"p95 {p95:.1f} ms, {took}",
        ),
        Measure("the first letter of a process", first, unit=" ms", steal=steal, note="loads rules and dictionary"),
    ]  # fmt: skip


def _letters() -> list[str]:
    """Different letters, each of sentences of the corpus in another order, cut to one length."""
    texts = [each["text"] for path in sorted(_CORPUS.glob("*.yaml")) for each in yaml.safe_load(Path(path).read_text())]
    order = random.Random(7)
    return ["\n".join(order.sample(texts, len(texts)))[:CHARACTERS] for _each in range(LETTERS + 1)]


def _milliseconds(text: str) -> float:
    began = time.perf_counter()
    check(text)
    return (time.perf_counter() - began) * 1000
