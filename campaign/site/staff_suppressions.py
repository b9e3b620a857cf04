"""Who is never mailed: how many, why and since when. There is no list of addresses, and one is asked for at a time."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import allowance
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_
from campaign.kernel.mail import suppressions
from campaign.kernel.mail.suppression import SuppressionReason
from campaign.site.forms import SuppressionForm
from campaign.web.guards import fresh, requires

bp = Blueprint("staff_suppressions", __name__)

REASONS: dict[str, str] = {
    SuppressionReason.ASKED: N_("its owner asked us to"),
    SuppressionReason.COMPLAINED: N_("its owner called our mail spam"),
    SuppressionReason.BOUNCED: N_("mail to it came back"),
}
AGES: dict[str, str] = {
    "month": N_("less than 30 days"),
    "half-year": N_("less than half a year"),
    "older": N_("longer"),
}


@bp.get("")
@requires(Role.ORGANISER, Role.ADMIN)
def show_suppressions() -> ResponseReturnValue:
    """Counts, by reason and age."""
    return render_template(
        "staff/suppressions.html", counts=suppressions.count_suppressed(), reasons=REASONS, ages=AGES,
        may_look_up=current_user.has_role(Role.ORGANISER),
    )  # fmt: skip


@bp.route("/address", methods=["GET", "POST"])
@requires(Role.ORGANISER)
@fresh
def look_up() -> ResponseReturnValue:
    """Whether one address is mailed. The answer stands on this page and nowhere else."""
    form, answered, found, problem = SuppressionForm(), False, None, ""
    if form.validate_on_submit():
        try:
            with transaction():
                found = suppressions.look_up(form.mailbox, actor=current_user.id, reason=form.reason.data)
            answered = True
        except suppressions.NoLookUpsLeft as refusal:
            problem = _(refusal.message)
    left = allowance.left(suppressions.LOOK_UPS, current_user.id)
    body = render_template(
        "staff/suppressed.html", form=form, answered=answered, found=found, problem=problem, left=left,
        most=suppressions.LOOK_UPS.most, reasons=REASONS,
    )  # fmt: skip
    return make_response(body, 429 if problem else 422 if form.errors else 200)


@bp.post("/address/lift")
@requires(Role.ORGANISER)
@fresh
def lift() -> ResponseReturnValue:
    """Mail one address again, with the reason."""
    form = SuppressionForm()
    if not form.validate():
        flash(_("Look the address up again."))
        return redirect(url_for("staff_suppressions.look_up"), 303)
    with transaction():
        lifted = suppressions.lift_one(form.mailbox, actor=current_user.id, reason=form.reason.data)
    flash(_("It is written to again.") if lifted else _("It is written to already."))
    return redirect(url_for("staff_suppressions.show_suppressions"), 303)
