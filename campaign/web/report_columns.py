"""Upright bars and lines by month, for reports (web/report_charts.py)."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.web.report_charts import Drawing, Sheet, Words, begin, legend_of, nice_top

AXIS = 46
"""Room for the numbers beside the plot."""
LEAST_FOR_NUMBER = 34
"""Narrower columns carry no number of their own."""


@dataclass(frozen=True, slots=True)
class Column:
    """One month: its parts from the ground up, and what is drawn below the ground."""

    label: str
    parts: tuple[int, ...]
    below: int = 0
    is_open: bool = False
    """The month is not over: an outline stands around it."""

    @property
    def height(self) -> int:
        """All of it above the ground."""
        return sum(self.parts)


def draw_columns(
    columns: Sequence[Column], *, sheet: Sheet, scheme: str, legend: Sequence[tuple[int, str]], words: Words
) -> str:
    """Stacked upright bars; each part's fill is the one of the same place in `legend`, `below` the last one's."""
    drawing = begin(sheet, scheme)
    legend_of(drawing, legend)
    top = nice_top(max((each.height for each in columns), default=0))
    depth = max((each.below for each in columns), default=0)
    # What goes is drawn to the same measure as what comes.
    ground = drawing.y + sheet.text + sheet.plot
    scale = sheet.plot / top
    _levels(drawing, top, ground, scale, words)
    step = (sheet.width - AXIS) / max(len(columns), 1)
    for number, column in enumerate(columns):
        left, width, y = AXIS + number * step + step * 0.12, step * 0.76, ground
        for place, part in enumerate(column.parts):
            height = part * scale
            y -= height
            drawing.rect(left, y, width, height - (0.8 if place else 0), legend[place][0] if legend else place)
        if column.is_open:
            drawing.outline(left - 1.5, y - 3, width + 3, ground - y + 3)
        if column.below:
            drawing.rect(left, ground + 1, width, max(column.below * scale, 1), legend[-1][0])
        if step >= LEAST_FOR_NUMBER and column.height:
            drawing.text(left + width / 2, y - 5, words(column.height), "middle", size=sheet.text - 2)
    foot = ground + (depth * scale + 4 if depth else 0)
    _months(drawing, [each.label for each in columns], step, foot + sheet.text + 4)
    return drawing.svg()


def draw_lines(
    lines: Sequence[tuple[str, Sequence[int]]], labels: Sequence[str], *, sheet: Sheet, scheme: str, words: Words
) -> str:
    """Lines over the months from nought up, each named above with its last value."""
    drawing = begin(sheet, scheme)
    _names(drawing, [f"{name}: {words(values[-1])}" if values else name for name, values in lines])
    top = nice_top(max((value for _name, values in lines for value in values), default=0))
    ground = drawing.y + sheet.text + sheet.plot
    scale = sheet.plot / top
    _levels(drawing, top, ground, scale, words)
    step = (sheet.width - AXIS) / max(len(labels), 1)
    for place, (_name, values) in enumerate(lines):
        points = [(AXIS + step * (number + 0.5), ground - value * scale) for number, value in enumerate(values)]
        if points:
            drawing.path(points, place)
    _months(drawing, labels, step, ground + sheet.text + 4)
    return drawing.svg()


def _names(drawing: Drawing, names: Sequence[str]) -> None:
    """A piece of each line with its name, one under another where they do not fit beside each other."""
    x, y, size = 0.0, drawing.y, drawing.sheet.text
    for place, name in enumerate(names):
        width = 40 + drawing.width_of(name) + 20
        if x and x + width > drawing.sheet.width:
            x, y = 0.0, y + size + 8
        drawing.path([(x + 2, y + size / 2), (x + 30, y + size / 2)], place)
        drawing.text(x + 40, y + size - 2, name)
        x += width
    drawing.y = y + size + 8


def _levels(drawing: Drawing, top: int, ground: float, scale: float, words: Words) -> None:
    """The lines at nought, half and the top, with their numbers."""
    for value in (0, top // 2, top):
        y = ground - value * scale
        drawing.line(AXIS, y, drawing.sheet.width, y, strong=not value)
        drawing.text(AXIS - 6, y + drawing.sheet.text / 3, words(value), "end", size=drawing.sheet.text - 1)


def _months(drawing: Drawing, labels: Sequence[str], step: float, y: float) -> None:
    """As many labels as have room, the last one always."""
    room = max((drawing.width_of(each) for each in labels), default=0) + 8
    every = max(int(-(-room // step)), 1) if step else 1
    for number, label in enumerate(labels):
        if (len(labels) - 1 - number) % every == 0:
            middle = AXIS + step * (number + 0.5)
            half = drawing.width_of(label) / 2
            drawing.text(min(middle, drawing.sheet.width - half), y, label, "middle")
    drawing.y = y + 6
