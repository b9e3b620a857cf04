"""The journal: all entries, one entry, an entry by hand, taking one back, and the files of it."""

from collections.abc import Iterator, Sequence
from datetime import date

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.funds.forms.books import EntryForm, ReversalForm
from campaign.funds.forms.words import account_words
from campaign.funds.models import Fund, LedgerEntry, Memo
from campaign.funds.queries import entries, funds
from campaign.funds.service import manual
from campaign.funds.service.exports import as_beancount, as_csv
from campaign.funds.staff_views.blueprint import bp, for_book_readers, for_keepers, shared_words
from campaign.kernel import audit, clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import id_in
from campaign.web.guards import fresh
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

PER_PAGE = 25
FORMATS = {"csv": (as_csv, "text/csv"), "beancount": (as_beancount, "text/plain")}


@bp.get("/journal")
@for_book_readers
def list_entries() -> str:
    """All entries; what narrows the list stands in the address."""
    account, memo, wanted = request.args.get("account", ""), request.args.get("memo", ""), request.args.get("fund", "")
    typed = request.args.get("number", "").strip()
    known = account_words()
    page = paginate(
        entries.entries(
            fund_id=id_in(wanted), account=account if account in known else "", memo=memo, since=_day("since"),
            until=_day("until"), number=_number(typed),
        ),
        per_page=PER_PAGE,
    )  # fmt: skip
    lines = entries.lines_by_entry([each.number for each in page.items])
    named = {line.fund_id for each in lines.values() for line in each}
    chosen = [*funds.list_postable(), *_closed(wanted)]
    return render_template(
        "funds/staff/journal.html", page=page, lines=lines, funds=funds.names_of(named, current_language()),
        account=account, memo=memo, wanted=wanted, number=typed, since=_day("since"), until=_day("until"),
        choices=[(str(each.id), f"{each.code} {each.title_in(current_language())}") for each in chosen],
        is_narrowed=any(request.args.get(each) for each in ("account", "memo", "fund", "since", "until", "number")),
        memos=Memo, **shared_words(),
    )  # fmt: skip


@bp.get("/journal/<int:number>")
@for_book_readers
def show_entry(number: int) -> str:
    """One entry with its lines and its place in the chain."""
    return _entry_page(entries.get_entry(number))


@bp.route("/journal/new", methods=["GET", "POST"])
@for_keepers
def write_entry() -> ResponseReturnValue:
    """An entry by hand; a second person posts it."""
    form = EntryForm()
    is_more = "more" in request.form
    if is_more:
        form.add_lines()
    form.offer(
        _choosable(), [(each.id, f"{each.code} {each.title_in(current_language())}") for each in funds.list_postable()]
    )
    if is_more or not form.validate_on_submit():
        return _write_page(form), 422 if form.errors and not is_more else 200
    try:
        with transaction():
            made = manual.propose_entry(form.draft(), actor=actor_id())
    except DomainError as problem:
        return _write_page(form, told(problem)), 409
    flash(_("Written down. It counts once a second person has posted it."))
    return redirect(url_for("funds_staff.show_proposal", proposal_id=made.id), 303)


@bp.route("/journal/<int:number>/reverse", methods=["GET", "POST"])
@for_keepers
def reverse_entry(number: int) -> ResponseReturnValue:
    """Ask for an entry to be taken back, with the reason; a second person posts the opposite."""
    found, form, problem = entries.get_entry(number), ReversalForm(), ""
    if form.validate_on_submit():
        try:
            with transaction():
                made = manual.propose_reversal(
                    number, memo=Memo(form.memo.data), happened_on=form.happened_on.data, actor=actor_id()
                )
        except NotFound:
            raise
        except DomainError as refusal:
            session.expire_all()
            problem = told(refusal)
        else:
            flash(_("Written down. It counts once a second person has posted it."))
            return redirect(url_for("funds_staff.show_proposal", proposal_id=made.id), 303)
    lines = entries.lines_by_entry([number])[number]
    page = render_template(
        "funds/staff/reverse.html", found=found, form=form, problem=problem, lines=lines,
        funds=funds.names_of({each.fund_id for each in lines}, current_language()), **shared_words(),
    )  # fmt: skip
    return page, 409 if problem else 422 if form.errors else 200


@bp.route("/journal/export", methods=["GET", "POST"])
@for_keepers
@fresh
def export_journal() -> ResponseReturnValue:
    """All of it as a file: for a spreadsheet, or for Beancount."""
    if request.method == "GET":
        return render_template("funds/staff/export.html", **shared_words())
    form = request.form.get("format", "")
    if form not in FORMATS:
        raise NotFound
    with transaction():
        audit.record("ledger.export", actor=actor_id(), about=form)
    write, kind = FORMATS[form]
    parts: Iterator[str] = write()
    response = Response(stream_with_context(parts), mimetype=kind)
    name = f"ledger-{clock.today().isoformat()}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _entry_page(found: LedgerEntry) -> str:
    lines = entries.lines_by_entry([found.number])[found.number]
    return render_template(
        "funds/staff/entry.html", found=found, lines=lines, reversal=entries.find_reversal(found.number),
        is_own=manual.is_own(found), elsewhere=manual.NOT_HERE,
        funds=funds.names_of({each.fund_id for each in lines}, current_language()),
        names=names_of({found.posted_by} if found.posted_by else set()), **shared_words(),
    )  # fmt: skip


def _write_page(form: EntryForm, problem: str = "") -> str:
    return render_template("funds/staff/write.html", form=form, problem=problem, **shared_words())


def _choosable() -> dict[str, str]:
    known = account_words()
    return {code: known[code] for code in entries.list_codes(only_open=True)}


def _closed(wanted: str) -> Sequence[Fund]:
    """The fund that is asked for, where it takes entries no more."""
    fund_id = id_in(wanted)
    if fund_id is None or fund_id in {each.id for each in funds.list_postable()}:
        return []
    try:
        return [funds.get_fund(fund_id)]
    except NotFound:
        return []


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 16 else None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
