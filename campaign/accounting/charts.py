"""The accounts as pictures; always with a table beside them."""

from collections.abc import Sequence

from campaign.kernel.money import Money
from campaign.web.charts import Ink, level_chart
from campaign.web.i18n import current_language


def draw_levels(rows: Sequence[tuple[str, Money]], ink: Ink) -> str:
    """A row for each amount, as long as its share of the largest."""
    most, language = max((money.minor for _name, money in rows), default=0), current_language()
    return level_chart(
        [(name, max(money.minor, 0) / most if most > 0 else 0.0, money.format(language)) for name, money in rows],
        ink=ink,
    )
