"""Sign-ups of an event against its places, and calls of each day, as SVG files of our own (web/charts.py says why
attributes only)."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from campaign.web.charts import INKS, Ink

__all__ = ["INKS", "ShiftBar", "draw_calls", "draw_places"]

DAYS_WIDTH, DAYS_HEIGHT, DAYS_TOP, DAYS_GROUND = 480, 220, 44, 188
MOST_FIGURES = 20
"""Of more days the figures would run into each other."""

WIDTH, TOP, ROW, BAR, FIGURE = 480, 58, 56, 18, 110
LONGEST_NAME = 52
ROOM = WIDTH - FIGURE


@dataclass(frozen=True, slots=True)
class ShiftBar:
    """One shift: its name, its figures, and what is written behind the bar."""

    name: str
    confirmed: int
    held: int
    queued: int
    capacity: int
    figure: str


def draw_places(bars: Sequence[ShiftBar], *, ink: Ink, legend: tuple[str, str, str, str]) -> str:
    """A bar across for each shift: who has a place, what is held, who waits behind; framed, the places there are."""
    most = max([1, *(max(each.capacity, each.confirmed + each.held + each.queued) for each in bars)])
    height = TOP + ROW * len(bars) + 4
    shapes = [*_legend(ink, legend)]
    for number, each in enumerate(bars):
        y, x = TOP + number * ROW, 0.0
        shapes.append(_text(0, y + 13, _cut(each.name), ink))
        for amount, opacity in ((each.confirmed, "1"), (each.held, "0.55"), (each.queued, "0.22")):
            breadth = amount / most * ROOM
            if amount:
                shapes.append(_part(x, y + 20, breadth, opacity, ink))
            x += breadth
        frame = each.capacity / most * ROOM
        shapes.append(
            f'<rect x="0.75" y="{y + 18.75}" width="{max(frame - 1.5, 1):.1f}" height="{BAR + 2.5}" fill="none" '
            f'stroke="{ink.text}" stroke-width="1.5"/>'
        )
        shapes.append(_text(max(x, frame) + 8, y + 34, each.figure, ink))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f"{''.join(shapes)}</svg>\n"
    )


def draw_calls(days: Sequence[tuple[str, int, int]], *, ink: Ink, legend: tuple[str, str]) -> str:
    """An upright bar for each day: in how many calls somebody answered, and above it in how many nobody did."""
    most = max([1, *(answered + others for _day, answered, others in days)])
    step, tall = DAYS_WIDTH / max(len(days), 1), DAYS_GROUND - DAYS_TOP
    shapes = [f'<path d="M0 {DAYS_GROUND}.5H{DAYS_WIDTH}" stroke="{ink.line}"/>']
    for number, (_day, answered, others) in enumerate(days):
        y = float(DAYS_GROUND)
        for amount, opacity in ((answered, "1"), (others, "0.4")):
            height = amount / most * tall
            y -= height
            if amount:
                shapes.append(
                    f'<rect x="{number * step:.1f}" y="{y:.1f}" width="{min(step * 0.8, 40):.1f}" '
                    f'height="{height:.1f}" fill="{ink.bar}" fill-opacity="{opacity}"/>'
                )
        if len(days) <= MOST_FIGURES and answered + others:
            shapes.append(_text(number * step, y - 4, str(answered + others), ink))
    for number, (word, opacity) in enumerate(zip(legend, ("1", "0.4"), strict=True)):
        x = number * DAYS_WIDTH // 2
        shapes.append(f'<rect x="{x}" y="4" width="14" height="14" fill="{ink.bar}" fill-opacity="{opacity}"/>')
        shapes.append(_text(x + 20, 16, word, ink))
    if days:
        shapes.append(_text(0, DAYS_HEIGHT - 10, days[0][0], ink))
    if len(days) > 1:
        shapes.append(_text(DAYS_WIDTH, DAYS_HEIGHT - 10, days[-1][0], ink, anchor="end"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {DAYS_WIDTH} {DAYS_HEIGHT}" width="{DAYS_WIDTH}" '
        f'height="{DAYS_HEIGHT}">{"".join(shapes)}</svg>\n'
    )


def _legend(ink: Ink, words: tuple[str, str, str, str]) -> Sequence[str]:
    """Two words a line, so that they can be read on a phone."""
    shapes = []
    for number, (word, opacity) in enumerate(zip(words, ("1", "0.55", "0.22", ""), strict=True)):
        x, y = number % 2 * WIDTH // 2, 4 + number // 2 * 24
        if opacity:
            shapes.append(f'<rect x="{x}" y="{y}" width="14" height="14" fill="{ink.bar}" fill-opacity="{opacity}"/>')
        else:
            frame = f'x="{x + 0.75}" y="{y + 0.75}" width="12.5" height="12.5"'
            shapes.append(f'<rect {frame} fill="none" stroke="{ink.text}" stroke-width="1.5"/>')
        shapes.append(_text(x + 20, y + 12, word, ink))
    return shapes


def _part(x: float, y: float, width: float, opacity: str, ink: Ink) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{ink.bar}" fill-opacity="{opacity}"/>'
    )  # fmt: skip


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _text(x: float, y: float, words: str, ink: Ink, *, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.0f}" text-anchor="{anchor}" fill="{ink.text}" font-size="15" '
        f'font-family="system-ui, sans-serif">{escape(words)}</text>'
    )
