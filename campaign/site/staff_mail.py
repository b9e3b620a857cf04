"""What an operator sees of mail and background work: how much waits, and what a person has to settle."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from campaign.kernel import jobs
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_
from campaign.kernel.mail import relays, resolve, rows
from campaign.kernel.mail.resolve import UnknownGroup
from campaign.kernel.mail.rows import Lane, MailState
from campaign.web.errors import BadRequestPage
from campaign.web.guards import requires

bp = Blueprint("staff_mail", __name__)

ACTS: dict[str, Callable[..., int]] = {"again": resolve.send_again, "give-up": resolve.give_up}

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
        failed=jobs.list_failed(), waits=rows.minutes_waiting(), relays=relays.list_relays(),
    )  # fmt: skip


@bp.get("/unknown")
@requires(Role.ADMIN)
def ask_unknown() -> ResponseReturnValue:
    """What settling the chosen kinds would do, with how many mails that are."""
    chosen, act = _chosen(request.args), request.args.get("act", "")
    if act not in ACTS:
        raise BadRequestPage
    if not chosen:
        flash(_("Choose at least one kind."))
        return redirect(url_for("staff_mail.show_mail", _anchor="unknown-title"), 303)
    return _confirm_page(chosen, act)


@bp.post("/unknown")
@requires(Role.ADMIN)
def settle_unknown() -> ResponseReturnValue:
    """Send the unknown mails of the chosen kinds again, or give them up: as many as the person was shown."""
    chosen, act = _chosen(request.form), request.form.get("act", "")
    if act not in ACTS:
        raise BadRequestPage
    if request.form.get("count") != str(sum(group.count for group in chosen)):
        return _confirm_page(chosen, act, _("There are more or fewer by now. Look again.")), 409
    with transaction():
        count = sum(ACTS[act](Lane(group.lane), group.kind, actor=current_user.id) for group in chosen)
    words = _("To be sent again: %(count)s.") if act == "again" else _("Given up: %(count)s.")
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


def _chosen(values: MultiDict[str, str]) -> list[UnknownGroup]:
    """The kinds that the form names and of which something is still unknown."""
    wanted = set(values.getlist("kind"))
    return [group for group in resolve.list_unknown() if group.name in wanted]


def _confirm_page(chosen: list[UnknownGroup], act: str, problem: str = "") -> str:
    count = sum(group.count for group in chosen)
    return render_template("staff/mail_unknown.html", chosen=chosen, act=act, count=count, lanes=LANES, problem=problem)
