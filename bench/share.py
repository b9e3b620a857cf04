"""Pictures for posts: drawn anew each time, with a portrait and a long Russian text, in every size."""

import os
import statistics
import time
from io import BytesIO

from PIL import Image

from bench.machine import Ticks
from bench.report import Measure
from campaign.sharing.drawing import SHAPES, draw

MOST_MILLISECONDS = 150
ROUNDS = 15
WORDS = {
    "lang": "ru",
    "kind": "Мы помним",
    "title": "Константин Вымышленный-Небывалый",
    "sentence": "Учитель географии из Вологды. Семь лет колонии за две записи о войне, которые прочли сорок человек; "
    "письма доходят, и он отвечает на каждое.",
    "call": "Узнать больше и помочь",
    "address": "unforgotten.example/ru/prisoners/konstantin-vymyshlennyi",
    "credit": "Фото: А. Придуманная · CC BY-SA 4.0",
}


def measure() -> list[Measure]:
    """The median of each size; the limit is what one visitor may wait for the first drawing."""
    portrait = _portrait()
    for shape in SHAPES.values():
        draw(shape, WORDS, portrait)
    return [_measure(name, portrait) for name in SHAPES]


def _measure(name: str, portrait: bytes) -> Measure:
    start, took, worked = Ticks.now(), [], []
    for _ in range(ROUNDS):
        began, work = time.perf_counter(), time.process_time()
        content = draw(SHAPES[name], WORDS, portrait)
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - work))
    middle = statistics.median(took)
    note = (
        f"{middle:.0f} ms, of which {statistics.median(worked):.0f} ms of the processor; {len(content) / 1000:.0f} kB, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    return Measure(
        f"{MOST_MILLISECONDS} ms / a picture, {name}", MOST_MILLISECONDS / middle, 1, 1, "x",
        {"ms": [round(each, 1) for each in took]}, [Ticks.now().steal_since(start)], note,
    )  # fmt: skip


def _portrait() -> bytes:
    """As one is stored: 1,200 pixels high, with the grain of a photograph."""
    target = BytesIO()
    Image.effect_noise((900, 1200), 40).convert("RGB").save(target, "WEBP", quality=70)
    return target.getvalue()
