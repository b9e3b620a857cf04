"""Where somebody is and was, and what the law says of them: the history, and what is written down beside an act."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict
from campaign.prisoners import policy
from campaign.prisoners.forms.custody import ArrestForm, StatusForm, StayForm, VerifyForm
from campaign.prisoners.models import Liberty, Precision
from campaign.prisoners.queries import changes, get_prisoner, situation
from campaign.prisoners.service import custody, liberty
from campaign.prisoners.service.situation import BadSituation
from campaign.prisoners.staff_views.blueprint import bp, for_editors, for_readers
from campaign.prisoners.staff_views.situation_pages import put, situation_page
from campaign.web.steps import actor_id, told


@bp.get("/<uuid:prisoner_id>/custody")
@for_readers
def show_custody(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Where somebody is now, and everything before."""
    acts = changes.list_changes(prisoner_id)
    return situation_page(
        "prisoners/staff/situation/custody.html", get_prisoner(prisoner_id),
        stays=situation.list_stays(prisoner_id), statuses=situation.list_statuses(prisoner_id),
        episodes=situation.list_episodes(prisoner_id), acts=acts, places=changes.names_of_places(acts),
        may_edit=policy.can_edit(current_user),
    )  # fmt: skip


@bp.route("/<uuid:prisoner_id>/custody/arrest", methods=["GET", "POST"])
@for_editors
def record_arrest(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Write down an arrest."""
    form = ArrestForm()
    return _submit("arrest", prisoner_id, form, _("The arrest is written down."), lambda: liberty.open_episode(
        prisoner_id, form.arrested_on.data, Liberty(form.status.data), form.source(), actor=actor_id(),
        precision=Precision(form.precision.data),
    ))  # fmt: skip


@bp.route("/<uuid:prisoner_id>/custody/status", methods=["GET", "POST"])
@for_editors
def change_status(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Write down another status in the same place, as when a sentence takes effect."""
    form = StatusForm()
    return _submit("status", prisoner_id, form, _("The status is written down."), lambda: liberty.set_status(
        prisoner_id, Liberty(form.status.data), form.since_on.data, form.source(), actor=actor_id(),
        precision=Precision(form.precision.data),
    ))  # fmt: skip


@bp.route("/<uuid:prisoner_id>/custody/stays/new", methods=["GET", "POST"])
@for_editors
def record_stay(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Write down a stay: a past one, or the first."""
    form = StayForm()
    return _submit("stay", prisoner_id, form, _("The stay is written down."), lambda: custody.record_stay(
        prisoner_id, form.draft(), form.source(), actor=actor_id()
    ))  # fmt: skip


@bp.route("/<uuid:prisoner_id>/custody/stays/<uuid:stay_id>", methods=["GET", "POST"])
@for_editors
def correct_stay(prisoner_id: uuid.UUID, stay_id: uuid.UUID) -> ResponseReturnValue:
    """Put right what is written of a stay."""
    stay, form = situation.get_stay(prisoner_id, stay_id), StayForm()
    if not form.is_submitted():
        form.show(stay)
        form.seen.data = situation.situation_stamp(prisoner_id)
    return _submit("stay", prisoner_id, form, _("The stay is put right."), lambda: custody.correct_stay(
        prisoner_id, stay_id, form.draft(), form.source(), seen=form.seen.data or "", actor=actor_id()
    ), about=stay)  # fmt: skip


@bp.route("/<uuid:prisoner_id>/custody/stays/<uuid:stay_id>/verify", methods=["GET", "POST"])
@for_editors
def verify_stay(prisoner_id: uuid.UUID, stay_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a stay still holds, and from where that is known."""
    stay, form = situation.get_stay(prisoner_id, stay_id), VerifyForm()
    return _submit("verify", prisoner_id, form, _("Noted: it still holds."), lambda: custody.verify_stay(
        prisoner_id, stay_id, form.source(), actor=actor_id()
    ), about=stay)  # fmt: skip


def _submit(
    page: str, prisoner_id: uuid.UUID, form: Any, done: str, act: Callable[[], object], about: Any = None
) -> ResponseReturnValue:
    """Show a form, refuse it, or do the act. After a conflict it carries what is stored: sending again is a choice."""
    prisoner, problem, status = get_prisoner(prisoner_id), "", 200
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                with transaction():
                    act()
                flash(done)
                return redirect(url_for("prisoners_staff.show_custody", prisoner_id=prisoner_id), 303)
        except BadSituation as refusal:
            put(form, refusal.field, refusal)
        except Conflict as refusal:
            problem, status = told(refusal), 409
            form.seen.data = situation.situation_stamp(prisoner_id)
    template = f"prisoners/staff/situation/{page}.html"
    return situation_page(template, prisoner, form=form, about=about, problem=problem), status
