"""What became of letters, and which rules foresaw it, as SVG files of our own (web/charts.py: attributes only)."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from babel.numbers import format_decimal, format_percent

from campaign.web.charts import INKS, Ink

__all__ = ["FATES", "INKS", "draw_fates", "draw_rules"]

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 720, 190, 64, 34, 30, 18
BREADTH = WIDTH - LEFT - RIGHT
LONGEST_NAME = 24
THOUSAND = 1000
FATES = ("reported", "presumed", "under_way", "returned", "censored", "lost")
_FILLS = {
    "light": ("#1d4ed8", "#7ea2ec", "#d6d9de", "#c2410c", "#7f1d1d", "#6b7280"),
    "dark": ("#8ab4ff", "#4a72b8", "#3a404a", "#fb923c", "#f87171", "#9ca3af"),
}


def draw_fates(
    rows: Sequence[tuple[str, Sequence[int]]], *, scheme: str, language: str, legend: Sequence[str]
) -> str:  # fmt: skip
    """A bar across for each place, as long as letters left for it, in the parts that FATES names."""
    ink, fills = INKS[scheme], _FILLS[scheme]
    most = max([1, *(sum(parts) for _name, parts in rows)])
    height = TOP + ROW * len(rows) + 8
    shapes, at = [_open(height)], 0.0
    for word, fill in zip(legend, fills, strict=True):
        shapes.append(f'<rect x="{at:.0f}" y="6" width="12" height="12" fill="{fill}"/>')
        shapes.append(_text(at + 17, 16, word, "start", ink, size=12))
        at += 17 + 7.0 * len(word) + 14
    for number, (name, parts) in enumerate(rows):
        y, x = TOP + number * ROW, float(LEFT)
        shapes.append(_text(LEFT - 10, y + 14, _cut(name), "end", ink))
        for part, fill in zip(parts, fills, strict=True):
            breadth = BREADTH * part / most
            if part:
                shapes.append(f'<rect x="{x:.1f}" y="{y}" width="{breadth:.1f}" height="{BAR}" fill="{fill}"/>')
            x += breadth
        shapes.append(_text(x + 6, y + 14, format_decimal(sum(parts), locale=language), "start", ink))
    return "".join([*shapes, "</svg>\n"])


def draw_rules(
    rows: Sequence[tuple[str, int]], base: int, *, scheme: str, language: str, base_words: str
) -> str:  # fmt: skip
    """A bar across for each rule: the share (thousandths) of its letters that were stopped; dashed, that of all."""
    ink = INKS[scheme]
    most = max([100, base, *(share for _rule, share in rows)])
    height = TOP + ROW * len(rows) + 8
    shapes = [_open(height)]
    for number, (rule, share) in enumerate(rows):
        y = TOP + number * ROW
        breadth = BREADTH * share / most
        shapes.append(_text(LEFT - 10, y + 14, _cut(rule), "end", ink))
        shapes.append(f'<rect x="{LEFT}" y="{y}" width="{breadth:.1f}" height="{BAR}" fill="{ink.bar}"/>')
        shapes.append(
            _text(LEFT + breadth + 6, y + 14, format_percent(share / THOUSAND, locale=language), "start", ink)
        )
    x = LEFT + BREADTH * base / most
    shapes.append(f'<path d="M{x:.1f} {TOP - 8}V{height - 6}" stroke="{ink.text}" stroke-dasharray="4 4"/>')
    shapes.append(_text(min(x, WIDTH - 200), TOP - 14, base_words, "start", ink))
    return "".join([*shapes, "</svg>\n"])


def _open(height: int) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _text(x: float, y: float, words: str, anchor: str, ink: Ink, *, size: int = 13) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" fill="{ink.text}" font-size="{size}" '
        f'font-family="system-ui, sans-serif">{escape(words)}</text>'
    )
