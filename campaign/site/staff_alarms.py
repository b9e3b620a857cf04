"""What the platform noticed by itself, until a person has looked into it."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.actors import Role
from campaign.kernel.alarms import AlarmKind, list_alarms, settle_alarm
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_, NotFound
from campaign.site.forms import AlarmForm
from campaign.web.guards import requires

bp = Blueprint("staff_alarms", __name__)

ALARMS: dict[str, tuple[str, str]] = {
    AlarmKind.COUNTS_DIFFER: (
        N_("A count differs from its signatures"),
        N_("The nightly comparison found it. Do not quote the number until it is explained; ask who runs the server."),
    ),
    AlarmKind.BUDGET_SPENT: (
        N_("Too many records asked for"),
        N_("An account wanted more addresses within an hour than one person may see. Ask its owner, or lock it."),
    ),
    AlarmKind.CANARY_MAILED: (
        N_("An exported list has leaked"),
        N_("Somebody wrote to an address that stood in this one export only. Treat every address in it as exposed."),
    ),
    AlarmKind.GROUP_LEADS: (
        N_("A pen-pal group has fewer than two leads"),
        N_("If the one who is left falls silent, nobody notices who gets no letter. A second lead ends the alarm."),
    ),
    AlarmKind.MAIL_BLOCKED: (
        N_("A mailbox host refuses our mail"),
        N_("By its policy, with this code. Nobody is struck off. Ask who runs the relay; send no more like it."),
    ),
    AlarmKind.MAIL_RETURNS: (
        N_("Too much of our mail comes back"),
        N_("Within a week over 5 in 100 found no mailbox, or over 1 in 1000 was called spam. Stop and find out why."),
    ),
    AlarmKind.MAILING_PAUSED: (
        N_("A mailing paused by itself"),
        N_("Too much of it came back, or a host refuses it. Its page says what; go on or stop there settles this."),
    ),
}  # fmt: skip


@bp.get("")
@requires(Role.ADMIN, Role.ORGANISER)
def show_alarms() -> ResponseReturnValue:
    """Each alarm, and what it asks of us."""
    return render_template("staff/alarms.html", alarms=list_alarms(), words=ALARMS, form=AlarmForm(formdata=None))


@bp.post("")
@requires(Role.ADMIN, Role.ORGANISER)
def settle() -> ResponseReturnValue:
    """Take one alarm down, with the reason."""
    form = AlarmForm()
    if form.kind.data not in ALARMS or "\x00" in (form.about.data or ""):
        raise NotFound
    if not form.validate():
        return make_response(render_template("staff/alarms.html", alarms=list_alarms(), words=ALARMS, form=form), 422)
    with transaction():
        settle_alarm(
            AlarmKind(form.kind.data), about=form.about.data or "", actor=current_user.id, reason=form.reason.data
        )
    flash(_("Noted in the audit trail."))
    return redirect(url_for("staff_alarms.show_alarms"), 303)
