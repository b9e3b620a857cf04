"""One row of an import: what it says, what is wrong with it, whom it may mean, and what is to become of it."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError
from campaign.prisoners.models import RowOutcome
from campaign.prisoners.queries import imports as queries
from campaign.prisoners.service.imports import apply, review
from campaign.prisoners.service.imports.fields import BY_NAME
from campaign.prisoners.service.imports.match import match_by_hand
from campaign.prisoners.staff_views.blueprint import bp, for_editors
from campaign.web.steps import actor_id, told

CONFIRMABLE = ("articles",)


@bp.get("/imports/<uuid:import_id>/rows/<int:number>")
@for_editors
def show_import_row(import_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """One row with its cells, its problems, its candidates and what it would change."""
    return _row_page(import_id, number)


@bp.post("/imports/<uuid:import_id>/rows/<int:number>")
@for_editors
def edit_import_row(import_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Correct cells; the row is looked at anew."""
    headings = queries.get_import(import_id).headers
    cells = {heading: request.form[f"cell-{place}"].replace("\r\n", "\n").strip()
             for place, heading in enumerate(headings) if f"cell-{place}" in request.form}  # fmt: skip
    confirmed = [name for name in CONFIRMABLE if request.form.get(f"confirm-{name}")]
    with transaction():
        review.edit_row(import_id, number, cells, confirmed=confirmed, actor=actor_id())
    flash(_("Looked at anew."))
    return _back(import_id, number)


@bp.post("/imports/<uuid:import_id>/rows/<int:number>/decide")
@for_editors
def decide_import_row(import_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Somebody new, this person, or left out."""
    wanted = request.form.get("choice", "")
    try:
        with transaction():
            if wanted in {review.Choice.NEW, review.Choice.SKIP}:
                review.decide_row(import_id, number, review.Choice(wanted), actor=actor_id())
            else:
                person = match_by_hand(request.form.get("person", "") or wanted)
                review.decide_row(import_id, number, review.Choice.BEST, prisoner=person, actor=actor_id())
    except DomainError as problem:
        return _row_page(import_id, number, told(problem)), 422
    return _back(import_id, number)


@bp.post("/imports/<uuid:import_id>/rows/<int:number>/second")
@for_editors
def decide_waiting_row(import_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Let a change of a public person pass as the second person, or refuse it."""
    wanted = request.form.get("decision", "")
    if wanted not in {"approve", "refuse"}:
        raise Conflict
    with transaction():
        apply.decide_waiting(import_id, number, approve=wanted == "approve", actor=actor_id())
    flash(_("Applied.") if wanted == "approve" else _("Refused."))
    return _back(import_id, number)


def _row_page(import_id: uuid.UUID, number: int, problem: str = "") -> str:
    import_ = queries.get_import(import_id)
    row = queries.get_row(import_id, number)
    ids = [uuid.UUID(each["prisoner"]) for each in row.candidates if "prisoner" in each]
    people = queries.list_candidates([*ids, *([row.prisoner_id] if row.prisoner_id else [])])
    cells = [(place, heading, BY_NAME[import_.mapping[heading]], row.edited.get(heading, row.raw.get(heading, "")))
             for place, heading in enumerate(import_.headers) if heading in import_.mapping]  # fmt: skip
    is_open = row.outcome in {RowOutcome.NONE, RowOutcome.REFUSED} and import_.state in review.REVIEWABLE
    return render_template(
        "prisoners/staff/imports/row.html", import_=import_, row=row, cells=cells, people=people, fields=BY_NAME,
        problem=problem, is_open=is_open, may_decide=actor_id() not in {import_.applied_by, row.decided_by},
        has_errors=any(each["level"] == "error" for each in row.problems), candidates=row.candidates,
        names=names_of({each for each in (row.decided_by, import_.applied_by) if each}),
    )  # fmt: skip


def _back(import_id: uuid.UUID, number: int) -> ResponseReturnValue:
    return redirect(url_for("prisoners_staff.show_import_row", import_id=import_id, number=number), 303)
