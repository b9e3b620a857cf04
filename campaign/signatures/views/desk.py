"""Staff's desk for one petition's signatures: totals with filters, and what is in quarantine.

Nobody is listed here. Every table runs along one line only, and cells under five are not shown.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from campaign.kernel.actors import Actor
from campaign.kernel.db import transaction
from campaign.kernel.errors import Forbidden, NotFound
from campaign.petitions.models import Petition
from campaign.petitions.policy import can_work_on
from campaign.signatures import policy
from campaign.signatures.forms.staff import LEVELS, STATES, CriteriaForm, GroupForm, country_label
from campaign.signatures.queries import SMALLEST_CELL
from campaign.signatures.queries import staff as queries
from campaign.signatures.service import quarantine
from campaign.web.charts import INKS, bar_chart
from campaign.web.i18n import current_language

bp = Blueprint("signature_desk", __name__)
LABELS = {**dict(STATES), **dict(LEVELS)}
MOST_MARKS = 30
Predicate = Callable[[Actor, Any], bool]


def petition_for(slug: str, may: Predicate) -> Petition:
    """The petition, if the signed-in person may do this with its signatures; raises NotFound or Forbidden."""
    petition = queries.get_petition_by_slug(slug)
    if not may(current_user, petition.id):
        raise Forbidden
    return petition


def page(template: str, petition: Petition, **values: Any) -> str:
    """One page of the desk."""
    return render_template(
        f"signatures/staff/{template}.html", petition=petition, text=petition.text_in(current_language()),
        policy=policy, may_work_on=can_work_on, labels=LABELS, country_label=country_label, **values,
    )  # fmt: skip


def criteria_form(petition: Petition) -> CriteriaForm:
    """The filters of this address, with what there is to choose from."""
    form = CriteriaForm(MultiDict(request.args))
    form.validate()
    everything = queries.break_down(petition.id, queries.Criteria())
    marks = sorted(everything.by_mail_domain, key=lambda mark: -everything.by_mail_domain[mark])[:MOST_MARKS]
    form.offer(countries=list(everything.by_country), marks=marks)
    return form


@bp.get("/<slug>/signatures")
def show_totals(slug: str) -> ResponseReturnValue:
    """Totals along each line, narrowed by the filters in the address."""
    petition = petition_for(slug, policy.can_see_totals)
    form = criteria_form(petition)
    criteria = queries.Criteria() if form.errors else form.criteria()
    found = queries.break_down(petition.id, criteria)
    tables = {
        "state": queries.veil(found.by_state),
        "visibility": queries.veil(found.by_visibility),
        "country": queries.veil(_largest_first(found.by_country)),
        "mail_domain": queries.veil(_largest_first(found.by_mail_domain)),
        "day": queries.veil(found.by_day),
    }
    shown = found.total if not found.total or found.total >= SMALLEST_CELL else None
    status = 422 if form.errors else 200
    return page(
        "totals", petition, form=form, total=shown, tables=tables, most_marks=MOST_MARKS, query=form.as_query()
    ), status  # fmt: skip


@bp.get("/<slug>/signatures/by-day-<ink>.svg")
def draw_days(slug: str, ink: str) -> Response:
    """The chart beside the table by day."""
    petition = petition_for(slug, policy.can_see_totals)
    form = CriteriaForm(MultiDict(request.args))
    # Only to fill the choices in; what the address names is checked by its shape.
    form.offer(countries=[], marks=[])
    if ink not in INKS or not form.validate():
        raise NotFound
    cells = queries.veil(queries.break_down(petition.id, form.criteria()).by_day)
    largest = max((cell.count or 0 for cell in cells), default=0)
    bars = [(format_date(cell.key, "short"), cell.count) for cell in cells]
    words = _("%(value)s a day at most", value=format_decimal(largest))
    return Response(bar_chart(bars, ink=INKS[ink], largest=words), mimetype="image/svg+xml")


@bp.get("/<slug>/signatures/quarantine")
def show_quarantine(slug: str) -> ResponseReturnValue:
    """Groups of what is quarantined, the largest first."""
    petition = petition_for(slug, policy.can_moderate)
    return page("quarantine", petition, groups=queries.list_quarantine(petition.id))


@bp.route("/<slug>/signatures/quarantine/group", methods=["GET", "POST"])
def decide_group(slug: str) -> ResponseReturnValue:
    """Release or discard one group; asks for the reason first."""
    petition = petition_for(slug, policy.can_moderate)
    form = GroupForm(MultiDict(request.args) if request.method == "GET" else request.form)
    if request.method == "GET":
        if not (form.day.validate(form) and form.act.validate(form)):
            raise NotFound
        form.day.errors, form.act.errors = (), ()
        return page("quarantine_group", petition, form=form)
    if not form.validate():
        return make_response(page("quarantine_group", petition, form=form), 422)
    act = quarantine.release_group if form.act.data == "release" else quarantine.discard_group
    with transaction():
        count = act(petition, form.group(), actor=current_user.id, reason=form.reason.data)
    number = format_decimal(count)
    if form.act.data == "release":
        flash(_("Released: %(count)s. Their confirmation mails are being sent.", count=number))
    else:
        flash(_("Discarded: %(count)s.", count=number))
    return redirect(url_for("signature_desk.show_quarantine", slug=slug), 303)


def _largest_first(cells: dict[str, int]) -> dict[str, int]:
    return dict(sorted(cells.items(), key=lambda pair: (-pair[1], pair[0])))
