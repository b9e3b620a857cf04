"""Statements on the staff side: a file comes in, its columns are named, what was read is looked at and kept."""

import uuid
from collections.abc import Callable

from flask import Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.banking.forms.statements import FileForm, LayoutForm
from campaign.banking.forms.words import COLUMN_WORDS
from campaign.banking.models import BankStatement, StatementState
from campaign.banking.queries import lists
from campaign.banking.service import statements
from campaign.banking.service.reading.parts import NO_STATEMENT, BadStatement
from campaign.banking.service.reading.texts import ENCODINGS
from campaign.banking.staff_views.blueprint import bp, for_keepers, for_readers, shared_words, told
from campaign.kernel import audit
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.web.guards import checks_origin, fresh
from campaign.web.incoming import Incoming
from campaign.web.opened import is_opened, open_on_record
from campaign.web.paging import paginate
from campaign.web.steps import actor_id

AT_WORK = frozenset({StatementState.READING, StatementState.KEEPING})
SECONDS_BETWEEN_LOOKS = 4
SAMPLES, SHOWN_OF_EACH = 12, 3
LARGEST_BODY = 600 * 1024**2


@bp.get("")
@for_readers
def list_statements() -> ResponseReturnValue:
    """Every file that came in, and the form for another."""
    return _list_page(FileForm(formdata=None))


@bp.post("")
@checks_origin
@for_keepers
def receive_file() -> ResponseReturnValue:
    """Take a file in as it comes: sealed piece by piece, so that a large one fills no memory and lies on no disk.

    Its form is read only here, behind the guard and the look at where it comes from, and its token right after.
    """
    actor = actor_id()
    incoming = Incoming(
        lambda: statements.begin_receiving(actor=actor), lambda file: statements.give_up_receiving(file.statement_id),
    )  # fmt: skip
    incoming.expect(LARGEST_BODY)
    try:
        form = _offered(FileForm())
        is_sound = form.validate_on_submit()
        name = getattr(form.file.data, "filename", "") or ""
        if not is_sound or not name:
            incoming.give_up()
            return _list_page(form, "" if form.errors else _("Choose a file."))
        received = incoming.complete()
        if received is None:
            raise BadStatement(NO_STATEMENT)
        with transaction():
            found = statements.take_file(received, name, form.account.data, actor=actor)
    except statements.HereAlready as known:
        incoming.give_up()
        flash(_("This very file is here already. Here it is; nothing was taken twice."))
        return _back(known.statement_id)
    except DomainError as refusal:
        incoming.give_up()
        session.expire_all()
        return _list_page(_offered(FileForm(formdata=None)), told(refusal))
    except BaseException:
        incoming.give_up()
        raise
    return _back(found.id)


@bp.get("/<uuid:statement_id>")
@for_readers
def show_statement(statement_id: uuid.UUID) -> ResponseReturnValue:
    """Where a statement stands; before it is read, its columns."""
    return _page(_statement(statement_id))


@bp.post("/<uuid:statement_id>/columns")
@for_keepers
def name_columns(statement_id: uuid.UUID) -> ResponseReturnValue:
    """Say what the columns mean, and let the lines be read."""
    found, form = _statement(statement_id), LayoutForm()
    columns = {heading: request.form.get(f"column-{place}", "") for place, heading in enumerate(found.headers)}
    if not form.validate_on_submit():
        return _page(found, form=form, columns=columns, status=422)
    try:
        with transaction():
            statements.choose_columns(statement_id, form.layout(columns), actor=actor_id())
    except BadStatement as refusal:
        return _page(_anew(statement_id), told(refusal), form=form, columns=columns, status=422)
    except DomainError as refusal:
        return _page(_anew(statement_id), told(refusal), status=409)
    return _back(statement_id)


@bp.post("/<uuid:statement_id>/encoding")
@for_keepers
def choose_encoding(statement_id: uuid.UUID) -> ResponseReturnValue:
    """Read a table in another alphabet."""
    encoding = request.form.get("encoding", "")
    return _step(statement_id, lambda: statements.choose_encoding(statement_id, encoding, actor=actor_id()), "")


@bp.post("/<uuid:statement_id>/samples")
@for_keepers
@fresh
def show_samples(statement_id: uuid.UUID) -> ResponseReturnValue:
    """Show the first rows of a table: on record, since they say who gave."""
    _statement(statement_id)
    open_on_record(
        _about(statement_id),
        lambda: audit.record(
            "bank.samples_shown", actor=actor_id(), about=f"bank-statement:{statement_id}", amount=SAMPLES
        ),
        actor_id(), amount=SAMPLES,
    )  # fmt: skip
    return _back(statement_id)


@bp.post("/<uuid:statement_id>/anew")
@for_keepers
def name_columns_anew(statement_id: uuid.UUID) -> ResponseReturnValue:
    """Back to the columns."""
    return _step(statement_id, lambda: statements.name_columns_anew(statement_id, actor=actor_id()), "")


@bp.post("/<uuid:statement_id>/keep")
@for_keepers
def keep_statement(statement_id: uuid.UUID) -> ResponseReturnValue:
    """Let its lines count."""
    return _step(statement_id, lambda: statements.begin_keeping(statement_id, actor=actor_id()), "")


@bp.post("/<uuid:statement_id>/give-up")
@for_keepers
def give_up_statement(statement_id: uuid.UUID) -> ResponseReturnValue:
    """Erase a file of which nothing was kept."""
    done = _("The file is erased; nothing was kept.")
    return _step(statement_id, lambda: statements.give_up(statement_id, actor=actor_id()), done)


@bp.get("/<uuid:statement_id>/progress.json")
@for_readers
def statement_progress(statement_id: uuid.UUID) -> Response:
    """How far it is, for the page that is open."""
    found = _statement(statement_id)
    return jsonify(state=found.state, done=_done(found), is_at_work=found.state in AT_WORK)


def _step(statement_id: uuid.UUID, act: Callable[[], object], done: str) -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(_anew(statement_id), told(refusal), status=409)
    if done:
        flash(done)
    return _back(statement_id)


def _statement(statement_id: uuid.UUID) -> BankStatement:
    found = statements.get_statement(statement_id)
    if found.state == StatementState.RECEIVING:
        raise NotFound
    return found


def _anew(statement_id: uuid.UUID) -> BankStatement:
    session.expire_all()
    return _statement(statement_id)


def _done(found: BankStatement) -> int:
    return found.lines_kept if found.state == StatementState.KEEPING else found.lines_read


def _offered(form: FileForm) -> FileForm:
    names = shared_words()["account_words"]
    form.offer([(each.id, str(names.get(each.code, each.code)))
                for each in lists.accounts_by_id().values() if each.is_open])  # fmt: skip
    return form


def _list_page(form: FileForm, problem: str = "") -> Response:
    page = paginate(lists.statements())
    body = render_template(
        "banking/staff/list.html", form=_offered(form), problem=problem, page=page, accounts=lists.accounts_by_id(),
        waiting=lists.waiting_by_account(), names=names_of({each.made_by for each in page.items if each.made_by}),
        **shared_words(),
    )  # fmt: skip
    return make_response(body, 422 if problem or form.errors else 200)


def _page(
    found: BankStatement, problem: str = "", *, form: LayoutForm | None = None,
    columns: dict[str, str] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    if found.state == StatementState.COLUMNS:
        return make_response(_columns_page(found, problem, form, columns), status)
    is_at_work = found.state in AT_WORK
    page = paginate(lists.read_lines(found.id)) if found.state == StatementState.READ else None
    body = render_template(
        "banking/staff/show.html", found=found, problem=problem, is_at_work=is_at_work, done=_done(found), page=page,
        account=lists.accounts_by_id().get(found.account_id or 0),
        names=names_of({each for each in (found.made_by, found.kept_by) if each}), **shared_words(),
    )  # fmt: skip
    response = make_response(body, status)
    if is_at_work:
        # For browsers without scripts; with one, follow.js has come before it.
        response.headers["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


def _columns_page(
    found: BankStatement, problem: str, form: LayoutForm | None, columns: dict[str, str] | None
) -> str:  # fmt: skip
    said = found.mapping if columns is None else {}
    chosen = dict(said.get("columns", {})) if columns is None else columns
    if form is None:
        form = LayoutForm(formdata=None, data={"days": said.get("days", "dmy"), "point": said.get("point", ",")})
    samples: list[tuple[str, ...]] = []
    if is_opened(_about(found.id)):
        samples = list(statements.look_again(found).samples[:SAMPLES])
    rows = [
        (heading, chosen.get(heading, ""), [cells[place] for cells in samples if place < len(cells) and cells[place]]
         [:SHOWN_OF_EACH])
        for place, heading in enumerate(found.headers)
    ]  # fmt: skip
    return render_template(
        "banking/staff/columns.html", found=found, problem=problem, form=form, rows=rows, has_samples=bool(samples),
        columns=COLUMN_WORDS, encodings=ENCODINGS, account=lists.accounts_by_id().get(found.account_id or 0),
        **shared_words(),
    )  # fmt: skip


def _about(statement_id: uuid.UUID) -> str:
    return f"bank-samples:{statement_id}"


def _back(statement_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("banking_staff.show_statement", statement_id=statement_id), 303)
