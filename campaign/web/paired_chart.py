"""Two upright bars for each group, before and after, and a line to reach: as an SVG of our own, like web/charts.py.

What stands far above the line is cut there and says its value, or the few with most would press all others flat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from campaign.web.charts import Ink

HEIGHT = 330
TOP, GROUND, LEFT = 64, 284, 8
CUT_AT = 2.2
"""How many times the line is as high as the picture."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is written into the picture."""

    title: str
    before: str
    after: str
    line: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """How wide the picture is, how large its letters are, and where the three words of the legend begin."""

    width: int
    text: int
    figures: int
    legend: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]


WIDE = Sheet(720, 17, 15, ((4, 8), (260, 8), (540, 8)))
NARROW = Sheet(340, 13, 10, ((4, 4), (120, 4), (4, 28)))
"""For a phone, where the wide one would be too small to read."""


def paired_chart(
    pairs: Sequence[tuple[float, float]], *, line: float, ink: Ink, words: Words, labels: Sequence[tuple[str, str]],
    sheet: Sheet = WIDE,
) -> str:  # fmt: skip
    """The picture; `labels` are the values of each pair as they are written over the bars."""
    top, width, size = line * CUT_AT or 1, sheet.width, sheet.text
    step = (width - 2 * LEFT) / max(len(pairs), 1)
    thick = min(step * 0.4, 34)
    shapes: list[str] = []
    before, after = f'fill="{ink.text}" fill-opacity="0.45"', f'fill="{ink.bar}"'
    for number, (pair, label) in enumerate(zip(pairs, labels, strict=True)):
        middle = LEFT + step * (number + 0.5)
        shapes += _bar(middle - thick, thick, pair[0], label[0], top=top, fill=before, size=sheet.figures)
        shapes += _bar(middle, thick, pair[1], label[1], top=top, fill=after, size=sheet.figures)
    y = GROUND - line / top * (GROUND - TOP)
    body = "".join(
        [
            _legend(ink, words, sheet),
            *shapes,
            f'<path d="M0 {GROUND}.5H{width}" stroke="{ink.line}"/>',
            f'<path d="M0 {y:.1f}H{width}" stroke="{ink.text}" stroke-width="1.5" stroke-dasharray="6 5"/>',
            _text(4, HEIGHT - 14, words.first, "start", size),
            _text(width - 4, HEIGHT - 14, words.last, "end", size),
        ]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" '
        f'role="img" font-family="system-ui, sans-serif" fill="{ink.text}"><title>{escape(words.title)}</title>{body}'
        "</svg>\n"
    )


def _bar(left: float, width: float, value: float, label: str, *, top: float, fill: str, size: int) -> list[str]:
    height = max(min(value, top) / top * (GROUND - TOP), 1.5)
    parts = [
        f'<rect x="{left:.1f}" y="{GROUND - height:.1f}" width="{width - 2:.1f}" height="{height:.1f}" {fill}/>',
        _text(left + width / 2 - 1, GROUND - height - 5, label, "middle", size),
    ]
    if value > top:
        # Cut: a slanting gap below the upper edge.
        y = GROUND - height + 14
        parts.append(
            f'<path d="M{left - 2:.1f} {y + 4:.1f}l{width + 2:.1f} -8" stroke="#808080" stroke-width="3"/>'
        )  # fmt: skip
    return parts


def _legend(ink: Ink, words: Words, sheet: Sheet) -> str:
    (x1, y1), (x2, y2), (x3, y3) = sheet.legend
    size = sheet.text
    return (
        f'<rect x="{x1}" y="{y1}" width="{size}" height="{size}" fill="{ink.text}" fill-opacity="0.45"/>'
        f"{_text(x1 + size + 8, y1 + size - 2, words.before, 'start', size)}"
        f'<rect x="{x2}" y="{y2}" width="{size}" height="{size}" fill="{ink.bar}"/>'
        f"{_text(x2 + size + 8, y2 + size - 2, words.after, 'start', size)}"
        f'<path d="M{x3} {y3 + size // 2}h32" stroke="{ink.text}" stroke-width="1.5" stroke-dasharray="6 5"/>'
        f"{_text(x3 + 40, y3 + size - 2, words.line, 'start', size)}"
    )


def _text(x: float, y: float, words: str, anchor: str, size: int) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'
