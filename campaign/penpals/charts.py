"""How attention is spread, and how that changed, as SVG files of our own (web/charts.py says why attributes only)."""

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape

from babel.dates import format_skeleton
from babel.numbers import format_decimal, format_percent

from campaign.web.charts import INKS, Ink

__all__ = ["INKS", "draw_history", "draw_spread"]

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 22, 44
FLOOR, BREADTH = HEIGHT - BOTTOM, WIDTH - LEFT - RIGHT
THOUSAND = 1000
EQUAL = 100
"""What each tenth would get if all got the same, in thousandths."""


def draw_spread(
    shares: Sequence[int], before: Sequence[int], *, ink: Ink, language: str, axis: str, equal: str
) -> str:  # fmt: skip
    """Upright bars: the share of all letters (thousandths) that each tenth of the people gets, the least first.

    Where `before` is given, a second bar in outline stands to the left of each. A dashed line marks the equal share,
    named by `equal`; `axis` says what stands under the bars.
    """
    top = _round_up(max([EQUAL, *shares, *before]))
    parts = [_open(), *_levels(top, language, ink)]
    for at, share in enumerate(shares):
        slot = BREADTH / len(shares)
        left, thick = LEFT + at * slot, slot * (0.36 if before else 0.7)
        if before:
            parts.append(_bar(left + slot * 0.12, thick, before[at], top, f'fill="none" stroke="{ink.bar}"'))
        now = left + (slot * 0.52 if before else slot * 0.15)
        parts.append(_bar(now, thick, share, top, f'fill="{ink.bar}"'))
        words = format_percent(share / THOUSAND, locale=language)
        parts.append(_text(now + thick / 2, _y(share, top) - 5, words, "middle", ink))
        parts.append(_text(left + slot / 2, FLOOR + 16, str(at + 1), "middle", ink))
    y = _y(EQUAL, top)
    parts.append(
        f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{ink.text}" stroke-dasharray="4 4"/>'
        f"{_text(LEFT + 4, y - 5, equal, 'start', ink)}{_text(LEFT, HEIGHT - 8, axis, 'start', ink)}</svg>\n"
    )
    return "".join(parts)


def draw_history(days: Sequence[tuple[date, int]], *, ink: Ink, language: str) -> str:
    """A line of one figure (thousandths of 1) by day, drawn from 0 to 1 so that a small change looks small."""
    parts = [_open()]
    for value in (0, THOUSAND // 2, THOUSAND):
        y = _y(value, THOUSAND)
        label = format_decimal(value / THOUSAND, locale=language)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{ink.line}"/>')
        parts.append(_text(LEFT - 8, y + 4, label, "end", ink))
    if days:
        first, last = days[0][0], days[-1][0]
        span = max((last - first).days, 1)
        points = [(LEFT + BREADTH * (day - first).days / span, _y(gini, THOUSAND)) for day, gini in days]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{ink.bar}" stroke-width="3"/>')
        x, y = points[-1]
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{ink.bar}"/>')
        parts.append(_text(LEFT, FLOOR + 18, format_skeleton("dMMM", first, locale=language), "start", ink))
        if last != first:
            words = format_skeleton("dMMM", last, locale=language)
            parts.append(_text(WIDTH - RIGHT, FLOOR + 18, words, "end", ink))
    return "".join([*parts, "</svg>\n"])


def _open() -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'


def _levels(top: int, language: str, ink: Ink) -> list[str]:
    parts = []
    for value in (0, top // 2, top):
        y = _y(value, top)
        label = format_percent(value / THOUSAND, locale=language)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{ink.line}"/>')
        parts.append(_text(LEFT - 8, y + 4, label, "end", ink))
    return parts


def _bar(left: float, thick: float, value: int, top: int, style: str) -> str:
    height = FLOOR - _y(value, top)
    return f'<rect x="{left:.1f}" y="{FLOOR - height:.1f}" width="{thick:.1f}" height="{height:.1f}" {style}/>'


def _text(x: float, y: float, words: str, anchor: str, ink: Ink) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink.text}" font-size="13" '
        f'font-family="system-ui, sans-serif">{escape(words)}</text>'
    )


def _y(value: int, top: int) -> float:
    return FLOOR - (FLOOR - TOP) * value / top


def _round_up(most: int) -> int:
    """The next even number of whole tenths, so that the middle line has a whole name too."""
    return min(-(-most // 200) * 200, THOUSAND)
