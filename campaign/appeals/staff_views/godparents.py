"""Members of parliaments who stand for a prisoner: written down by one organiser, published by another."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.appeals.forms.staff import GodparentForm, StepForm
from campaign.appeals.models import Godparent, Target, TargetKind
from campaign.appeals.queries import staff as queries
from campaign.appeals.queries.targets import Wanted, select_targets
from campaign.appeals.service import answers as service
from campaign.appeals.service.errors import NeedsSecondPerson
from campaign.appeals.staff_views.blueprint import bp, for_organisers, shared_words
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

STEPS = {"publish": service.publish_godparent, "end": service.end_godparent}


@bp.route("/godparents", methods=["GET", "POST"])
@for_organisers
def list_godparents() -> ResponseReturnValue:
    """Who stands for whom, and the form for another."""
    targets, prisoners, form = _targets(), queries.list_public_people(), GodparentForm()
    form.offer(targets, prisoners)
    if not form.is_submitted():
        form.since_on.data = clock.today()
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        with transaction():
            service.record_godparent(form.draft(targets, prisoners), actor=actor_id())
    except DomainError as problem:
        return _page(form, told(problem)), 422
    flash(_("Written down. Another organiser publishes it."))
    return redirect(url_for("appeals_staff.list_godparents"), 303)


@bp.post("/godparents/<uuid:godparent_id>/<any('publish','end'):name>")
@for_organisers
def step_godparent(godparent_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Publish it, or say that it ended."""
    found, form = queries.get_row(Godparent, godparent_id), StepForm()
    try:
        with transaction():
            STEPS[name](found, seen_version=form.seen_version, actor=actor_id())
    except NeedsSecondPerson as problem:
        return _again(told(problem)), 403
    except DomainError as problem:
        return _again(told(problem)), 409
    flash(_("It is public.") if name == "publish" else _("It is not named any more."))
    return redirect(url_for("appeals_staff.list_godparents"), 303)


def _again(problem: str) -> str:
    form = GodparentForm(formdata=None)
    form.offer(_targets(), queries.list_public_people())
    return _page(form, problem)


def _targets() -> list[Target]:
    """Members of parliaments, also of the European one."""
    found: list[Target] = []
    for kind in (TargetKind.MP, TargetKind.MEP):
        found.extend(session.scalars(select_targets(Wanted(kind=kind.value), clock.today())))
    return found


def _page(form: GodparentForm, problem: str = "") -> str:
    page = paginate(queries.select_godparents())
    targets, prisoners = queries.names_for(page.items)
    return render_template(
        "appeals/staff/godparents.html", form=form, page=page, targets=targets, prisoners=prisoners, problem=problem,
        actor_id=actor_id(), **shared_words(),
    )  # fmt: skip
