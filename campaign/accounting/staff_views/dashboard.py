"""The first room of the money pages: what needs a decision now, what lies where, and how far the books are closed."""

from collections.abc import Sequence

from flask import render_template, url_for
from flask_login import current_user

from campaign.accounting.queries import reports, spending
from campaign.accounting.staff_views.blueprint import bp, for_readers, shared_words
from campaign.funds.forms.words import RAIL_WORDS
from campaign.funds.queries import entries, months
from campaign.funds.queries.balances import account_balances_at
from campaign.kernel import clock
from campaign.kernel.registry import Need, dashboard_needs
from campaign.kernel.registry_money import money_rooms
from campaign.web.templating import has_page


@bp.get("")
@for_readers
def show_dashboard() -> str:
    """All of it on one page."""
    closed, told = months.list_closed(), reports.list_published()
    return render_template(
        "accounting/staff/dashboard.html", needs=needs_of_money(), assets=entries.list_assets(),
        standing=account_balances_at(clock.today()), last_entries=spending.last_entries(), rails=RAIL_WORDS,
        closed=closed[0] if closed else None, reported=told[0] if told else None, **shared_words(),
    )  # fmt: skip


def needs_of_money() -> Sequence[Need]:
    """What of everything that waits for whoever looks lies within the rooms of money, the urgent first."""
    roots = {url_for(each.endpoint) for each in money_rooms if has_page(each.endpoint)}
    found = [
        need for list_needs in dashboard_needs for need in list_needs(current_user)
        if any(need.url.partition("?")[0].partition("#")[0].startswith((f"{root}/", root)) for root in roots)
    ]  # fmt: skip
    return sorted(found, key=lambda need: not need.urgent)
