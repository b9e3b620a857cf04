"""Two upright bars for each group, before and after, and a line to reach: as an SVG of our own, like web/charts.py.

What stands far above the line is cut there and says its value, or the few with most would press all others flat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from campaign.web.charts import Ink

WIDTH, HEIGHT = 720, 330
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


def paired_chart(
    pairs: Sequence[tuple[float, float]], *, line: float, ink: Ink, words: Words, labels: Sequence[tuple[str, str]]
) -> str:
    """The picture; `labels` are the values of each pair as they are written over the bars."""
    top = line * CUT_AT or 1
    step = (WIDTH - 2 * LEFT) / max(len(pairs), 1)
    thick = min(step * 0.4, 34)
    shapes: list[str] = []
    for number, (pair, label) in enumerate(zip(pairs, labels, strict=True)):
        middle = LEFT + step * (number + 0.5)
        shapes += _bar(middle - thick, thick, pair[0], label[0], top=top, fill=f'fill="{ink.text}" fill-opacity="0.45"')
        shapes += _bar(middle, thick, pair[1], label[1], top=top, fill=f'fill="{ink.bar}"')
    y = GROUND - line / top * (GROUND - TOP)
    body = "".join(
        [
            _legend(ink, words),
            *shapes,
            f'<path d="M0 {GROUND}.5H{WIDTH}" stroke="{ink.line}"/>',
            f'<path d="M0 {y:.1f}H{WIDTH}" stroke="{ink.text}" stroke-width="1.5" stroke-dasharray="6 5"/>',
            _text(4, HEIGHT - 14, words.first, "start", 17),
            _text(WIDTH - 4, HEIGHT - 14, words.last, "end", 17),
        ]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="system-ui, sans-serif" fill="{ink.text}"><title>{escape(words.title)}</title>{body}'
        "</svg>\n"
    )


def _bar(left: float, width: float, value: float, label: str, *, top: float, fill: str) -> list[str]:
    height = max(min(value, top) / top * (GROUND - TOP), 1.5)
    parts = [
        f'<rect x="{left:.1f}" y="{GROUND - height:.1f}" width="{width - 2:.1f}" height="{height:.1f}" {fill}/>',
        _text(left + width / 2 - 1, GROUND - height - 5, label, "middle", 15),
    ]
    if value > top:
        # Cut: a slanting gap below the upper edge.
        y = GROUND - height + 14
        parts.append(
            f'<path d="M{left - 2:.1f} {y + 4:.1f}l{width + 2:.1f} -8" stroke="#808080" stroke-width="3"/>'
        )  # fmt: skip
    return parts


def _legend(ink: Ink, words: Words) -> str:
    return (
        f'<rect x="4" y="8" width="18" height="18" fill="{ink.text}" fill-opacity="0.45"/>'
        f"{_text(30, 23, words.before, 'start', 17)}"
        f'<rect x="260" y="8" width="18" height="18" fill="{ink.bar}"/>{_text(286, 23, words.after, "start", 17)}'
        f'<path d="M540 17H572" stroke="{ink.text}" stroke-width="1.5" stroke-dasharray="6 5"/>'
        f"{_text(580, 23, words.line, 'start', 17)}"
    )


def _text(x: float, y: float, words: str, anchor: str, size: int) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'
