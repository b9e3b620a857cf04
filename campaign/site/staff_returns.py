"""Mail that came back or was written to us, as staff see it: numbers, what is quarantined, and what people wrote."""

import uuid

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.mail.returns import desk, rates
from campaign.kernel.mail.returns.classes import ReturnKind
from campaign.kernel.mail.returns.models import MailReturn, ReturnState
from campaign.kernel.mail.returns.retention import KEPT_DAYS
from campaign.web.charts import INKS, bar_chart
from campaign.web.errors import BadRequestPage
from campaign.web.guards import fresh, requires
from campaign.web.paging import paginate

bp = Blueprint("staff_returns", __name__)

KINDS: dict[str, str] = {
    ReturnKind.HARD: N_("no such mailbox"),
    ReturnKind.SOFT: N_("failed for now"),
    ReturnKind.FULL: N_("mailbox full"),
    ReturnKind.POLICY: N_("refused by policy"),
    ReturnKind.DELAY: N_("delayed"),
    ReturnKind.COMPLAINT: N_("called spam"),
    ReturnKind.AUTO: N_("a machine's answer"),
    ReturnKind.HUMAN: N_("written by a person"),
    ReturnKind.UNREADABLE: N_("unreadable"),
    ReturnKind.FORGED: N_("proves nothing"),
}
STATES: dict[str, str] = {
    ReturnState.REPLY: N_("To answer"),
    ReturnState.QUARANTINED: N_("Quarantined"),
    ReturnState.ANSWERED: N_("Answered"),
    ReturnState.NOT_OURS: N_("Not ours"),
    ReturnState.SEEN: N_("Looked into"),
}


@bp.get("")
@requires(Role.ORGANISER, Role.ADMIN)
def show_returns() -> ResponseReturnValue:
    """What came in within 30 days, by day and by what it is; of each kind of mail, what share came back. No address."""
    counts = desk.count_by_day()
    days = sorted({day for day, _kind in counts}, reverse=True)
    kinds = [kind for kind in KINDS if any((day, kind) in counts for day in days)]
    return render_template(
        "staff/returns.html", counts=counts, days=days, kinds=kinds, words=KINDS, states=STATES,
        by_state=desk.count_by_state(), rates=rates.list_rates(), kept_days=KEPT_DAYS,
        may_read=current_user.has_role(Role.ORGANISER),
    )  # fmt: skip


@bp.get("/by-day-<scheme>.svg")
@requires(Role.ORGANISER, Role.ADMIN)
def draw_days(scheme: str) -> ResponseReturnValue:
    """How many came in on each day."""
    if scheme not in INKS:
        raise NotFound
    by_day: dict[object, int] = {}
    for (day, _kind), count in sorted(desk.count_by_day().items()):
        by_day[day] = by_day.get(day, 0) + count
    words = _("%(value)s a day at most", value=format_decimal(max(by_day.values(), default=0)))
    bars = [(format_date(day, "short"), count) for day, count in by_day.items()]
    return Response(bar_chart(bars, ink=INKS[scheme], largest=words), mimetype="image/svg+xml")


@bp.get("/list")
@requires(Role.ORGANISER)
def list_returns() -> ResponseReturnValue:
    """What stands in one state, a page at a time: days and what it is, nothing that anybody wrote."""
    state = request.args.get("state", ReturnState.REPLY.value)
    if state not in STATES:
        return redirect(url_for("staff_returns.list_returns"), 303)
    page = paginate(desk.select_in(ReturnState(state)))
    return render_template(
        "staff/returns_list.html", page=page, state=state, states=STATES, words=KINDS, by_state=desk.count_by_state(),
    )  # fmt: skip


@bp.get("/<uuid:row>")
@requires(Role.ORGANISER)
@fresh
def show_return(row: uuid.UUID) -> ResponseReturnValue:
    """One message, closed: what it is, and the button that opens it."""
    return _page(desk.get_listed(row))


@bp.post("/<uuid:row>/open")
@requires(Role.ORGANISER)
@fresh
def open_return(row: uuid.UUID) -> ResponseReturnValue:
    """Open one message: on record, taken from the hour's allowance, shown once."""
    try:
        with transaction():
            desk.count_opening(row, actor=current_user)
    except desk.ShownEnough as refusal:
        with transaction():
            desk.note_shown_enough(current_user)
        return make_response(_page(desk.get_listed(row), problem=_(refusal.message)), 429)
    found = desk.get_listed(row)
    return _page(found, opened=desk.open_return(found))


@bp.post("/<uuid:row>")
@requires(Role.ORGANISER)
def decide_return(row: uuid.UUID) -> ResponseReturnValue:
    """Answered, not ours, looked into; or take that back."""
    act = request.form.get("act", "")
    if act not in {*desk.DECISIONS, "undo"}:
        raise BadRequestPage
    with transaction():
        if act == "undo":
            done = desk.take_back(row, actor=current_user.id)
        else:
            done = desk.decide(row, act, actor=current_user.id)
    flash(_("Noted.") if done else _("Somebody was there before you. Look at it again."))
    return redirect(url_for("staff_returns.show_return", row=row), 303)


def _page(found: MailReturn, **more: object) -> str:
    names = names_of({found.decided_by}) if found.decided_by else {}
    return render_template(
        "staff/return.html", found=found, words=KINDS, states=STATES, kept_days=KEPT_DAYS,
        decided_by=names.get(found.decided_by) if found.decided_by else None, **more,
    )  # fmt: skip
