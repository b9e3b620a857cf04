"""Notes and papers of a payment: added, opened by a look that is on record, shown while they lie open."""

import uuid

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.payments.forms.payments import PapersForm
from campaign.payments.queries import payments
from campaign.payments.service import evidence
from campaign.payments.staff_views.blueprint import bp, for_keepers, for_readers
from campaign.payments.staff_views.payments import about, payment_page
from campaign.web.guards import fresh
from campaign.web.opened import is_opened, open_on_record
from campaign.web.steps import actor_id, step, told


@bp.post("/<uuid:payment_id>/papers")
@for_keepers
def add_papers(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Add some."""
    form = PapersForm()
    payments.get_payment(payment_id)
    contents = form.contents() if form.validate() else []
    if not contents:
        form.files.errors = [*form.files.errors, _("Choose at least one file.")]
        return payment_page(payment_id, papers=form), 422
    try:
        # Drawn before the transaction: a PDF takes seconds, and nobody waits for it with a lock.
        pages = [page for each in contents for page in evidence.draw(each)]
        session.rollback()
        with transaction():
            amount = evidence.add_pages(payment_id, pages, form.chosen, actor=actor_id())
    except NotFound:
        raise
    except DomainError as problem:
        session.expire_all()
        form.files.errors = [told(problem)]
        return payment_page(payment_id, papers=form), 422
    flash(ngettext("%(num)s page is added.", "%(num)s pages are added.", amount))
    return _back(payment_id)


@bp.post("/<uuid:payment_id>/look")
@for_readers
@fresh
def look(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Open note and papers; the look is on record first."""
    open_on_record(about(payment_id), lambda: evidence.look(payment_id, actor=actor_id()), actor_id())
    return _back(payment_id)


@bp.get("/<uuid:payment_id>/papers/<uuid:file_id>.webp")
@for_readers
def show_paper(payment_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    """One page, while they lie open for whoever looks."""
    if not is_opened(about(payment_id)):
        raise Forbidden
    response = Response(evidence.open_page(evidence.get_page(payment_id, file_id)), mimetype="image/webp")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<uuid:payment_id>/papers/<uuid:file_id>/remove")
@for_keepers
def remove_paper(payment_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a page of a draft."""
    return step(
        lambda: evidence.remove_page(payment_id, file_id, actor=actor_id()), _("The page is deleted."),
        url_for("payments_staff.show_payment", payment_id=payment_id, _anchor="papers"),
        lambda problem: payment_page(payment_id, problem),
    )  # fmt: skip


def _back(payment_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("payments_staff.show_payment", payment_id=payment_id, _anchor="papers"), 303)
