"""What currencies were worth: the list, and files that are looked through before anything of them is taken."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import count_holders, names_of
from campaign.funds import policy
from campaign.funds.forms.books import RatesForm
from campaign.funds.models import RateImport
from campaign.funds.queries import rates
from campaign.funds.service import rates as service
from campaign.funds.staff_views.blueprint import bp, for_book_readers, for_keepers, shared_words
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.web.fields import uploaded
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, step, told

MOST_IMPORTS = 10


@bp.get("/rates")
@for_book_readers
def list_rates() -> str:
    """Rates, newest first, and the form for a file."""
    return _page(RatesForm(formdata=None))


@bp.post("/rates")
@for_keepers
def stage_rates() -> ResponseReturnValue:
    """Look a file through."""
    form, content = RatesForm(), None
    if not form.validate() or (content := uploaded(form.file)) is None:
        return _page(form), 422
    try:
        with transaction():
            made = service.stage_rates(
                content, file_name=form.file.data.filename, source=form.source.data, actor=actor_id()
            )
    except DomainError as problem:
        session.expire_all()
        return _page(form, told(problem)), 409
    flash(_("Looked through. Nothing counts before a second person has taken it."))
    return redirect(url_for("funds_staff.show_rates_file", import_id=made.id), 303)


@bp.get("/rates/files/<uuid:import_id>")
@for_book_readers
def show_rates_file(import_id: uuid.UUID) -> str:
    """What a file holds."""
    return _file_page(import_id)


@bp.post("/rates/files/<uuid:import_id>/<any(apply, discard):how>")
@for_book_readers
def decide_rates(import_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Take what is new of what another brought, or throw it away."""
    act = service.apply_rates if how == "apply" else service.discard_rates
    return step(
        lambda: act(import_id, actor=actor_id()),
        _("The new rates were taken.") if how == "apply" else _("The file was thrown away."),
        url_for("funds_staff.show_rates_file", import_id=import_id), lambda problem: _file_page(import_id, problem),
    )  # fmt: skip


def _page(form: RatesForm, problem: str = "") -> str:
    form.suggest()
    known, currency = rates.list_currencies(), request.args.get("currency", "")
    currency = currency if currency in known else ""
    page = paginate(rates.rates(currency=currency))
    files = session.scalars(rates.imports().limit(MOST_IMPORTS)).all()
    return render_template(
        "funds/staff/rates.html", form=form, problem=problem, page=page, known=known, currency=currency, files=files,
        last_on=rates.last_rate_on(), names=names_of(_people(files)), **shared_words(),
    )  # fmt: skip


def _file_page(import_id: uuid.UUID, problem: str = "") -> str:
    found = rates.get_import(import_id)
    return render_template(
        "funds/staff/rates_file.html", found=found, problem=problem, names=names_of(_people([found])),
        is_mine=found.made_by == actor_id(),
        is_alone=not count_holders(*policy.BOOK_READERS, besides=frozenset({actor_id()})), **shared_words(),
    )  # fmt: skip


def _people(files: Sequence[RateImport]) -> set[uuid.UUID]:
    return {each for one in files for each in (one.made_by, one.decided_by) if each}
