"""Erasing a record: what goes is named first, and it takes a fresh second factor."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.db import transaction
from campaign.people.queries.person_page import find_volunteer_of, get_person
from campaign.people.service.erasing import StillVolunteer, erase_person, list_held
from campaign.people.service.records import name_of
from campaign.people.staff_views.blueprint import bp, for_everybody, take_shown, to_people
from campaign.web.guards import fresh
from campaign.web.steps import actor_id, told


@bp.get("/<uuid:person_id>/erase")
@for_everybody
@fresh
def show_erasure(person_id: uuid.UUID) -> ResponseReturnValue:
    """What goes, and what stays as a bare number."""
    return _page(person_id)


@bp.post("/<uuid:person_id>/erase")
@for_everybody
@fresh
def erase(person_id: uuid.UUID) -> ResponseReturnValue:
    """Erase the record, once somebody has ticked that they mean it."""
    get_person(person_id)
    if request.form.get("meant") != "y":
        return _page(person_id, _("Tick that you mean it.")), 422
    try:
        with transaction():
            erase_person(person_id, actor=actor_id())
    except StillVolunteer as problem:
        return _page(person_id, told(problem)), 409
    flash(_("Erased. Backups are overwritten in their turn, and none of them brings the record back by itself."))
    return to_people()


def _page(person_id: uuid.UUID, problem: str = "") -> str:
    person = get_person(person_id)
    take_shown()
    return render_template(
        "people/staff/person/erase.html", person=person, name=name_of(person), problem=problem,
        goes=list_held(person_id), volunteer=find_volunteer_of(person_id),
    )  # fmt: skip
