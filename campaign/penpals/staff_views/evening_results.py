"""Recording what came of a letter evening, by code."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.penpals.forms.evenings import RecordForm
from campaign.penpals.models import EveningState
from campaign.penpals.queries import evenings as queries
from campaign.penpals.queries.evenings import Planned
from campaign.penpals.service import evening_results as service
from campaign.penpals.service.evening_results import Line, Recorded
from campaign.penpals.staff_views.evenings import back_to, bp, evening_for, evening_page, for_coordinators
from campaign.web.steps import actor_id, told


@bp.route("/<uuid:event_id>/record", methods=["GET", "POST"])
@for_coordinators
def record(event_id: uuid.UUID) -> ResponseReturnValue:
    """A list of codes with what came of them. Nothing changes until every line is right, or the right ones are asked
    for; the wrong ones stay in the field."""
    planned, form = evening_for(event_id), RecordForm()
    if not form.validate_on_submit():
        return _page(planned, form), 422 if form.errors else 200
    try:
        lines = service.read_lines(event_id, form.lines.data or "")
        wrong = [each for each in lines if each.problem]
        if not lines and not form.nobody.data:
            form.lines.errors = [_("Type at least one code, or say that nobody wrote.")]
        elif lines and form.nobody.data:
            form.nobody.errors = [_("There are codes in the list. Take them out, or take back that nobody wrote.")]
        if form.errors or (wrong and request.form.get("act") != "right"):
            return _page(planned, form, wrong, right=len(lines) - len(wrong)), 422
        is_whole = (bool(form.is_whole.data) or bool(form.nobody.data)) and not wrong
        with transaction():
            done = service.record(event_id, lines, is_whole=is_whole, actor=actor_id())
    except DomainError as problem:
        form.lines.errors = [*form.lines.errors, told(problem)]
        return _page(queries.get_evening(event_id), form), 422
    if wrong:
        form.lines.data = "\n".join(each.text for each in wrong)
        return _page(queries.get_evening(event_id), form, wrong, done=done), 422
    _tell(done)
    return back_to(event_id)


@bp.post("/<uuid:event_id>/addressees/<uuid:reservation_id>/undo")
@for_coordinators
def undo(event_id: uuid.UUID, reservation_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what was recorded for one card."""
    evening_for(event_id)
    try:
        with transaction():
            service.undo_line(event_id, reservation_id, actor=actor_id())
    except DomainError as problem:
        return evening_page(queries.get_evening(event_id), told(problem)), 409
    flash(_("What was recorded for this card is taken back."))
    return back_to(event_id)


def _tell(done: Recorded) -> None:
    said = [ngettext("%(num)s line is recorded.", "%(num)s lines are recorded.", done.changed)]
    if done.unchanged:
        said.append(ngettext("%(num)s line said what was known.", "%(num)s lines said what was known.", done.unchanged))
    if done.released:
        said.append(ngettext("%(num)s person is given back.", "%(num)s people are given back.", done.released))
    flash(" ".join(said))


def _page(
    planned: Planned, form: RecordForm, wrong: list[Line] | None = None, *, right: int = 0, done: Recorded | None = None
) -> str:
    return render_template(
        "penpals/staff/evenings/record.html", planned=planned, form=form, wrong=wrong or [], right=right, done=done,
        is_recorded=planned.evening.state == EveningState.RECORDED, is_ahead=planned.event.held_on > clock.today(),
        is_cancelled=planned.evening.state == EveningState.CANCELLED,
    )  # fmt: skip
