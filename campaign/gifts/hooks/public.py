"""What pledges add to public pages: the figure and the form on a fund's page, the offer on a person's."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from campaign.funds.models import Fund
from campaign.funds.queries.funds import get_fund
from campaign.gifts.forms.pledge import empty_form
from campaign.gifts.queries import public as queries
from campaign.gifts.service.pledging import takes_pledges
from campaign.kernel import clock
from campaign.kernel.money import Money
from campaign.kernel.places import Place
from campaign.kernel.registry import Offer, person_offers
from campaign.kernel.registry_money import FundSection, fund_figures, fund_sections
from campaign.web.place import current_place


def pledge_section(fund_id: uuid.UUID) -> FundSection | None:
    """The form, for visitors outside Russia, and those who asked to be named."""
    fund, context = get_fund(fund_id), dict[str, Any]()
    if current_place() == Place.ELSEWHERE and takes_pledges(fund):
        context = {"form": empty_form(fund), "fund": fund}
    if aliases := queries.list_aliases(fund_id, clock.today()):
        context["aliases"] = aliases
    return FundSection("gifts/_section.html", context, 30) if context else None


def pledged_figure(fund_id: uuid.UUID) -> tuple[str, Money, date] | None:
    """What is pledged and has not come yet, as it is shown: rounded, of five pledges at least."""
    found = queries.find_shown(fund_id)
    if found is None or found.amount is None:
        return None
    return _("Pledged, still to come"), Money(found.amount, get_fund(fund_id).currency), found.as_of


def offer_fund(prisoner_id: uuid.UUID, place: Place, language: str) -> Sequence[Offer]:
    """To help with money, where somebody has an open public fund; only outside Russia."""
    fund: Fund | None = queries.find_fund_of(prisoner_id) if place == Place.ELSEWHERE else None
    if fund is None or not takes_pledges(fund):
        return ()
    words = _("A lawyer, parcels, a journey to a visit. No money moves here: you say what you mean to give.")
    return (Offer(40, fund.title_in(language), words, url_for("funds.show_fund", slug=fund.slug)),)


def register() -> None:
    """Fill the registries."""
    fund_sections.register("pledges", pledge_section)
    fund_figures.register("pledges", pledged_figure)
    person_offers.register("funds", offer_fund)
