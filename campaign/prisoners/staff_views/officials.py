"""Who acted: the register of officials, and what each did in which case. For the few who may see it."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.text import one_line
from campaign.prisoners.forms.officials import ActForm, OfficialForm
from campaign.prisoners.models import Official
from campaign.prisoners.policy import OFFICIALS_READERS
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries import officials as queries
from campaign.prisoners.queries.cases import get_case
from campaign.prisoners.service import officials as service
from campaign.prisoners.service.cases import BadCase
from campaign.prisoners.service.names import fold
from campaign.prisoners.staff_views.blueprint import bp
from campaign.prisoners.staff_views.case_pages import DONE, attempt, form_page, spoken, to_case
from campaign.web.guards import requires
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 100
MOST_MATCHES = 12
for_few = requires(*OFFICIALS_READERS)


@bp.get("/officials")
@for_few
def list_officials() -> ResponseReturnValue:
    """Every official, by name in either alphabet, office and sanctions; all of it in the address."""
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    chosen = {name: request.args.get(name, "") for name in ("office", "sanctioned", "sort")}
    page = paginate(queries.officials(words=fold(search).split(), **chosen))
    counts = queries.count_cases_of([each.id for each in page.items])
    return render_template(
        "prisoners/staff/officials/list.html", page=page, counts=counts, search=search, **chosen, **spoken()
    )  # fmt: skip


@bp.get("/officials/<uuid:official_id>")
@for_few
def show_official(official_id: uuid.UUID) -> ResponseReturnValue:
    """One official, and what they did in which case."""
    official, facts = queries.get_official(official_id), queries.list_official_facts(official_id)
    return render_template(
        "prisoners/staff/officials/show.html", official=official, acts=queries.list_acts_of(official_id), facts=facts,
        names=names_of({each for fact in facts for each in (fact.entered_by, fact.verified_by) if each}), **spoken(),
    )  # fmt: skip


@bp.route("/officials/new", methods=["GET", "POST"])
@for_few
def create_official() -> ResponseReturnValue:
    """Write down somebody in office; coming from a case, go on to what they did there."""
    form = OfficialForm()
    if not form.is_submitted():
        form.name.data = one_line(request.args.get("name", ""), LONGEST_SEARCH)
    made: list[Official] = []
    if form.validate_on_submit():
        status = attempt(
            form, None, lambda: made.append(service.add_official(form.draft(), form.source(), actor=actor_id()))
        )  # fmt: skip
        if status == DONE:
            flash(_("The official is written down."))
            return _after(made[0])
    return _edit_page(form, None, 422 if form.errors else 200)


@bp.route("/officials/<uuid:official_id>/edit", methods=["GET", "POST"])
@for_few
def edit_official(official_id: uuid.UUID) -> ResponseReturnValue:
    """Change what is known of an official."""
    official, form = queries.get_official(official_id), OfficialForm()
    if not form.is_submitted():
        form.show(official)
    if not form.validate_on_submit():
        return _edit_page(form, official, 422 if form.errors else 200)
    try:
        with transaction():
            service.edit_official(
                official, form.draft(), form.source(), seen_version=form.seen_version, actor=actor_id()
            )  # fmt: skip
    except Conflict:
        stored = queries.get_official(official_id)
        form.version.data = str(stored.version)
        return _edit_page(form, stored, 409, is_conflict=True)
    except BadCase as problem:
        form[problem.field].errors = [told(problem)]
        return _edit_page(form, queries.get_official(official_id), 422)
    flash(_("The official is saved."))
    return redirect(url_for("prisoners_staff.show_official", official_id=official_id), DONE)


@bp.route("/<uuid:prisoner_id>/cases/<uuid:case_id>/acts/new", methods=["GET", "POST"])
@for_few
def record_act(prisoner_id: uuid.UUID, case_id: uuid.UUID) -> ResponseReturnValue:
    """Find the official, then write down what they did."""
    case, form = get_case(prisoner_id, case_id), ActForm()
    official = _chosen()
    if official is None:
        search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
        words = fold(search).split()
        found = paginate(queries.officials(words=words), per_page=MOST_MATCHES, number=1).items if words else []
        return render_template(
            "prisoners/staff/officials/pick.html", case=case, prisoner=get_prisoner(prisoner_id), search=search,
            found=found, **spoken(),
        )  # fmt: skip
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            status = attempt(
                form, None, lambda: service.record_act(official, case, form.draft(), form.source(), actor=actor_id())
            )  # fmt: skip
    if status != DONE:
        return form_page("prisoners/staff/officials/act.html", form, case, status, official=official)
    flash(_("What was done is written down."))
    return to_case(case)


@bp.post("/<uuid:prisoner_id>/cases/<uuid:case_id>/acts/<uuid:act_id>/remove")
@for_few
def remove_act(prisoner_id: uuid.UUID, case_id: uuid.UUID, act_id: uuid.UUID) -> ResponseReturnValue:
    """Take back an act that was written down wrongly."""
    case, reason = get_case(prisoner_id, case_id), one_line(request.form.get("reason", ""), 300)
    try:
        with transaction():
            service.remove_act(case, act_id, reason, actor=actor_id())
    except BadCase as problem:
        flash(told(problem))
        return to_case(case)
    flash(_("It is taken back; the history keeps it."))
    return to_case(case)


def _chosen() -> Official | None:
    try:
        return queries.get_official(uuid.UUID(request.args.get("official", "")))
    except ValueError:
        return None


def _after(official: Official) -> ResponseReturnValue:
    """On to the case one came from, or to the page of the official."""
    try:
        prisoner_id, case_id = (uuid.UUID(request.args.get(name, "")) for name in ("prisoner", "case"))
    except ValueError:
        return redirect(url_for("prisoners_staff.show_official", official_id=official.id), DONE)
    values: dict[str, Any] = {"prisoner_id": prisoner_id, "case_id": case_id, "official": official.id}
    return redirect(url_for("prisoners_staff.record_act", **values), DONE)


def _edit_page(
    form: OfficialForm, official: Official | None, status: int, *, is_conflict: bool = False
) -> ResponseReturnValue:
    page = render_template(
        "prisoners/staff/officials/edit.html", form=form, official=official, is_conflict=is_conflict, **spoken()
    )
    return page, status
