"""Charges: added as people write them, shown as they were read, replaced and ended with their history."""

import uuid
from collections.abc import Callable

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.errors import N_, NotFound
from campaign.prisoners.forms.cases import ChargesForm, EndChargeForm
from campaign.prisoners.models import Case, Charge
from campaign.prisoners.queries.cases import get_case
from campaign.prisoners.service import cases as service
from campaign.prisoners.service.cases import BadCase
from campaign.prisoners.staff_views.blueprint import bp, for_editors
from campaign.prisoners.staff_views.case_pages import DONE, attempt, form_page, submit, to_case
from campaign.web.steps import actor_id

TEMPLATE = "prisoners/staff/cases/charges.html"


@bp.route("/<uuid:prisoner_id>/cases/<uuid:case_id>/charges/new", methods=["GET", "POST"])
@for_editors
def add_charges(prisoner_id: uuid.UUID, case_id: uuid.UUID) -> ResponseReturnValue:
    """Add charges to those that stand."""
    case, form = get_case(prisoner_id, case_id), ChargesForm()
    if not form.is_submitted():
        form.version.data = str(case.version)

    def write() -> None:
        # The version is looked at once: each charge that is added moves it on.
        seen: int | None = form.seen_version
        for charge in form.drafts():
            service.add_charge(
                case, charge, form.source(), actor=actor_id(), seen_version=seen,
                is_confirmed=bool(form.is_confirmed.data),
            )  # fmt: skip
            seen = None

    return _handle(form, case, None, write)


@bp.route("/<uuid:prisoner_id>/cases/<uuid:case_id>/charges/<uuid:charge_id>/replace", methods=["GET", "POST"])
@for_editors
def replace_charge(prisoner_id: uuid.UUID, case_id: uuid.UUID, charge_id: uuid.UUID) -> ResponseReturnValue:
    """Put another charge in the place of one; the former stays on record."""
    case, form = get_case(prisoner_id, case_id), ChargesForm()
    old = _charge(case, charge_id)
    if not form.is_submitted():
        form.version.data = str(case.version)

    def write() -> None:
        if len(form.read) != 1:
            raise BadCase("charges", N_("One charge takes the place of one. Add further ones to the case."))
        service.replace_charge(
            case, charge_id, form.drafts()[0], form.source(), on=form.from_on.data, actor=actor_id(),
            seen_version=form.seen_version, is_confirmed=bool(form.is_confirmed.data),
        )  # fmt: skip

    return _handle(form, case, old, write)


@bp.route("/<uuid:prisoner_id>/cases/<uuid:case_id>/charges/<uuid:charge_id>/end", methods=["GET", "POST"])
@for_editors
def end_charge(prisoner_id: uuid.UUID, case_id: uuid.UUID, charge_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a charge was dropped."""
    case, form = get_case(prisoner_id, case_id), EndChargeForm()
    old = _charge(case, charge_id)

    def write() -> None:
        service.end_charge(
            case, charge_id, form.source(), on=form.on.data, actor=actor_id(), seen_version=form.seen_version
        )

    status = submit(form, case, write)
    if status == DONE:
        flash(_("The charge has ended. It stays on record."))
        return to_case(case)
    return form_page("prisoners/staff/cases/charge_end.html", form, case, status, old=old)


def _handle(form: ChargesForm, case: Case, old: Charge | None, write: Callable[[], None]) -> ResponseReturnValue:
    """Show how it was read, or write it down."""
    status, is_preview = 200, request.form.get("act") == "preview"
    if form.is_submitted():
        if not form.validate():
            status = 422
        elif not is_preview:
            status = attempt(form, case, write)
    if status == DONE:
        flash(_("The charges are saved."))
        return to_case(case)
    return form_page(TEMPLATE, form, case, status, old=old, is_preview=is_preview and status == 200)


def _charge(case: Case, charge_id: uuid.UUID) -> Charge:
    charge = next((each for each in case.charges if each.id == charge_id), None)
    if charge is None:
        raise NotFound
    return charge
