"""Closing a month: what is open of it, a proposal, and the second person's word."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounting.staff_views.blueprint import bp, for_keepers, for_readers, shared_words
from campaign.accounts.queries import names_of
from campaign.funds.models import LedgerMonth
from campaign.funds.queries import months
from campaign.funds.service import closing
from campaign.kernel import clock
from campaign.kernel.registry_money import MonthCheck
from campaign.web.steps import actor_id, step
from campaign.web.templating import opens


@dataclass(frozen=True, slots=True)
class Line:
    """One check as the page shows it."""

    words: str
    count: int
    url: str
    is_blocking: bool


@bp.get("/months")
@for_readers
def list_months() -> str:
    """The month that is next, with what is open of it, and all that were closed."""
    return _page()


@bp.post("/months")
@for_keepers
def propose_month() -> ResponseReturnValue:
    """Ask a second person to close the next month."""
    wanted = closing.next_month()
    return step(
        lambda: wanted and closing.propose_closing(wanted, seen_entries=_seen(), actor=actor_id()),
        _("Proposed. The month is open until a second person has closed it."),
        url_for("accounting_staff.list_months"), _page,
    )  # fmt: skip


@bp.post("/months/<int:month_id>/<any(close, refuse):how>")
@for_readers
def decide_month(month_id: int, how: str) -> ResponseReturnValue:
    """Close what another proposed, or leave it open; whoever proposed takes it back."""
    if how == "close":
        return step(
            lambda: closing.confirm_closing(month_id, seen_entries=_seen(), actor=actor_id()),
            _("The month is closed for good."), url_for("accounting_staff.list_months"), _page,
        )  # fmt: skip
    return step(
        lambda: closing.refuse_closing(month_id, actor=actor_id()), _("The month stays open."),
        url_for("accounting_staff.list_months"), _page,
    )  # fmt: skip


def _page(problem: str = "") -> str:
    proposed, closed = months.find_proposed(), months.list_closed()
    wanted = proposed.starts_on if proposed else closing.next_month()
    review = closing.review_month(wanted) if wanted else None
    return render_template(
        "accounting/staff/months.html", problem=problem, proposed=proposed, closed=closed, review=review,
        is_over=review is not None and review.ends_on < clock.today(),
        checks=[_line(each) for each in review.checks] if review else [], names=_names(proposed, closed),
        **shared_words(),
    )  # fmt: skip


def _line(check: MonthCheck) -> Line:
    url = url_for(check.endpoint, **check.values) if check.endpoint and opens(check.endpoint) else ""
    return Line(_(check.label), check.count, url, check.is_blocking)


def _names(proposed: LedgerMonth | None, closed: Sequence[LedgerMonth]) -> Mapping[uuid.UUID, str]:
    rows = [*closed, *([proposed] if proposed else [])]
    known = {each for row in rows for each in (row.asked_by, row.decided_by) if each}
    return names_of(known)


def _seen() -> int:
    """How many entries the month had when whoever decides looked at it."""
    typed = request.form.get("seen", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 16 else -1
