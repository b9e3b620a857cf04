"""Days in court and what courts decided."""

import uuid
from datetime import date
from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from campaign.kernel.errors import NotFound
from campaign.prisoners.forms.cases import HearingForm, OutcomeForm, SentenceForm
from campaign.prisoners.models import Case, Hearing
from campaign.prisoners.queries.cases import get_case
from campaign.prisoners.service import cases as service
from campaign.prisoners.staff_views.blueprint import bp, for_editors
from campaign.prisoners.staff_views.case_pages import DONE, form_page, submit, to_case
from campaign.web.steps import actor_id

CASE = "/<uuid:prisoner_id>/cases/<uuid:case_id>"
STEPS = {"held": service.hold_hearing, "cancelled": service.cancel_hearing}


@bp.route(f"{CASE}/hearings/new", methods=["GET", "POST"])
@for_editors
def set_hearing(prisoner_id: uuid.UUID, case_id: uuid.UUID) -> ResponseReturnValue:
    """Write down a day in court, to come or past."""
    case, form = get_case(prisoner_id, case_id), HearingForm()
    if not form.is_submitted():
        form.court.data = case.court

    def write() -> None:
        service.set_hearing(case, form.draft(), form.source(), actor=actor_id(), seen_version=form.seen_version)

    status = submit(form, case, write)
    if status != DONE:
        return form_page("prisoners/staff/cases/hearing.html", form, case, status, old=None)
    flash(_("The hearing is written down."))
    return to_case(case)


@bp.route(f"{CASE}/hearings/<uuid:hearing_id>/move", methods=["GET", "POST"])
@for_editors
def move_hearing(prisoner_id: uuid.UUID, case_id: uuid.UUID, hearing_id: uuid.UUID) -> ResponseReturnValue:
    """Put a hearing off to another day."""
    case, form = get_case(prisoner_id, case_id), HearingForm()
    old = _hearing(case, hearing_id)
    if not form.is_submitted():
        form.show(old)

    def write() -> None:
        service.move_hearing(
            case, hearing_id, form.draft(), form.source(), actor=actor_id(), seen_version=form.seen_version
        )

    status = submit(form, case, write)
    if status != DONE:
        return form_page("prisoners/staff/cases/hearing.html", form, case, status, old=old)
    flash(_("The hearing is put off; the former day stays on record."))
    return to_case(case)


@bp.route(f"{CASE}/hearings/<uuid:hearing_id>/<any('held','cancelled'):step>", methods=["GET", "POST"])
@for_editors
def close_hearing(
    prisoner_id: uuid.UUID, case_id: uuid.UUID, hearing_id: uuid.UUID, step: str
) -> ResponseReturnValue:  # fmt: skip
    """Say what came of a hearing, or that it does not take place."""
    case, form = get_case(prisoner_id, case_id), OutcomeForm()
    old = _hearing(case, hearing_id)
    if not form.is_submitted():
        form.outcome.data = old.outcome

    def write() -> None:
        STEPS[step](
            case, hearing_id, form.outcome.data or "", form.source(), actor=actor_id(), seen_version=form.seen_version
        )

    status = submit(form, case, write)
    if status != DONE:
        return form_page("prisoners/staff/cases/outcome.html", form, case, status, old=old, step=step)
    flash(_("The hearing is saved."))
    return to_case(case)


@bp.route(f"{CASE}/sentences/new", methods=["GET", "POST"])
@for_editors
def record_sentence(prisoner_id: uuid.UUID, case_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what a court decided."""
    case, form = get_case(prisoner_id, case_id), SentenceForm()
    if not form.is_submitted():
        form.court.data = case.court

    def write() -> None:
        service.record_sentence(case, form.draft(), form.source(), actor=actor_id(), seen_version=form.seen_version)

    return _sentence_page(form, case, write)


@bp.route(f"{CASE}/sentences/<uuid:sentence_id>", methods=["GET", "POST"])
@for_editors
def edit_sentence(prisoner_id: uuid.UUID, case_id: uuid.UUID, sentence_id: uuid.UUID) -> ResponseReturnValue:
    """Correct what was written down of a decision."""
    case, form = get_case(prisoner_id, case_id), SentenceForm()
    stored = next((each for each in case.sentences if each.id == sentence_id), None)
    if stored is None:
        raise NotFound
    if not form.is_submitted():
        form.show(stored)

    def write() -> None:
        service.edit_sentence(
            case, sentence_id, form.draft(), form.source(), actor=actor_id(), seen_version=form.seen_version
        )

    return _sentence_page(form, case, write, is_new=False)


def _sentence_page(form: SentenceForm, case: Case, write: Any, *, is_new: bool = True) -> ResponseReturnValue:
    template = "prisoners/staff/cases/sentence.html"
    if request.form.get("act") == "reckon":
        # The button only fills in a suggestion; saving is another press, by a person who has read it.
        found = service.suggest_release(case, form.term_months)
        if found is not None:
            # A date that was sent empty is shown as it was sent, unless the sent value is replaced too.
            form.expected_release_on.data, form.expected_release_on.raw_data = found.on, [found.on.isoformat()]
            form.release_basis.data = _basis(found.arrested_on, found.term_months)
        return form_page(template, form, case, 200, is_new=is_new, reckoned=found, was_reckoned=True)
    status = submit(form, case, write)
    if status != DONE:
        return form_page(template, form, case, status, is_new=is_new, reckoned=None, was_reckoned=False)
    flash(_("The decision is written down."))
    return to_case(case)


def _basis(arrested_on: date, term_months: int) -> str:
    years, months = divmod(term_months, 12)
    day = format_date(arrested_on, "d MMMM yyyy")
    return str(
        _("Reckoned: arrest on %(day)s and a term of %(years)d years %(months)d months", day=day, years=years,
          months=months)
    )  # fmt: skip


def _hearing(case: Case, hearing_id: uuid.UUID) -> Hearing:
    hearing = next((each for each in case.hearings if each.id == hearing_id), None)
    if hearing is None:
        raise NotFound
    return hearing
