"""Small charts as SVG files of our own: attributes only, so that the CSP holds, and always a table beside them.

An image cannot see the page's colours, so there is one file for light and one for dark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT, TOP, BOTTOM = 720, 200, 18, 26
LEVEL = 40
"""The height of a row of `level_chart`."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of one variant."""

    bar: str
    text: str
    line: str


INKS = {"light": Ink("#1d4ed8", "#4b5563", "#d6d9de"), "dark": Ink("#8ab4ff", "#b4bac4", "#3a404a")}


def bar_chart(bars: Sequence[tuple[str, int | None]], *, ink: Ink, largest: str) -> str:
    """Upright bars with the first and last label under them and `largest`, the top value in words, above.

    A bar without a value is too small to be shown and becomes a dot on the ground line.
    """
    ground, top = HEIGHT - BOTTOM, max((value or 0 for _label, value in bars), default=0) or 1
    step = WIDTH / max(len(bars), 1)
    shapes = [
        _bar(number * step, min(step * 0.8, 40), value, ground=ground, top=top, ink=ink)
        for number, (_label, value) in enumerate(bars)
    ]
    labels = [_text(0, TOP - 5, largest, "start", ink)] if bars else []
    for place, anchor, number in ((0, "start", 0), (WIDTH, "end", len(bars) - 1))[: min(len(bars), 2)]:
        labels.append(_text(place, HEIGHT - 8, bars[number][0], anchor, ink))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<path d="M0 {ground}.5H{WIDTH}" stroke="{ink.line}"/>{"".join(shapes)}{"".join(labels)}</svg>\n'
    )


def level_chart(rows: Sequence[tuple[str, float | None, str]], *, ink: Ink) -> str:
    """A row each: label, figures in words, and under them a frame filled as far as the share from 0 to 1.

    None as share: no frame. Narrow, so that a phone shows the words in their own size.
    """
    width, line = 340, LEVEL
    shapes = []
    for number, (name, share, words) in enumerate(rows):
        top = number * line + 6
        shapes.append(_text(0, top + 12, name, "start", ink) + _text(width, top + 12, words, "end", ink))
        if share is None:
            continue
        shapes.append(
            f'<rect x="0" y="{top + 17}" width="{share * width:.1f}" height="12" fill="{ink.bar}"/>'
            f'<rect x="0.5" y="{top + 17}.5" width="{width - 1}" height="11" fill="none" stroke="{ink.text}"/>'
        )
    height = max(len(rows), 1) * line + 6
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"{''.join(shapes)}</svg>\n"
    )


def _bar(left: float, width: float, value: int | None, *, ground: int, top: int, ink: Ink) -> str:
    if value is None:
        return f'<circle cx="{left + width / 2:.1f}" cy="{ground - 3}" r="2" fill="{ink.bar}"/>'
    height = max(value / top * (ground - TOP), 1)
    return (
        f'<rect x="{left:.1f}" y="{ground - height:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{ink.bar}"/>'
    )


def _text(x: float, y: float, words: str, anchor: str, ink: Ink) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{ink.text}" font-size="13" '
        f'font-family="system-ui, sans-serif">{escape(words)}</text>'
    )
