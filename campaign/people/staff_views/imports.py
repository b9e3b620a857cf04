"""Lists on the staff side: a file comes in, its columns are named, its rows looked at, applied and taken back."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel.allowance import DECRYPTING, take
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.tables import BadTable
from campaign.kernel.tables.fields import BadMapping, Field
from campaign.people import policy
from campaign.people.forms.imports import ChoicesForm, FileForm
from campaign.people.models import ImportState, PeopleImport, RowOutcome, RowVerdict
from campaign.people.service.imports import apply, fields, review, undo, upload
from campaign.people.service.imports.upload import BadBasis
from campaign.web.errors import page as error_page
from campaign.web.guards import checks_origin, fresh, requires
from campaign.web.i18n import current_language
from campaign.web.incoming import Incoming
from campaign.web.paging import paginate
from campaign.web.steps import actor_id

bp = Blueprint("people_imports", __name__)
for_keepers = requires(*policy.READERS)
AT_WORK = frozenset({ImportState.CHECKING, ImportState.APPLYING, ImportState.REVERTING})
SAMPLES, SHOWN_OF_EACH = 20, 3
SECONDS_BETWEEN_LOOKS = 4
ROWS_A_PAGE = 50
LARGEST_BODY = 400 * 1024**2


@bp.get("")
@for_keepers
def list_imports() -> ResponseReturnValue:
    """Every list that came in, and the form for another."""
    return _list_page(FileForm())


@bp.post("")
@checks_origin
@for_keepers
def receive_file() -> ResponseReturnValue:
    """Take a file in as it comes: sealed piece by piece, so that a large one fills no memory and lies on no disk.

    Its form is read only here, behind the guard and the look at where it comes from, and its token right after.
    """
    actor = actor_id()
    incoming = Incoming(
        lambda: upload.begin_receiving(actor=actor), lambda file: upload.give_up_receiving(file.import_id),
    )  # fmt: skip
    incoming.expect(LARGEST_BODY)
    try:
        form = FileForm()
        is_sound = form.validate_on_submit()
        name = getattr(form.file.data, "filename", "") or ""
        if not is_sound or not name:
            incoming.give_up()
            return _list_page(form, _("Choose a file."))
        received = incoming.complete()
        if received is None:
            raise BadTable(N_("This file is empty."))
        with transaction():
            import_, _table = upload.take_file(received, name, actor=actor)
    except BadTable as refusal:
        incoming.give_up()
        return _list_page(FileForm(formdata=None), _(refusal.message, **refusal.values))
    except BaseException:
        incoming.give_up()
        raise
    if import_.id != received.import_id:
        flash(_("This very file came in before and is not finished. Here it is."))
    return _back(import_.id)


@bp.get("/<uuid:import_id>")
@for_keepers
def show_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Where an import stands; before its rows are read, its columns."""
    import_ = _import(import_id)
    if import_.state == ImportState.UPLOADED:
        form = ChoicesForm(formdata=None, data=_said(import_))
        return make_response(_columns_page(import_, import_.mapping, form))
    return _import_page(import_)


@bp.get("/<uuid:import_id>/columns")
@for_keepers
def show_columns(import_id: uuid.UUID) -> ResponseReturnValue:
    """The columns again, of a list that was looked at and not applied."""
    import_ = _import(import_id)
    if import_.state != ImportState.CHECKED or import_.rows_applied:
        return _back(import_id)
    form = ChoicesForm(formdata=None, data=_said(import_))
    return make_response(_columns_page(import_, import_.mapping, form))


@bp.post("/<uuid:import_id>/columns")
@for_keepers
def name_columns(import_id: uuid.UUID) -> ResponseReturnValue:
    """Say what the columns mean and on which ground the people are kept, and let the rows be read."""
    headings = _import(import_id).headers
    mapping = {heading: request.form.get(f"column-{place}", "") for place, heading in enumerate(headings)}
    form, problem = ChoicesForm(), ""
    if form.validate_on_submit():
        try:
            with transaction():
                import_ = upload.get_import(import_id, locked=True)
                upload.choose(import_, mapping, form.choices, actor=actor_id())
                upload.begin_check(import_, actor=actor_id())
        except BadMapping as refusal:
            problem = _(refusal.message, **{name: _(str(value)) for name, value in refusal.values.items()})
        except BadBasis as refusal:
            problem = _(refusal.message)
        else:
            return _back(import_id)
    return make_response(_columns_page(_import(import_id), mapping, form, problem), 422)


@bp.get("/<uuid:import_id>/progress.json")
@for_keepers
def import_progress(import_id: uuid.UUID) -> Response:
    """How far it is, for the page that is open."""
    import_ = _import(import_id)
    done, _total = review.progress_of(import_, review.counts_of(import_))
    return jsonify(state=import_.state, done=done, is_at_work=import_.state in AT_WORK)


@bp.post("/<uuid:import_id>/apply")
@for_keepers
@fresh
def apply_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Let the rows loose on people's records, or go on with it."""
    with transaction():
        apply.begin_applying(import_id, actor=actor_id())
    return _back(import_id)


@bp.post("/<uuid:import_id>/stop")
@for_keepers
def stop_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Stop after the batch at hand."""
    with transaction():
        is_stopped = upload.stop(import_id, actor=actor_id())
    flash(_("Stopped. It can go on later.") if is_stopped else _("It had stopped already."))
    return _back(import_id)


@bp.post("/<uuid:import_id>/give-up")
@for_keepers
def give_up_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Erase a file of which nothing was applied."""
    with transaction():
        upload.give_up(import_id, actor=actor_id())
    flash(_("The file is erased."))
    return redirect(url_for("people_imports.list_imports"), 303)


@bp.post("/<uuid:import_id>/undo")
@for_keepers
@fresh
def undo_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Take the whole list back."""
    with transaction():
        undo.begin_undo(import_id, actor=actor_id())
    return _back(import_id)


@bp.post("/<uuid:import_id>/problems.csv")
@for_keepers
@fresh
def download_problems(import_id: uuid.UUID) -> ResponseReturnValue:
    """One part of the rows that are not applied, with what is wrong with them."""
    import_ = _import(import_id)
    text = request.form.get("part", "0")
    part = int(text) if text.isascii() and text.isdecimal() and len(text) <= 3 else 0
    with transaction():
        may = review.may_download(import_, part, actor=actor_id())
    if not may:
        return error_page(
            429,
            _("Too many records"),
            _("Within one hour one person may see so many addresses and no more. An alarm is up. Try again later."),
        )
    words = review.Words(_("Row"), _("Problem"), _sentence)
    response = Response(stream_with_context(review.problem_lines(import_, part, words)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="problems-{part + 1}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _import(import_id: uuid.UUID) -> PeopleImport:
    import_ = upload.get_import(import_id)
    if import_.state == ImportState.RECEIVING:
        raise NotFound
    return import_


def _list_page(form: FileForm, problem: str = "") -> Response:
    page = paginate(review.imports())
    body = render_template(
        "people/staff/imports/list.html", form=form, problem=problem, page=page,
        names=names_of({each.made_by for each in page.items if each.made_by}),
    )  # fmt: skip
    return make_response(body, 422 if problem or form.errors else 200)


def _columns_page(import_: PeopleImport, mapping: Mapping[str, str], form: ChoicesForm, problem: str = "") -> str:
    samples = _samples(import_)
    columns = [
        (heading, mapping.get(heading, ""), [cells[place] for cells in samples if cells[place]][:SHOWN_OF_EACH])
        for place, heading in enumerate(import_.headers)
    ]
    return render_template(
        "people/staff/imports/columns.html", import_=import_, columns=columns, form=form,
        fields=fields.known_fields(current_language()), samples=samples, problem=problem, reached_by=fields.REACHED_BY,
    )  # fmt: skip


def _samples(import_: PeopleImport) -> list[tuple[str, ...]]:
    """The first rows, counted against what one person may see in an hour; none when that is used up."""
    with transaction():
        may = take(DECRYPTING, actor_id(), min(SAMPLES, import_.rows_total))
    if not may:
        return []
    rows = upload.open_again(import_).rows()
    return [row.cells for row, _number in zip(rows, range(SAMPLES), strict=False)]


def _import_page(import_: PeopleImport) -> Response:
    verdict, outcome = request.args.get("verdict", ""), request.args.get("outcome", "")
    verdict = verdict if verdict in set(RowVerdict) else ""
    outcome = outcome if outcome in set(RowOutcome) else ""
    counts, live = review.counts_of(import_), apply.count_rows(import_.id)
    done, total = review.progress_of(import_, counts)
    not_taken = review.count_not_taken(import_.id)
    is_at_work = import_.state in AT_WORK
    body = render_template(
        "people/staff/imports/show.html", import_=import_, counts=counts, done=done, total=total, verdict=verdict,
        outcome=outcome, is_at_work=is_at_work, changes=review.count_changes(import_.id),
        problems=review.count_problems(import_.id), fields=_by_any_name(), verdicts=RowVerdict,
        page=None if is_at_work else paginate(review.rows(import_.id, verdict=verdict, outcome=outcome),
                                              per_page=ROWS_A_PAGE),
        is_kept=any(live.values()), parts=-(-not_taken // review.ROWS_A_PART), not_taken=not_taken,
        names=names_of({each for each in (import_.made_by, import_.applied_by, import_.reverted_by) if each}),
    )  # fmt: skip
    response = make_response(body)
    if is_at_work:
        # For browsers without scripts; with one, follow.js has come before it.
        response.headers["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


def _by_any_name() -> dict[str, Field]:
    """The fields by the names that mappings, changes and problems give them."""
    known, language = fields.known_fields(current_language()), current_language()
    return {**known, "since_on": known["since"], **fields.own_by_id(language)}


def _said(import_: PeopleImport) -> dict[str, Any]:
    said = upload.choices_of(import_)
    return {name: getattr(said, name) for name in said.__dataclass_fields__} | {"basis": said.basis.value}


def _sentence(problem: Mapping[str, Any]) -> str:
    known = _by_any_name().get(str(problem["field"]))
    words = _(str(problem["message"]), **problem["values"]) if problem["values"] else _(str(problem["message"]))
    return f"{_(known.label)}: {words}" if known is not None else str(words)


def _back(import_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("people_imports.show_import", import_id=import_id), 303)
