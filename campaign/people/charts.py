"""Pictures of people's segments, as SVG files of our own with the table beside them (web/charts.py)."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from campaign.web.charts import Ink

WIDTH, ROW, BAR, LABEL, FIGURE = 480, 32, 20, 30, 90


def funnel(rows: Sequence[tuple[str, int, str]], *, ink: Ink) -> str:
    """One bar a step, as wide as the number who are in after it: label, number, and the number in words."""
    most = max((value for _label, value, _words in rows), default=0) or 1
    room = WIDTH - LABEL - FIGURE
    shapes = []
    for at, (label, value, words) in enumerate(rows):
        top, width = at * ROW, max(value / most * room, 1)
        shapes.append(
            f'<rect x="{LABEL}" y="{top + 4}" width="{width:.1f}" height="{BAR}" fill="{ink.bar}"/>'
            + _text(0, top + 20, label, ink)
            + _text(LABEL + width + 8, top + 20, words, ink)
        )
    height = max(len(rows), 1) * ROW + 6
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f"{''.join(shapes)}</svg>\n"
    )


def _text(x: float, y: float, words: str, ink: Ink) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" fill="{ink.text}" font-size="15" font-family="system-ui, sans-serif">'
        f"{escape(words)}</text>"
    )
