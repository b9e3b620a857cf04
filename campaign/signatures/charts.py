"""The chart of signatures by day: an SVG of our own with attributes only, so that it needs no style and no script.

One file for light and one for dark, since an image cannot see the page's colours. Cells under five are not shown
(SAFETY.md 18), and never one of them alone, or it could be had by subtraction from the total.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax.saxutils import escape

from babel.dates import format_skeleton
from babel.numbers import format_decimal

from campaign.signatures.queries import SMALLEST_CELL
from campaign.web.i18n import day_in

MOST_DAY_BARS = 92
WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 14, 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One day, or the week that begins on it. No count means that it is too small to be shown."""

    first: date
    count: int | None


@dataclass(frozen=True, slots=True)
class ByDay:
    """What the chart and the table beside it show."""

    bars: Sequence[Bar]
    is_weekly: bool
    hidden: int
    """Signatures on days that are not shown, together."""

    @property
    def shown(self) -> Sequence[Bar]:
        """The bars with a number."""
        return [bar for bar in self.bars if bar.count]


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of one variant."""

    bar: str
    text: str
    line: str
    font: str = "system-ui, sans-serif"


LIGHT = Ink(bar="#1d4ed8", text="#4b5563", line="#d6d9de")
DARK = Ink(bar="#8ab4ff", text="#b4bac4", line="#3a404a")


def by_day(days: Sequence[tuple[date, int]]) -> ByDay:
    """Every day from the first to the last, in weeks where they are many; small cells have no count."""
    if not days:
        return ByDay([], is_weekly=False, hidden=0)
    first, last = days[0][0], days[-1][0]
    is_weekly = (last - first).days >= MOST_DAY_BARS
    step = 7 if is_weekly else 1
    if is_weekly:
        first -= timedelta(days=first.weekday())
    sums = dict.fromkeys((first + timedelta(days=at) for at in range(0, (last - first).days + 1, step)), 0)
    for day, count in days:
        sums[first + timedelta(days=(day - first).days // step * step)] += count
    small = _hidden(sums)
    bars = [Bar(day, None if day in small else count) for day, count in sums.items()]
    return ByDay(bars, is_weekly, sum(sums[day] for day in small))


def _hidden(sums: dict[date, int]) -> set[date]:
    small = {day for day, count in sums.items() if count < SMALLEST_CELL and count != 0}
    others = [day for day in sums if day not in small and sums[day] > 0]
    if len(small) == 1 and others:
        small.add(min(others, key=lambda day: sums[day]))
    return small


def draw(data: ByDay, language: str, ink: Ink, title: str) -> str:
    """The chart as SVG; `title` is what it says to who does not see it."""
    top = _nice(max((bar.count or 0 for bar in data.bars), default=0))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" font-family="{escape(ink.font)}" font-size="12"><title>{escape(title)}</title>'
    ]
    parts += _lines(top, language, ink)
    parts += _bars(data, top, ink)
    parts += _dates(data, language, ink)
    return "".join([*parts, "</svg>"])


def _lines(top: int, language: str, ink: Ink) -> list[str]:
    parts = []
    for value in (0, top // 2, top):
        y = _y(value, top)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{ink.line}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="{ink.text}">'
            f"{escape(format_decimal(value, locale=language))}</text>"
        )
    return parts


def _bars(data: ByDay, top: int, ink: Ink) -> list[str]:
    slot = _slot(data)
    thick = max(min(slot * 0.72, 48), 1)
    return [
        f'<rect x="{LEFT + slot * at + (slot - thick) / 2:.1f}" y="{_y(bar.count, top):.1f}" width="{thick:.1f}" '
        f'height="{_y(0, top) - _y(bar.count, top):.1f}" fill="{ink.bar}"/>'
        for at, bar in enumerate(data.bars)
        if bar.count
    ]


def _dates(data: ByDay, language: str, ink: Ink) -> list[str]:
    """First, middle and last date; fewer where they would touch."""
    last = len(data.bars) - 1
    marks = sorted({0, last // 2, last} if last >= 4 else {0, last}) if data.bars else []
    parts = []
    for at in marks:
        anchor = "start" if at == 0 and last else "end" if at == last and last else "middle"
        x = LEFT + _slot(data) * (at + {"start": 0, "middle": 0.5, "end": 1}[anchor])
        label = escape(format_skeleton("dMMM", data.bars[at].first, locale=language))
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="{anchor}" fill="{ink.text}">{label}</text>')
    return parts


def label_of(bar: Bar, language: str) -> str:
    """The day of a bar in words."""
    return day_in(language, bar.first)


def _slot(data: ByDay) -> float:
    return (WIDTH - LEFT - RIGHT) / max(len(data.bars), 1)


def _y(value: int | None, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value or 0) / top


def _nice(most: int) -> int:
    """The next even round number, so that the half is whole too."""
    size: int = 10 ** max(len(str(most)) - 1, 1)
    return next(step * size // 10 for step in (10, 20, 40, 60, 80, 100) if step * size // 10 >= most)
