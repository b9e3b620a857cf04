"""Parcels to one prisoner: what the regime allows, what is promised and sent, and slots given and given back."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import names_of
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.text import id_in
from campaign.needs.forms.staff_parcels import SlotForm, StandingForm
from campaign.needs.forms.staff_words import CATEGORY_WORDS
from campaign.needs.models import NeedCategory, ParcelStanding, SlotState
from campaign.needs.queries import parcels as queries
from campaign.needs.queries.needs import find_needs, list_of_prisoner
from campaign.needs.service import parcels as service
from campaign.needs.staff_views.blueprint import bp, for_readers, for_workers, shared_words
from campaign.prisoners.queries import get_prisoner
from campaign.web.steps import actor_id, step, told

OF_PARCELS = frozenset({NeedCategory.PARCELS, NeedCategory.MEDICINE, NeedCategory.OTHER})
"""Needs that a parcel can fulfil."""


@bp.get("/parcels/<uuid:prisoner_id>")
@for_readers
def show_parcels(prisoner_id: uuid.UUID) -> str:
    """How parcels to somebody stand."""
    return parcels_page(prisoner_id)


@bp.post("/parcels/<uuid:prisoner_id>/reserve")
@for_workers
def reserve_slot(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a slot for somebody who wants to send a parcel."""
    form = _slot_form(prisoner_id)
    if not form.validate():
        return parcels_page(prisoner_id, slot=form), 422
    try:
        with transaction():
            made = service.reserve(
                prisoner_id, form.parcel_kind, actor=actor_id(), until=form.until.data, kilograms=form.kilograms.data,
                need_id=id_in(form.need.data or ""),
            )  # fmt: skip
    except DomainError as problem:
        session.expire_all()
        return parcels_page(prisoner_id, told(problem), slot=form), 409
    flash(_("Kept. Tell whoever sends it the number %(code)s and the last day.", code=made.code))
    return redirect(url_for("needs_staff.show_parcels", prisoner_id=prisoner_id), 303)


@bp.post("/parcels/<uuid:prisoner_id>/<uuid:slot_id>/<any('sent','release'):act>")
@for_workers
def end_slot(prisoner_id: uuid.UUID, slot_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """It was sent, or is free for others."""
    run = service.use if act == "sent" else service.release
    return step(
        lambda: run(prisoner_id, slot_id, actor=actor_id()),
        _("Noted as sent.") if act == "sent" else _("It is free for others."),
        url_for("needs_staff.show_parcels", prisoner_id=prisoner_id),
        lambda problem: parcels_page(prisoner_id, problem),
    )  # fmt: skip


@bp.post("/parcels/<uuid:prisoner_id>/standing")
@for_workers
def note_standing(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Write down by which rule parcels to somebody are counted."""
    form = StandingForm()
    if not form.validate():
        return parcels_page(prisoner_id, standing=form), 422
    conditions, regime = form.chosen
    return step(
        lambda: service.note_standing(prisoner_id, conditions, regime, actor=actor_id()), _("Noted."),
        url_for("needs_staff.show_parcels", prisoner_id=prisoner_id),
        lambda problem: parcels_page(prisoner_id, problem, standing=form),
    )  # fmt: skip


def parcels_page(
    prisoner_id: uuid.UUID, problem: str = "", *, slot: SlotForm | None = None, standing: StandingForm | None = None
) -> str:  # fmt: skip
    """The page, with what stood in the way of the last step."""
    prisoner, slots = get_prisoner(prisoner_id), queries.list_slots(prisoner_id)
    noted = session.get(ParcelStanding, prisoner_id)
    if standing is None:
        standing = StandingForm(formdata=None)
        standing.show(noted)
    # What was chosen already may stand in the address: a need's page leads here.
    return render_template(
        "needs/staff/parcels.html", prisoner=prisoner, parcels=queries.parcels_of(prisoner_id), slots=slots,
        slot_form=slot or _slot_form(prisoner_id), standing_form=standing, problem=problem, today=clock.today(),
        needs=find_needs({each.need_id for each in slots if each.need_id is not None}), slot_states=SlotState,
        names=names_of({each.reserved_by for each in slots}), **shared_words(),
    )  # fmt: skip


def _slot_form(prisoner_id: uuid.UUID) -> SlotForm:
    form = SlotForm() if request.method == "POST" else SlotForm(formdata=None)
    needs = [each for each in list_of_prisoner(prisoner_id, most=50) if each.category in OF_PARCELS]
    form.offer(
        queries.parcels_of(prisoner_id).quota,
        [(str(each.id), f"{each.code} {CATEGORY_WORDS[NeedCategory(each.category)]}") for each in needs],
    )
    wanted = request.args.get("need", "")
    if request.method == "GET" and wanted in {str(each.id) for each in needs}:
        form.need.data = wanted
    return form
