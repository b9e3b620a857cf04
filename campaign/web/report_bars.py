"""Bars across and heat maps, for reports (web/report_charts.py)."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.web.report_charts import Drawing, Sheet, Words, begin, legend_of

_HEAT = {
    "light": ("#f3f4f6", "#e0e9fd", "#bccffa", "#7f9fee", "#3a66d6", "#0d3190"),
    "dark": ("#1a1f27", "#1d2b4d", "#2b427a", "#4666ad", "#7298ec", "#c0d4ff"),
}
_ON_HEAT = {
    "light": ("#15181e", "#15181e", "#15181e", "#15181e", "#ffffff", "#ffffff"),
    "dark": ("#eceef2", "#eceef2", "#eceef2", "#ffffff", "#0b1224", "#0b1224"),
}
HEATS = len(_HEAT["light"])
PERCENT, BEFORE = 100, 4
Cells = Sequence[tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, its parts from the left, how it was before, and the words at its end."""

    label: str
    parts: tuple[int, ...]
    words: str
    before: int | None = None


def draw_bars(bars: Sequence[Bar], *, sheet: Sheet, scheme: str, legend: Sequence[tuple[int, str]]) -> str:
    """Bars across, as long as their sum; a thin bar below shows how it was before, in the fill of BEFORE."""
    drawing = begin(sheet, scheme)
    legend_of(drawing, legend)
    size, row = sheet.text, sheet.text + (20 if any(each.before is not None for each in bars) else 16)
    end = max((drawing.width_of(each.words) for each in bars), default=0) + 10
    left = min(max((drawing.width_of(each.label) for each in bars), default=0) + 12, sheet.left)
    room = sheet.width - left - end
    most = max((max(sum(each.parts), each.before or 0) for each in bars), default=0) or 1
    for bar in bars:
        y, x, thick = drawing.y + 3, left, size + 5
        drawing.text(left - 8, y + size + 1, drawing.cut(bar.label, left - 8), "end")
        for place, part in enumerate(bar.parts):
            width = part / most * room
            drawing.rect(x, y, width - (0.8 if place < len(bar.parts) - 1 else 0), thick, _fill(legend, place))
            x += width
        if bar.before is not None:
            drawing.rect(left, y + thick + 1, bar.before / most * room, 5, BEFORE)
            x = max(x, left + bar.before / most * room)
        drawing.text(x + 6, y + size + 1, bar.words)
        drawing.y += row
    return drawing.svg()


def _fill(legend: Sequence[tuple[int, str]], place: int) -> int:
    return legend[place][0] if place < len(legend) else place


def draw_heat(
    rows: Sequence[tuple[str, str, Cells]], *, sheet: Sheet, scheme: str, heads: Sequence[str], axis: str, words: Words
) -> str:
    """One row a cohort: name, size, and in each cell how many of how many; None where that is not over yet.

    The share stands in the cell as a number; the colour repeats it.
    """
    drawing = begin(sheet, scheme)
    size = sheet.text
    left = max(
        [drawing.width_of(name) + drawing.width_of(amount) + 22 for name, amount, _cells in rows], default=60
    )  # fmt: skip
    step, high = (sheet.width - left) / max(len(heads), 1), size + 16
    drawing.text(left, size, drawing.cut(axis, sheet.width - left), "start")
    small = min(size, int(step / 1.9)) if step < 34 else size - 1
    for number, head in enumerate(heads):
        drawing.text(left + step * (number + 0.5), size * 2 + 6, head, "middle", size=small)
    drawing.y = size * 2 + 12
    for name, amount, cells in rows:
        foot = drawing.y + high / 2 + size / 3
        drawing.text(0, foot, name)
        drawing.text(left - 8, foot, amount, "end", size=size - 1)
        for number, cell in enumerate(cells[: len(heads)]):
            if cell is not None:
                _cell(drawing, left + step * number, step, high, cell, foot, small, words)
        drawing.y += high
    return drawing.svg()


def _cell(
    drawing: Drawing, x: float, step: float, high: float, cell: tuple[int, int], foot: float, size: int, words: Words
) -> None:
    share = round(PERCENT * cell[0] / cell[1]) if cell[1] else 0
    heat = heat_of(share)
    drawing.parts.append(
        f'<rect x="{x + 0.75:.1f}" y="{drawing.y + 0.75:.1f}" width="{step - 1.5:.1f}" height="{high - 1.5:.1f}" '
        f'fill="{_HEAT[drawing.scheme][heat]}"/>'
    )
    drawing.text(x + step / 2, foot, words(share), "middle", size=size, fill=_ON_HEAT[drawing.scheme][heat])


def heat_of(share: int) -> int:
    """The step of a share in hundredths: nothing, then fifths."""
    return 0 if share <= 0 else min(1 + (share - 1) // 20, HEATS - 1)
