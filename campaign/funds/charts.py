"""A fund as a picture: the need, what came in, what was passed on; always with a table beside it."""

from collections.abc import Sequence

from flask_babel import gettext as _

from campaign.funds.models import Fund
from campaign.funds.queries.balances import Sums
from campaign.kernel.money import Money
from campaign.web.charts import INKS, Ink, level_chart
from campaign.web.i18n import current_language

__all__ = ["INKS", "draw_fund", "figures_of"]


def figures_of(found: Fund, sums: Sequence[Sums], *, with_rest: bool = False) -> list[tuple[str, int]]:
    """What the picture and the table show, in the fund's own currency; amounts in others stand beside it."""
    own = next((each for each in sums if each.currency == found.currency), Sums(found.currency))
    rows = [] if found.goal is None else [(_("Needed"), found.goal)]
    rows += [(_("Received"), own.received), (_("Passed on"), own.passed_on)]
    return [*rows, (_("Left now"), own.has)] if with_rest else rows


def draw_fund(found: Fund, sums: Sequence[Sums], ink: Ink, *, with_rest: bool = False) -> str:
    """A row for each figure, as long as its share of the largest."""
    rows = figures_of(found, sums, with_rest=with_rest)
    most = max((amount for _name, amount in rows), default=0)
    language = current_language()
    return level_chart(
        [
            (name, min(max(amount, 0) / most, 1) if most > 0 else 0.0, Money(amount, found.currency).format(language))
            for name, amount in rows
        ],
        ink=ink,
    )
