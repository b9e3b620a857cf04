"""What an operator sees of mail and background work: how much waits, and what a person has to settle."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock, jobs
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.mail import resolve, rows
from campaign.kernel.mail.rows import Lane, MailState
from campaign.web.errors import BadRequestPage
from campaign.web.guards import requires

bp = Blueprint("staff_mail", __name__)

LANES: dict[str, str] = {
    Lane.FAST: N_("Confirmations and resets"),
    Lane.LETTERS: N_("Letters"),
    Lane.BULK: N_("Bulk"),
}
STATES: dict[str, str] = {
    MailState.PENDING: N_("waiting"),
    MailState.RETRY: N_("to be tried again"),
    MailState.CLAIMED: N_("being made"),
    MailState.HANDOFF: N_("being handed over"),
    MailState.SENT: N_("sent"),
    MailState.FAILED: N_("failed"),
    MailState.SUPPRESSED: N_("not to be sent"),
    MailState.UNKNOWN: N_("unknown"),
    MailState.EXPIRED: N_("too late"),
}


@bp.get("")
@requires(Role.ADMIN)
def show_mail() -> ResponseReturnValue:
    """Mail by lane and state, what is unknown, and jobs that failed. No address, no text."""
    return render_template(
        "staff/mail.html", lanes=LANES, states=STATES, counts=rows.count_by_state(), unknown=resolve.list_unknown(),
        failed=jobs.list_failed(), oldest_minutes=_minutes_since(rows.oldest_waiting()),
    )  # fmt: skip


@bp.post("/unknown/<lane>/<kind>")
@requires(Role.ADMIN)
def settle_unknown(lane: str, kind: str) -> ResponseReturnValue:
    """Send the unknown mails of one kind again, or give them up."""
    if lane not in set(Lane) or "\x00" in kind:
        raise NotFound
    act = {"again": resolve.send_again, "give-up": resolve.give_up}.get(request.form.get("act", ""))
    if act is None:
        raise BadRequestPage
    with transaction():
        count = act(Lane(lane), kind, actor=current_user.id)
    words = _("To be sent again: %(count)s.") if act is resolve.send_again else _("Given up: %(count)s.")
    flash(words % {"count": format_decimal(count)})
    return redirect(url_for("staff_mail.show_mail"), 303)


@bp.post("/jobs/<int:job_id>")
@requires(Role.ADMIN)
def settle_job(job_id: int) -> ResponseReturnValue:
    """Try one failed job again, or forget it."""
    act = {"again": jobs.try_again, "forget": jobs.forget}.get(request.form.get("act", ""))
    if act is None or job_id >= 1 << 63:
        raise BadRequestPage
    with transaction():
        done = act(job_id, actor=current_user.id)
    flash(_("Done.") if done else _("Somebody was there before you: it is no longer among the failed."))
    return redirect(url_for("staff_mail.show_mail"), 303)


def _minutes_since(moment: datetime | None) -> int | None:
    return None if moment is None else max(int((clock.now() - moment).total_seconds() // 60), 0)
