"""Pictures of reports as SVG files of our own, like web/charts.py: attributes only, light and dark, a table beside.

Each is drawn wide, and narrow for a phone, where the wide one would be too small to read. What colours tell is told by
hatching and by words as well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from campaign.web.charts import INKS, Ink

__all__ = ["FILLS", "NARROW", "SHEETS", "SMALL", "WIDE", "Drawing", "Sheet", "begin", "legend_of", "nice_top"]

LETTER = 0.58
"""How broad a letter is, in parts of its height, about."""
FILLS = 6
_SOLID = {
    "light": ("#1546c8", "#9db8f2", "#1546c8", "#4b525e", "#c3c8d0", "#4b525e"),
    "dark": ("#91b4ff", "#3f5fa8", "#91b4ff", "#b4bbc7", "#59616e", "#b4bbc7"),
}
_PATTERNS = {
    2: '<path d="M0 6L6 0" stroke="{ink}" stroke-width="2"/>',
    5: '<circle cx="3" cy="3" r="1.5" fill="{ink}"/>',
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """How wide a picture is, how high its plot, and how large its letters are."""

    width: int
    plot: int
    text: int
    left: int
    """Room for names in pictures with bars across, at most."""


WIDE = Sheet(760, 220, 14, 240)
NARROW = Sheet(340, 180, 12, 130)
SMALL = Sheet(340, 110, 12, 150)
"""For the card of a report."""
SHEETS: Mapping[str, Sheet] = {"": WIDE, "narrow": NARROW, "small": SMALL}
"""By the word that stands in the address of a picture."""


@dataclass(slots=True)
class Drawing:
    """A picture that grows downwards."""

    sheet: Sheet
    scheme: str
    parts: list[str] = field(default_factory=list)
    y: float = 0

    @property
    def ink(self) -> Ink:
        """The colours of lines and words."""
        return INKS[self.scheme]

    def text(
        self, x: float, y: float, words: str, anchor: str = "start", *, size: int = 0, fill: str = "",
        bold: bool = False,
    ) -> None:  # fmt: skip
        """Words with their foot at `y`."""
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill or self.ink.text}" '
            f'font-size="{size or self.sheet.text}"{weight}>{escape(words)}</text>'
        )

    def rect(self, x: float, y: float, width: float, height: float, fill: int) -> None:
        """A filled box; the hatched ones get an edge, without which they have none."""
        if width <= 0 or height <= 0:
            return
        edge = f' stroke="{_SOLID[self.scheme][fill]}"' if fill in _PATTERNS else ""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{max(height, 0.5):.1f}" '
            f'fill="{self.paint(fill)}"{edge}/>'
        )

    def outline(self, x: float, y: float, width: float, height: float) -> None:
        """An empty box: how it was before."""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" fill="none" '
            f'stroke="{self.ink.text}" stroke-dasharray="3 2"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, *, dashed: bool = False, strong: bool = False) -> None:
        """A straight line."""
        dash, ink = ' stroke-dasharray="4 4"' if dashed else "", self.ink.text if strong else self.ink.line
        self.parts.append(f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{ink}"{dash}/>')

    def path(self, points: Sequence[tuple[float, float]], fill: int) -> None:
        """A line through points, dashed for all but the first fill, with a dot at its end."""
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dash = ' stroke-dasharray="6 4"' if fill else ""
        colour = _SOLID[self.scheme][0 if not fill else 3]
        self.parts.append(f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>')
        x, y = points[-1]
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')

    def paint(self, fill: int) -> str:
        """The colour or the hatching of one fill."""
        return f"url(#p{fill})" if fill in _PATTERNS else _SOLID[self.scheme][fill]

    def width_of(self, words: str, *, size: int = 0) -> float:
        """About how broad some words are."""
        return len(words) * (size or self.sheet.text) * LETTER

    def cut(self, words: str, room: float) -> str:
        """Words that fit."""
        most = int(room / (self.sheet.text * LETTER))
        return words if len(words) <= most else f"{words[: max(most - 1, 1)]}…"

    def svg(self) -> str:
        """The whole file."""
        height, width = self.y + 4, self.sheet.width
        body = "".join(self.parts)
        patterns = "".join(
            f'<pattern id="p{number}" width="6" height="6" patternUnits="userSpaceOnUse">'
            f"{shape.format(ink=_SOLID[self.scheme][number])}</pattern>"
            for number, shape in _PATTERNS.items()
            if f"url(#p{number})" in body
        )
        defs = f"<defs>{patterns}</defs>" if patterns else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" '
            f'height="{height:.0f}" font-family="system-ui, sans-serif">{defs}{body}</svg>\n'
        )


def begin(sheet: Sheet, scheme: str) -> Drawing:
    """An empty picture."""
    return Drawing(sheet, scheme)


def legend_of(drawing: Drawing, legend: Sequence[tuple[int, str]]) -> None:
    """What each fill means, in as many lines as it takes."""
    size, x = drawing.sheet.text, 0.0
    y = drawing.y
    for fill, words in legend:
        width = size + 6 + drawing.width_of(words) + 14
        if x and x + width > drawing.sheet.width:
            x, y = 0.0, y + size + 8
        drawing.rect(x + 1, y + 1, size - 2, size - 2, fill)
        drawing.text(x + size + 6, y + size - 2, words)
        x += width
    if legend:
        drawing.y = y + size + 12


def nice_top(most: float) -> int:
    """A round number that is not below: 1, 2, 4, 6, 8 or 10 times a power of ten, even so that its half is whole."""
    power = 1
    while most > 10 * power:
        power *= 10
    if power == 1:
        return next(each for each in (2, 4, 6, 8, 10) if most <= each)
    return next(int(each * power) for each in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10) if most <= each * power)


Words = Callable[[int], str]
"""A number as it is written."""
