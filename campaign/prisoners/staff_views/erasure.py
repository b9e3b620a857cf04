"""Erasing somebody entirely: one person asks, another one does it."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, NotFound
from campaign.prisoners.forms.erasure import AskErasureForm, EraseForm
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.erasure import find_request, list_what_goes
from campaign.prisoners.service import erasure
from campaign.prisoners.staff_views.blueprint import back_to, bp, for_family_readers
from campaign.web.guards import fresh
from campaign.web.steps import actor_id, told


@bp.get("/<uuid:prisoner_id>/erasure")
@for_family_readers
@fresh
def show_erasure(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """What goes, who has asked for it, and the next step."""
    return _page(get_prisoner(prisoner_id))


@bp.post("/<uuid:prisoner_id>/erasure")
@for_family_readers
@fresh
def ask_erasure(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for it."""
    prisoner, form = get_prisoner(prisoner_id), AskErasureForm()
    if not form.validate():
        return _page(prisoner, ask=form), 422
    try:
        with transaction():
            erasure.ask_erasure(prisoner, form.reason.data, actor=actor_id())
    except Conflict as problem:
        return _page(get_prisoner(prisoner_id), ask=form, problem=told(problem)), 409
    flash(_("Asked for. Somebody else has to do it within thirty days."))
    return redirect(url_for("prisoners_staff.show_erasure", prisoner_id=prisoner_id), 303)


@bp.post("/<uuid:prisoner_id>/erasure/drop")
@for_family_readers
@fresh
def drop_erasure(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Take the request back, or refuse it."""
    with transaction():
        erasure.drop_erasure(get_prisoner(prisoner_id), actor=actor_id())
    flash(_("The request is dropped. Nothing was erased."))
    return back_to(prisoner_id)


@bp.post("/<uuid:prisoner_id>/erasure/do")
@for_family_readers
@fresh
def erase_prisoner(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Erase, as the second person, with the name typed."""
    prisoner, form = get_prisoner(prisoner_id), EraseForm()
    if not form.validate():
        return _page(prisoner, erase=form), 422
    try:
        with transaction():
            erasure.erase_prisoner(prisoner, form.name.data, actor=actor_id())
    except erasure.WrongName as problem:
        form.name.errors = [*form.name.errors, told(problem)]
        return _page(get_prisoner(prisoner_id), erase=form), 422
    except NotFound:
        return _page(get_prisoner(prisoner_id), problem=_("Nobody has asked for this.")), 409
    except DomainError as problem:
        return _page(get_prisoner(prisoner_id), erase=form, problem=told(problem)), 403
    flash(_("Erased. Backups are overwritten in their turn, and none of them brings the person back."))
    return redirect(url_for("prisoners_staff.list_prisoners"), 303)


def _page(
    prisoner: Prisoner, *, ask: AskErasureForm | None = None, erase: EraseForm | None = None, problem: str = ""
) -> str:
    request = find_request(prisoner.id)
    return render_template(
        "prisoners/staff/people/erasure.html", prisoner=prisoner, request_=request,
        is_own=request is not None and request.asked_by == actor_id(), problem=problem,
        ask=ask or AskErasureForm(formdata=None), erase=erase or EraseForm(formdata=None),
        goes=[_(words, count=count) for words, count in list_what_goes(prisoner.id)],
        names=names_of({request.asked_by}) if request is not None else {},
    )  # fmt: skip
