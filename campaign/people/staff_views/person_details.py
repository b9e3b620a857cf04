"""What staff add to a record: tags, values of fields of our own, notes, and lines of the timeline."""

import uuid
from datetime import date, timedelta

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import audit, clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.text import one_line
from campaign.people import policy
from campaign.people.forms.values import read_value
from campaign.people.models import LONGEST_TAG, FieldKind, InteractionKind
from campaign.people.queries.person_page import find_tag_called, get_field, get_person, list_values
from campaign.people.service import details
from campaign.people.service.records import lock_person
from campaign.people.staff_views.blueprint import back_to, bp, of_person
from campaign.people.staff_views.page import BY_HAND, Refused, show_page
from campaign.web.steps import actor_id, told

LONGEST_BACK = timedelta(days=10 * 366)
MOST_MINUTES = 24 * 60


@bp.post("/<uuid:person_id>/tags")
@of_person
def put_tag(person_id: uuid.UUID) -> ResponseReturnValue:
    """Put a tag on them, made where there is none of that name and the actor may make one."""
    name = one_line(request.form.get("tag", ""), LONGEST_TAG)
    if not policy.can_define(current_user) and find_tag_called(name) is None:
        return _refused(person_id, "tags", _("Choose one of the tags there are: new ones are made by others."), 422)
    try:
        with transaction():
            lock_person(person_id)
            put = details.put_tag([person_id], details.ensure_tag(name).id)
            if put:
                audit.record("person.tag", actor=actor_id(), about=f"person:{person_id}", reason="+")
    except details.BadValue as problem:
        return _refused(person_id, "tags", told(problem), 422)
    if not put:
        flash(_("They carry that tag already."))
    return back_to(person_id, "tags")


@bp.post("/<uuid:person_id>/tags/<uuid:tag_id>/take")
@of_person
def take_tag(person_id: uuid.UUID, tag_id: uuid.UUID) -> ResponseReturnValue:
    """Take a tag off; the page offers to put it back."""
    with transaction():
        taken = details.take_tag([person_id], tag_id)
        if taken:
            audit.record("person.tag", actor=actor_id(), about=f"person:{person_id}", reason="-")
    return back_to(person_id, "tags", untagged=tag_id if taken else None)


@bp.post("/<uuid:person_id>/fields/<uuid:field_id>")
@of_person
def set_value(person_id: uuid.UUID, field_id: uuid.UUID) -> ResponseReturnValue:
    """Change what one field holds; who changed it meanwhile is not overwritten unseen."""
    field, typed = get_field(field_id), request.form.get("value", "")
    at = f"field-{field_id}"
    try:
        value = read_value(FieldKind(field.kind), typed)
        with transaction():
            lock_person(person_id)
            stored = next((each.text for each in list_values(person_id) if each.field.id == field_id), "")
            # What they typed is what is stored already, or what they saw is: nobody's change is lost.
            if stored not in {request.form.get("seen", ""), typed.strip()}:
                raise Conflict
            details.set_value(person_id, field, value)
            audit.record("person.field", actor=actor_id(), about=f"person:{person_id}", reason=field.slug)
    except details.BadValue as problem:
        return _refused(person_id, at, told(problem), 422)
    except Conflict:
        words = _("Someone else changed this meanwhile. What is stored now stands above; yours is in the form.")
        return _refused(person_id, at, words, 409)
    flash(_("Saved."))
    return back_to(person_id, "fields")


@bp.post("/<uuid:person_id>/notes")
@of_person
def add_note(person_id: uuid.UUID) -> ResponseReturnValue:
    """Write a note."""
    try:
        with transaction():
            body = request.form.get("body", "").replace("\r\n", "\n").replace("\x00", "\ufffd")
            details.add_note(person_id, body, actor=actor_id())
    except details.BadValue as problem:
        return _refused(person_id, "notes", told(problem), 422)
    flash(_("The note is written."))
    return back_to(person_id, "notes")


@bp.post("/<uuid:person_id>/notes/<uuid:note_id>/delete")
@of_person
def delete_note(person_id: uuid.UUID, note_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a note."""
    with transaction():
        gone = details.delete_note(person_id, note_id, actor=actor_id())
    flash(_("The note is deleted.") if gone else _("It was deleted already."))
    return back_to(person_id, "notes")


@bp.post("/<uuid:person_id>/interactions")
@of_person
def add_interaction(person_id: uuid.UUID) -> ResponseReturnValue:
    """Write down that somebody was called, met or written to, or gave time, and on which day."""
    kind, typed = request.form.get("kind", ""), request.form.get("minutes", "").strip()
    day, minutes = _day(request.form.get("on", "")), int(typed) if typed.isdecimal() and len(typed) < 6 else 0
    if kind not in BY_HAND:
        return _refused(person_id, "timeline", _("Choose what happened."), 422)
    if day is None:
        return _refused(person_id, "timeline", _("Choose a day that is not in the future, within ten years."), 422)
    if kind == InteractionKind.GAVE_TIME and not 0 < minutes <= MOST_MINUTES:
        return _refused(person_id, "timeline", _("Say how many minutes, from 1 to 1,440."), 422)
    get_person(person_id)
    with transaction():
        lock_person(person_id)
        amount = minutes if kind == InteractionKind.GAVE_TIME else 0
        details.record_interaction(person_id, InteractionKind(kind), on=day, amount=amount, actor=actor_id())
        audit.record("person.interaction", actor=actor_id(), about=f"person:{person_id}", reason=kind)
    flash(_("Noted."))
    return back_to(person_id, "timeline")


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    today = clock.today()
    return day if today - LONGEST_BACK < day <= today else None


def _refused(person_id: uuid.UUID, at: str, words: str, status: int) -> ResponseReturnValue:
    return show_page(person_id, refused=Refused(at, words, request.form)), status
