"""The steps of a batch: cancelled, printed anew, printed, handed over, posted, checked off."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.letters.forms.batches import CodesForm, HandOverForm, PostForm, accounts_in
from campaign.letters.models import BatchState, Letter, LetterBatch, LetterState
from campaign.letters.queries import batches as queries
from campaign.letters.queries.by_group import is_batch_within
from campaign.letters.service import batches as service
from campaign.letters.service import copying, posting
from campaign.letters.service.copying import CopySheet
from campaign.letters.service.posting import Account
from campaign.letters.staff_views.batches import LETTERS_A_PAGE, back_to, batch_page, bp, for_some, within, words
from campaign.prisoners.models import Facility
from campaign.web.i18n import current_language
from campaign.web.opened import is_opened, note_opened
from campaign.web.paging import page_of
from campaign.web.steps import actor_id, told


def _step(batch_id: uuid.UUID, work: Callable[[], Any]) -> ResponseReturnValue:
    """Take one step and say what it did; what is refused stands on the batch's page."""
    queries.get_batch(batch_id)
    try:
        with transaction():
            said = work()
    except DomainError as problem:
        return batch_page(queries.get_batch(batch_id), told(problem)), 409
    flash(said)
    groups = within()
    if groups is not None and not is_batch_within(batch_id, groups, actor_id()):
        # Nothing of theirs lies in it any more.
        return redirect(url_for("batches_staff.list_batches"), 303)
    return back_to(batch_id)


@bp.post("/<uuid:batch_id>/cancel")
@for_some
def cancel(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Give everything back to the queue."""

    def work() -> Any:
        service.cancel_batch(batch_id, actor=actor_id())
        return _("The batch is cancelled. Its letters wait in the queue again.")

    return _step(batch_id, work)


@bp.post("/<uuid:batch_id>/reprint")
@for_some
def reprint(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Address everything anew and make the documents again."""

    def work() -> Any:
        out = service.reprint(batch_id, actor=actor_id(), language=current_language())
        if not out:
            return _("Every letter is addressed anew by the newest facts.")
        return ngettext(
            "Every letter is addressed anew. %(num)s fell out: it cannot go there any more.",
            "Every letter is addressed anew. %(num)s fell out: they cannot go there any more.", out,
        )  # fmt: skip

    return _step(batch_id, work)


@bp.post("/<uuid:batch_id>/render")
@for_some
def render_again(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Go on with documents where it stopped."""

    def work() -> Any:
        service.render_again(batch_id, language=current_language())
        return _("It goes on where it stopped.")

    return _step(batch_id, work)


@bp.post("/<uuid:batch_id>/printed")
@for_some
def mark_printed(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Everything is on paper."""

    def work() -> Any:
        posting.mark_printed(batch_id, actor=actor_id())
        return _("Noted: all of it is printed.")

    return _step(batch_id, work)


@bp.post("/<uuid:batch_id>/letters/<uuid:letter_id>/drop")
@for_some
def drop(batch_id: uuid.UUID, letter_id: uuid.UUID) -> ResponseReturnValue:
    """Take one letter out."""

    def work() -> Any:
        service.drop_letter(batch_id, letter_id, actor=actor_id())
        return _("The letter is out of the batch. Take its paper out of the pile as well.")

    return _step(batch_id, work)


@bp.post("/<uuid:batch_id>/post")
@for_some
def post(batch_id: uuid.UUID) -> ResponseReturnValue:
    """All of it left."""
    batch, form = queries.get_batch(batch_id), PostForm()
    if not form.validate():
        return batch_page(batch, form=form), 422

    def work() -> Any:
        sent = posting.post_batch(batch_id, on=form.on.data, actor=actor_id())
        if not sent:
            return _("This batch had been posted already.")
        return ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", sent)

    return _step(batch_id, work)


@bp.route("/<uuid:batch_id>/reconcile", methods=["GET", "POST"])
@for_some
def reconcile(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Account for every letter, by its code or in the list."""
    batch, form = queries.get_batch(batch_id), CodesForm()
    if batch.state != BatchState.POSTED:
        return back_to(batch_id)
    if request.method == "GET":
        return _reconcile_page(batch, form)
    letters = queries.list_unchecked(batch_id)
    wrong: list[tuple[str, str]] = []
    act = request.form.get("act")
    if act == "codes":
        if not form.validate():
            return _reconcile_page(batch, form), 422
        accounts, wrong = form.read(letters)
    elif act == "rest":
        accounts = {each.id: Account.POSTED for each in letters}
    else:
        accounts = accounts_in(request.form, letters)
    if not accounts and not wrong:
        return _reconcile_page(batch, form, problem=_("Nothing was said of any letter yet.")), 422
    try:
        with transaction():
            done = posting.reconcile(batch_id, accounts, actor=actor_id())
    except DomainError as problem:
        return batch_page(queries.get_batch(batch_id), told(problem)), 409
    if wrong:
        form.codes.data = "\n".join(typed for typed, _problem in wrong)
        return _reconcile_page(queries.get_batch(batch_id), form, wrong=wrong, noted=len(accounts)), 422
    flash(_told_of(len(accounts), done))
    return back_to(batch_id) if not done.left else redirect(url_for(".reconcile", batch_id=batch_id), 303)


@bp.post("/<uuid:batch_id>/letters/<uuid:letter_id>/open")
@for_some
def open_copy(batch_id: uuid.UUID, letter_id: uuid.UUID) -> ResponseReturnValue:
    """Open the sheet of one letter, which is on record."""
    _open_sheet(batch_id, letter_id)
    return redirect(url_for(".copy", batch_id=batch_id, letter_id=letter_id), 303)


@bp.route("/<uuid:batch_id>/letters/<uuid:letter_id>/copy", methods=["GET", "POST"])
@for_some
def copy(batch_id: uuid.UUID, letter_id: uuid.UUID) -> ResponseReturnValue:
    """The sheet from which a letter is typed into its service, and the number that the service gives."""
    form = HandOverForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                letter = posting.hand_over(
                    batch_id, letter_id, form.number.data, form.receipt.data or "", actor=actor_id()
                )
        except DomainError as problem:
            return batch_page(queries.get_batch(batch_id), told(problem)), 409
        following = copying.next_to_copy(batch_id, letter.position or 0)
        if following is None:
            flash(_("Every letter of this batch is handed over."))
            return back_to(batch_id)
        _open_sheet(batch_id, following.id)
        flash(_("The number is noted. This is the next letter."))
        return redirect(url_for(".copy", batch_id=batch_id, letter_id=following.id), 303)
    if request.method == "POST":
        # What was typed comes back beside the letter, however long that took.
        _open_sheet(batch_id, letter_id)
    elif not is_opened(_about(letter_id)):
        flash(_("Open the sheet with its button below: that is on record."))
        return back_to(batch_id)
    sheet = copying.read_sheet(batch_id, letter_id)
    if request.method == "GET":
        form.number.data, form.receipt.data = sheet.letter.external_number, sheet.receipt
    return _copy_page(queries.get_batch(batch_id), sheet, form), 422 if form.errors else 200


@bp.get("/<uuid:batch_id>/letters/<uuid:letter_id>/pictures/<uuid:picture_id>")
@for_some
def show_picture(batch_id: uuid.UUID, letter_id: uuid.UUID, picture_id: uuid.UUID) -> ResponseReturnValue:
    """One picture of a letter that is typed into a service."""
    if not is_opened(_about(letter_id)):
        raise NotFound
    content = copying.open_picture(batch_id, letter_id, picture_id)
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    response = Response(content, mimetype=f"image/{kind}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _about(letter_id: uuid.UUID) -> str:
    return f"sheet:{letter_id}"


def _open_sheet(batch_id: uuid.UUID, letter_id: uuid.UUID) -> None:
    if not is_opened(_about(letter_id)):
        with transaction():
            copying.look(batch_id, letter_id, actor=actor_id())
    note_opened(_about(letter_id))


def _reconcile_page(
    batch: LetterBatch, form: CodesForm, *, problem: str = "", wrong: list[tuple[str, str]] | None = None,
    noted: int = 0,
) -> str:  # fmt: skip
    open_ones = {each.id for each in queries.list_unchecked(batch.id)}
    rows = [each for each in queries.list_letters(batch.id) if each.letter.id in open_ones]
    return render_template(
        "letters/staff/batches/reconcile.html", batch=batch, form=form, problem=problem, wrong=wrong or [],
        noted=noted, page=page_of(rows, per_page=LETTERS_A_PAGE), accounts=Account,
        place=session.get_one(Facility, batch.facility_id), **words(),
    )  # fmt: skip


def _told_of(amount: int, done: posting.Reconciled) -> str:
    if not done.left:
        return str(_("Every letter is accounted for. The batch is over, and its documents are deleted."))
    noted = ngettext("%(num)s letter is noted.", "%(num)s letters are noted.", amount)
    return f"{noted} {ngettext('%(num)s is left.', '%(num)s are left.', done.left)}"


def _copy_page(batch: LetterBatch, sheet: CopySheet, form: HandOverForm) -> str:
    letter: Letter = sheet.letter
    counts = queries.count_by_state(batch.id)
    return render_template(
        "letters/staff/batches/copy.html", batch=batch, sheet=sheet, letter=letter, form=form,
        left=counts.get(LetterState.BATCHED, 0), **words(),
    )  # fmt: skip
