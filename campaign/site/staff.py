"""The staff dashboard, and the kill switches."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.registry import dashboard_needs
from campaign.kernel.switches import Switch, list_switches, set_switch
from campaign.site.forms import SwitchForm
from campaign.web.guards import requires

bp = Blueprint("staff", __name__)

# What stops when the switch is off, in the words of the person who has to decide.
SWITCHES: dict[Switch, tuple[str, str]] = {
    Switch.SIGNING: (N_("Signing"), N_("Petitions stay readable and take no signatures; visitors are told so.")),
    Switch.CONFIRM_MAIL: (N_("Confirmation mail"), N_("Signatures are taken, and their mails wait until it is on.")),
    Switch.BULK_MAIL: (N_("Bulk mail"), N_("No mailing goes out; those under way stop within seconds.")),
    Switch.NEW_ACCOUNTS: (N_("New accounts"), N_("Nobody can make an account; those who have one are not affected.")),
    Switch.LETTERS: (N_("Letters"), N_("No letter can be handed in; those already here stay.")),
    Switch.SEARCH: (N_("Search"), N_("Search is off, because it is the dearest page under attack; lists still work.")),
}


@bp.get("")
def show_dashboard() -> ResponseReturnValue:
    """What needs me now."""
    needs = [need for find in dashboard_needs for need in find(current_user)]
    needs.sort(key=lambda need: not need.urgent)
    return render_template("staff/dashboard.html", needs=needs)


@bp.get("/switches")
@requires(Role.ADMIN, Role.ORGANISER)
def show_switches() -> ResponseReturnValue:
    """Each function that can be stopped, and whether it runs."""
    rows = [(switch, *SWITCHES[switch], state) for switch, state in list_switches()]
    return render_template("staff/switches.html", rows=rows)


@bp.route("/switches/<name>", methods=["GET", "POST"])
@requires(Role.ADMIN, Role.ORGANISER)
def turn_switch(name: str) -> ResponseReturnValue:
    """Ask for a reason, and turn one switch the other way."""
    switch = _switch_named(name)
    state = dict(list_switches())[switch]
    is_on = state is None or state.is_on
    label, effect = SWITCHES[switch]
    form = SwitchForm()
    if form.validate_on_submit():
        with transaction():
            set_switch(switch, on=form.turns_on, reason=form.reason.data, actor=current_user.id)
        now = _("On: %(function)s", function=_(label)) if form.turns_on else _("Off: %(function)s", function=_(label))
        flash(now)
        return redirect(url_for("staff.show_switches"), 303)
    if not form.is_submitted():
        form.to.data = "off" if is_on else "on"
    page = render_template("staff/switch.html", switch=switch, label=label, effect=effect, is_on=is_on, form=form)
    return page, 422 if form.errors else 200


def _switch_named(name: str) -> Switch:
    try:
        return Switch(name)
    except ValueError as problem:
        raise NotFound from problem
