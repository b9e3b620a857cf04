"""A fund as a picture: the need, what came in, what was passed on; always with a table beside it."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from campaign.funds.models import Fund
from campaign.funds.queries.balances import Sums
from campaign.funds.queries.public import Figures
from campaign.kernel.money import Money
from campaign.web.charts import INKS, Ink, level_chart
from campaign.web.i18n import current_language

__all__ = ["INKS", "draw_figures", "draw_fund", "rows_of"]


Rows = Sequence[tuple[str, Money]]


def rows_of(figures: Figures) -> Sequence[tuple[str, Money, date | None]]:
    """What the public page shows, by name, and until which day it was counted."""
    named = (
        (_("Needed"), figures.needed, None), (_("Received"), figures.received, figures.received_by),
        (_("Passed on as help"), figures.passed_on, figures.passed_on_by),
    )  # fmt: skip
    return [(name, money, day) for name, money, day in named if money is not None]


def draw_figures(figures: Figures, ink: Ink) -> str:
    """The same as a picture."""
    return _draw([(name, money) for name, money, _day in rows_of(figures)], ink)


def draw_fund(found: Fund, sums: Sequence[Sums], ink: Ink) -> str:
    """For staff: the need, and what came in, was passed on and is left in the fund's own currency, to the cent."""
    own = next((each for each in sums if each.currency == found.currency), Sums(found.currency))
    amounts = [(_("Received"), own.received), (_("Passed on as help"), own.passed_on), (_("Left now"), own.has)]
    if found.goal is not None:
        amounts.insert(0, (_("Needed"), found.goal))
    return _draw([(name, Money(minor, found.currency)) for name, minor in amounts], ink)


def _draw(rows: Rows, ink: Ink) -> str:
    """A row for each figure, as long as its share of the largest."""
    most, language = max((money.minor for _name, money in rows), default=0), current_language()
    return level_chart(
        [(name, max(money.minor, 0) / most if most > 0 else 0.0, money.format(language)) for name, money in rows],
        ink=ink,
    )
