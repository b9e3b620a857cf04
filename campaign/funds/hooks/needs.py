"""What is needed where a fund is for one person, on its public page."""

import uuid

from campaign.funds.queries.funds import get_fund
from campaign.kernel.registry_money import FundSection, fund_sections
from campaign.needs.forms.category_words import CATEGORY_WORDS
from campaign.needs.queries.needs import public_needs


def needs_of(fund_id: uuid.UUID) -> FundSection | None:
    """What the public may see of it; None for a fund that is for nobody by name, or where nothing may be seen."""
    prisoner_id = get_fund(fund_id).prisoner_id
    needs = public_needs(prisoner_id) if prisoner_id is not None else ()
    context = {"needs": needs, "category_words": CATEGORY_WORDS}
    return FundSection("needs/_of_fund.html", context, rank=20) if needs else None


def register() -> None:
    """Fill the registry."""
    fund_sections.register("needs", needs_of)
