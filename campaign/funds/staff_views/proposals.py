"""Entries that wait for a second person."""

import uuid

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.funds.models import LedgerProposal, ProposalState
from campaign.funds.queries import entries, funds
from campaign.funds.service import manual
from campaign.funds.staff_views.blueprint import bp, for_book_readers, shared_words
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, step


@bp.get("/proposals")
@for_book_readers
def list_proposals() -> str:
    """What waits, and what became of the others."""
    state = request.args.get("state", ProposalState.WAITING.value)
    state = state if state in set(ProposalState) else ProposalState.WAITING.value
    page = paginate(entries.proposals(state=state))
    return render_template(
        "funds/staff/proposals.html", page=page, state=state,
        names=names_of({each.asked_by for each in page.items}), **shared_words(),
    )  # fmt: skip


@bp.get("/proposals/<uuid:proposal_id>")
@for_book_readers
def show_proposal(proposal_id: uuid.UUID) -> str:
    """One of them, as it would be posted."""
    return _page(entries.get_proposal(proposal_id))


@bp.post("/proposals/<uuid:proposal_id>/<any(post, refuse):how>")
@for_book_readers
def decide_proposal(proposal_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Post what another wrote, refuse it, or take one's own back."""
    act, said = {
        "post": (manual.post_proposal, _("Posted.")),
        "refuse": (manual.refuse_proposal, _("It is not posted.")),
    }[how]
    return step(
        lambda: act(proposal_id, actor=actor_id()), said,
        url_for("funds_staff.show_proposal", proposal_id=proposal_id),
        lambda problem: _page(entries.get_proposal(proposal_id), problem),
    )  # fmt: skip


def _page(found: LedgerProposal, problem: str = "") -> str:
    if found.reverses is None:
        lines = [(each.account, each.fund_id, each.money) for each in manual.lines_of(found)]
    else:
        shown = entries.lines_by_entry([found.reverses])[found.reverses]
        lines = [(each.account, each.fund_id, -each.money) for each in shown]
    return render_template(
        "funds/staff/proposal.html", found=found, problem=problem, lines=lines, is_mine=found.asked_by == actor_id(),
        funds=funds.names_of({fund for _account, fund, _money in lines}, current_language()),
        names=names_of({each for each in (found.asked_by, found.decided_by) if each}), **shared_words(),
    )  # fmt: skip
