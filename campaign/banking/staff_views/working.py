"""What the page of one line shows: what it says, what it may stand for, and what it was said to be."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user

from campaign.banking import policy
from campaign.banking.models import BankLine, BankMatch, LineState
from campaign.banking.queries import facts_of, lists
from campaign.banking.queries.said import Said
from campaign.banking.service import own
from campaign.banking.service.suggesting import suggest
from campaign.banking.staff_views.blueprint import shared_words
from campaign.funds.queries import funds
from campaign.kernel.money import Money
from campaign.kernel.registry_money import Candidate, line_takers
from campaign.web.i18n import current_language
from campaign.web.opened import is_opened

OPEN = (LineState.OPEN, LineState.ON_HOLD)


def working_page(
    line: BankLine, *, about: str, matches: Sequence[BankMatch], read_said: Callable[[BankLine], Said | None],
    **more: Any,
) -> str:  # fmt: skip
    """The page. What the line may stand for is looked up now: what was stored may be old."""
    may_keep = policy.can_keep(current_user)
    is_to_do = line.state in OPEN and line.open_amount != 0
    language = current_language()
    found = own.find_own(line.id)
    return render_template(
        "banking/staff/line.html", line=line, matches=matches, matched=_matched(matches),
        said=read_said(line) if may_keep and is_opened(about) else None, is_open=is_opened(about) and may_keep,
        suggestions=suggest([facts_of(line.id)])[line.id] if is_to_do and may_keep else [], is_to_do=is_to_do,
        accounts=lists.accounts_by_id(), own=found, amount=Money(line.amount, line.currency),
        left=Money(line.open_amount, line.currency), takers={name: _(each.label) for name, each in line_takers.items()},
        funds=[(each.id, f"{each.code} {each.title_in(language)}") for each in funds.list_postable()],
        general=funds.find_general(), waiting=own.waiting_transfers(line) if is_to_do and may_keep else [],
        others=own.other_ends(line) if is_to_do and may_keep else [], **more, **shared_words(),
    )  # fmt: skip


def _matched(matches: Sequence[BankMatch]) -> Mapping[Any, Candidate]:
    """What the matches are, as their features call them; what is gone is left out."""
    found: dict[Any, Candidate] = {}
    for kind, taker in line_takers.items():
        ids = frozenset(each.candidate_id for each in matches if each.kind == kind)
        found |= dict(taker.find(ids)) if ids else {}
    return found
