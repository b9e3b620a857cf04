"""The places where money lies: opened and closed by a treasurer."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.funds.forms.books import AccountForm
from campaign.funds.queries import entries
from campaign.funds.queries.balances import account_balances_at
from campaign.funds.service import ledger
from campaign.funds.staff_views.blueprint import bp, for_book_readers, for_keepers, shared_words
from campaign.kernel import clock
from campaign.web.steps import actor_id, step


@bp.get("/accounts")
@for_book_readers
def list_accounts() -> str:
    """The chart with what stands on each account, and the form for another one."""
    return _page(AccountForm(formdata=None))


@bp.post("/accounts")
@for_keepers
def open_account() -> ResponseReturnValue:
    """Open one."""
    form = AccountForm()
    if not form.validate():
        return _page(form), 422
    return step(
        lambda: ledger.open_account(form.title.data, form.chosen_rail, form.currency.data or None, actor=actor_id()),
        _("The account is open."), url_for("funds_staff.list_accounts"), lambda problem: _page(form, problem),
    )  # fmt: skip


@bp.post("/accounts/<int:account_id>/state")
@for_keepers
def set_account_state(account_id: int) -> ResponseReturnValue:
    """Close one to new entries, or open it again."""
    is_open = request.form.get("to") == "open"
    return step(
        lambda: ledger.set_account_open(account_id, is_open=is_open, actor=actor_id()),
        _("The account takes entries again.") if is_open else _("The account takes no more entries."),
        url_for("funds_staff.list_accounts"), lambda problem: _page(AccountForm(formdata=None), problem),
    )  # fmt: skip


def _page(form: AccountForm, problem: str = "") -> str:
    standing = account_balances_at(clock.today())
    return render_template(
        "funds/staff/accounts.html", form=form, problem=problem, assets=entries.list_assets(), standing=standing,
        others=[code for code in entries.list_codes() if not code.startswith("assets:")], **shared_words(),
    )  # fmt: skip
