"""How fast mails of batches leave: what each large host got against its cap, and the plan of a new sender."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.mail import pace
from campaign.kernel.mail.pace import Pace
from campaign.kernel.mail.providers import PROVIDERS
from campaign.site.staff_limits_form import HOSTS, CapsForm, WarmUpForm
from campaign.web.charts import INKS, level_chart
from campaign.web.guards import requires

bp = Blueprint("staff_limits", __name__)


@bp.get("")
@requires(Role.ORGANISER, Role.ADMIN)
def show_limits() -> ResponseReturnValue:
    """Every host with this hour and today against its cap, and the plan. Admins change them, organisers look."""
    return _page()


@bp.post("/caps")
@requires(Role.ADMIN)
def set_caps() -> ResponseReturnValue:
    """Change caps."""
    form = CapsForm()
    if not form.validate():
        return make_response(_page(caps_form=form), 422)
    with transaction():
        changed = pace.set_caps(form.caps, actor=current_user.id)
    flash(_("Saved.") if changed else _("Nothing was changed."))
    return redirect(url_for("staff_limits.show_limits"), 303)


@bp.post("/warm-up")
@requires(Role.ADMIN)
def set_warm_up() -> ResponseReturnValue:
    """Replace the plan."""
    form = WarmUpForm()
    if not form.validate():
        return make_response(_page(warm_up_form=form), 422)
    with transaction():
        pace.set_warm_up(form.plan, actor=current_user.id)
    flash(_("Saved."))
    return redirect(url_for("staff_limits.show_limits", _anchor="plan-title"), 303)


@bp.post("/<provider>/go-on")
@requires(Role.ADMIN)
def end_rest(provider: str) -> ResponseReturnValue:
    """Write to a resting host again at once."""
    if provider not in PROVIDERS:
        raise NotFound
    with transaction():
        ended = pace.end_rest(provider, actor=current_user.id)
    flash(_("It is written to again.") if ended else _("It is written to already."))
    return redirect(url_for("staff_limits.show_limits"), 303)


@bp.get("/hour-<scheme>.svg")
@requires(Role.ORGANISER, Role.ADMIN)
def draw_hour(scheme: str) -> ResponseReturnValue:
    """What each host got this hour, as a share of its cap."""
    if scheme not in INKS:
        raise NotFound
    rows = [(_(HOSTS[each.provider]), _share(each), _words(each)) for each in pace.list_paces()]
    return Response(level_chart(rows, ink=INKS[scheme]), mimetype="image/svg+xml")


def _page(*, caps_form: CapsForm | None = None, warm_up_form: WarmUpForm | None = None) -> str:
    paces, plan, today = pace.list_paces(), pace.find_warm_up(), clock.today()
    wrong = caps_form or warm_up_form
    return render_template(
        "staff/limits.html", paces=paces, hosts=HOSTS, plan=plan, today=today, waiting=pace.count_waiting(),
        sent_today=sum(each.in_day for each in paces), total=plan.total_on(today) if plan else None,
        caps_form=caps_form or CapsForm.showing(paces), warm_up_form=warm_up_form or WarmUpForm.showing(plan, today),
        wrong=wrong, may_change=current_user.has_role(Role.ADMIN),
    )  # fmt: skip


def _share(each: Pace) -> float | None:
    """From 0 to 1; None where there is no cap."""
    if each.cap is None:
        return None
    return min(each.in_hour / each.cap, 1.0) if each.cap else 1.0


def _words(each: Pace) -> str:
    used = format_decimal(each.in_hour)
    return str(used if each.cap is None else _("%(used)s of %(most)s", used=used, most=format_decimal(each.cap)))
