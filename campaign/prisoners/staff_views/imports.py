"""Imports on the staff side: a file comes in, its columns are named, its rows looked at, applied and taken back."""

import uuid
from typing import Any

from flask import Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.tables import BadTable, open_table
from campaign.kernel.tables.fields import BadMapping
from campaign.kernel.text import one_line
from campaign.prisoners.forms.imports import UploadForm
from campaign.prisoners.models import ImportState, PrisonerImport, RowOutcome, RowVerdict
from campaign.prisoners.queries import imports as queries
from campaign.prisoners.service.imports import apply, review, undo, upload
from campaign.prisoners.service.imports.fields import BY_NAME, FIELDS, NAMES
from campaign.prisoners.staff_views.blueprint import bp, for_editors
from campaign.web.fields import uploaded
from campaign.web.paging import paginate
from campaign.web.steps import actor_id

AT_WORK = frozenset({ImportState.STAGING, ImportState.APPLYING, ImportState.REVERTING})
SAMPLES = 3
SECONDS_BETWEEN_LOOKS = 4
ROWS_A_PAGE = 50


@bp.route("/imports", methods=["GET", "POST"])
@for_editors
def list_imports() -> ResponseReturnValue:
    """Every import, and the form for another file."""
    form, problem = UploadForm(), ""
    content = uploaded(form.file) if form.is_submitted() else None
    if form.validate_on_submit():
        if content is None:
            problem = _("Choose a file.")
        else:
            try:
                return _take(form, content)
            except BadTable as refusal:
                problem = _(refusal.message, **refusal.values)
    page = paginate(queries.imports())
    body = render_template(
        "prisoners/staff/imports/list.html", form=form, problem=problem, page=page,
        names=names_of({each.made_by for each in page.items if each.made_by}),
    )  # fmt: skip
    return make_response(body, 422 if problem or form.errors else 200)


def _take(form: UploadForm, content: bytes) -> ResponseReturnValue:
    name = form.file.data.filename or ""
    coming = upload.Upload(content, name, form.source_title.data or "", form.source_url.data or "")
    with transaction():
        import_, _table = upload.take_file(coming, actor=actor_id())
    if import_.state != ImportState.UPLOADED:
        flash(_("This very file came in before. Here it is."))
    return redirect(url_for("prisoners_staff.show_import", import_id=import_.id), 303)


@bp.get("/imports/<uuid:import_id>")
@for_editors
def show_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Where an import stands; before its rows are read, its columns."""
    import_ = queries.get_import(import_id)
    if import_.state in {ImportState.UPLOADED, ImportState.MAPPED}:
        return _columns_page(import_id, import_.mapping)
    return _import_page(import_)


@bp.post("/imports/<uuid:import_id>/columns")
@for_editors
def name_columns(import_id: uuid.UUID) -> ResponseReturnValue:
    """Say what the columns mean, and let the rows be read."""
    headings = queries.get_import(import_id).headers
    mapping = {heading: request.form.get(f"column-{place}", "") for place, heading in enumerate(headings)}
    try:
        with transaction():
            import_ = queries.get_import(import_id, locked=True)
            upload.set_mapping(import_, mapping, actor=actor_id())
            upload.begin_staging(import_, actor=actor_id())
    except BadMapping as refusal:
        values = {name: _(str(value)) for name, value in refusal.values.items()}
        return make_response(_columns_page(import_id, mapping, _(refusal.message, **values)), 422)
    return _back(import_id)


@bp.get("/imports/<uuid:import_id>/progress.json")
@for_editors
def import_progress(import_id: uuid.UUID) -> Response:
    """How far it is, for the page that is open."""
    import_ = queries.get_import(import_id)
    done, _total = _progress(import_)
    return jsonify(state=import_.state, done=done, is_at_work=import_.state in AT_WORK)


@bp.post("/imports/<uuid:import_id>/apply")
@for_editors
def apply_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Let the rows loose on the registry, or go on with it."""
    with transaction():
        apply.begin_applying(import_id, actor=actor_id())
    return _back(import_id)


@bp.post("/imports/<uuid:import_id>/stop")
@for_editors
def stop_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Stop after the batch at hand."""
    with transaction():
        upload.cancel_import(import_id, actor=actor_id())
    flash(_("Stopped."))
    return _back(import_id)


@bp.post("/imports/<uuid:import_id>/undo")
@for_editors
def undo_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Take the whole import back."""
    with transaction():
        undo.begin_undo(import_id, actor=actor_id())
    return _back(import_id)


@bp.post("/imports/<uuid:import_id>/decide")
@for_editors
def decide_rows(import_id: uuid.UUID) -> ResponseReturnValue:
    """One decision for every row that the filters name."""
    filters = _filters(request.form)
    with transaction():
        count = review.decide_many(
            import_id, _choice(), verdict=filters["verdict"], field=filters["field"], words=filters["q"],
            actor=actor_id(),
        )  # fmt: skip
    flash(_("Decided: %(count)s rows.", count=count))
    kept: dict[str, Any] = {name: value for name, value in filters.items() if value}
    return redirect(url_for("prisoners_staff.show_import", import_id=import_id, **kept), 303)


def _columns_page(import_id: uuid.UUID, mapping: dict[str, str], problem: str = "") -> str:
    import_ = queries.get_import(import_id, with_content=True)
    samples: list[tuple[str, ...]] = []
    if import_.content is not None:
        rows = open_table(import_.content).rows()
        samples = [row.cells for row, _number in zip(rows, range(SAMPLES), strict=False)]
    columns = [(heading, mapping.get(heading, ""), [cells[place] for cells in samples])
               for place, heading in enumerate(import_.headers)]  # fmt: skip
    return render_template(
        "prisoners/staff/imports/columns.html", import_=import_, columns=columns, fields=FIELDS, names=NAMES,
        problem=problem,
    )  # fmt: skip


def _import_page(import_: PrisonerImport) -> Response:
    filters = _filters(request.args)
    statement = queries.rows(
        import_.id, verdict=filters["verdict"], outcome=filters["outcome"], field=filters["field"], words=filters["q"]
    )
    done, total = _progress(import_)
    counts = queries.count_verdicts(import_.id)
    body = render_template(
        "prisoners/staff/imports/show.html", import_=import_, counts=counts, done=done, total=total,
        outcomes=queries.count_outcomes(import_.id), problems=queries.count_problems(import_.id),
        changes=queries.count_changes(import_.id), page=paginate(statement, per_page=ROWS_A_PAGE), filters=filters,
        fields=BY_NAME, verdicts=RowVerdict, is_at_work=import_.state in AT_WORK,
        names=names_of({each for each in (import_.made_by, import_.applied_by, import_.reverted_by) if each}),
    )  # fmt: skip
    response = make_response(body)
    if import_.state in AT_WORK:
        # For browsers without scripts; with one, follow.js has come before it.
        response.headers["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


def _progress(import_: PrisonerImport) -> tuple[int, int]:
    """How many rows the work at hand has dealt with, and of how many."""
    if import_.state == ImportState.STAGING:
        return min(max(import_.rows_staged - 1, 0), import_.rows_total), import_.rows_total
    outcomes = queries.count_outcomes(import_.id)
    if import_.state in {ImportState.REVERTING, ImportState.REVERTED}:
        back = outcomes.get(RowOutcome.UNDONE, 0) + outcomes.get(RowOutcome.LEFT, 0)
        waiting = (RowOutcome.MADE, RowOutcome.CHANGED, RowOutcome.WAITS)
        return back, back + sum(outcomes.get(each, 0) for each in waiting)
    verdicts = queries.count_verdicts(import_.id)
    whole = sum(verdicts.get(each, 0) for each in apply.APPLICABLE)
    return min(import_.rows_applied, whole), whole


def _filters(source: Any) -> dict[str, str]:
    """What the address or a form narrows the rows by; nonsense narrows nothing."""
    verdict, outcome, field = (source.get(name, "") for name in ("verdict", "outcome", "field"))
    return {
        "verdict": verdict if verdict in set(RowVerdict) else "",
        "outcome": outcome if outcome in set(RowOutcome) else "",
        "field": field if field in BY_NAME else "",
        "q": one_line(source.get("q", ""), 100),
    }


def _choice() -> review.Choice:
    try:
        return review.Choice(request.form.get("choice", ""))
    except ValueError as problem:
        raise Conflict(_("Choose what to do with the rows.")) from problem


def _back(import_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("prisoners_staff.show_import", import_id=import_id), 303)
