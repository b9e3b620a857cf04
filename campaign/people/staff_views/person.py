"""One person's record: seeing it, writing it down, changing it, and the picture of what happened."""

import uuid
from collections.abc import Sequence

from babel.dates import format_date
from flask import Response, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict
from campaign.people.forms.person import NewPersonForm, PersonForm
from campaign.people.models import Person
from campaign.people.queries.person_page import get_person
from campaign.people.service.identities import IdentityTaken
from campaign.people.service.records import edit_person as store_person
from campaign.people.service.records import name_of
from campaign.people.service.timeline import by_month, list_happenings
from campaign.people.service.writing_down import write_down
from campaign.people.staff_views.blueprint import back_to, bp, for_everybody, of_person, take_shown
from campaign.people.staff_views.page import other_if_seen, show_page
from campaign.web.charts import INKS, bar_chart
from campaign.web.compare import Difference, differences
from campaign.web.i18n import current_language
from campaign.web.steps import actor_id, told


@bp.get("/<uuid:person_id>")
@of_person
def show_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Everything known of one person."""
    return show_page(person_id)


@bp.get("/<uuid:person_id>/activity-<scheme>.svg")
@of_person
def draw_activity(person_id: uuid.UUID, scheme: str) -> ResponseReturnValue:
    """What happened in each of the last months, as a picture; it names nobody."""
    if scheme not in INKS:
        abort(404)
    get_person(person_id)
    months = by_month(list_happenings(person_id), clock.today())
    language = current_language()
    bars = [(str(format_date(day, "LLLL yyyy", locale=language)), count) for day, count in months]
    most = max(count for _label, count in bars)
    words = ngettext("%(num)s line in a month at most", "%(num)s lines in a month at most", most)
    return Response(bar_chart(bars, ink=INKS[scheme], largest=words), mimetype="image/svg+xml")


@bp.route("/new", methods=["GET", "POST"])
@for_everybody
def create_person() -> ResponseReturnValue:
    """Write somebody down, on a ground that can be told."""
    form = NewPersonForm()
    if not form.validate_on_submit():
        return _new_page(form), 422 if form.errors else 200
    try:
        with transaction():
            person = write_down(form.draft(form.source.data), form.ways(), form.given(), actor=actor_id())
    except IdentityTaken as problem:
        field = form.field_of(problem.kind)
        field.errors = [*field.errors, told(problem)]
        return _new_page(form, other=other_if_seen(problem.person_id)), 409
    flash(_("Written down."))
    return back_to(person.id)


@bp.route("/<uuid:person_id>/edit", methods=["GET", "POST"])
@of_person
def edit_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Change what is known. Whoever comes second sees the difference, and loses nothing."""
    person = get_person(person_id)
    form = PersonForm(held=person.spoken)
    if not form.is_submitted():
        take_shown()
        form.show(person)
        return _edit_page(form, person)
    if not form.validate():
        take_shown()
        return _edit_page(form, person), 422
    try:
        with transaction():
            changed = store_person(person_id, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except Conflict:
        return _changed_meanwhile(form, person_id), 409
    flash(_("Saved.") if changed else _("Nothing differs from what was stored."))
    return back_to(person_id)


def _changed_meanwhile(form: PersonForm, person_id: uuid.UUID) -> str:
    take_shown()
    stored = get_person(person_id)
    shown = PersonForm(held=stored.spoken, formdata=None)
    shown.show(stored)
    # The form now carries the stored version, so that saving again, after having read it, is a choice.
    form.version.data = str(stored.version)
    return _edit_page(form, stored, changed=differences(shown, form), has_conflict=True)


def _edit_page(
    form: PersonForm, person: Person, *, changed: Sequence[Difference] = (), has_conflict: bool = False
) -> str:
    return render_template(
        "people/staff/person/edit.html", form=form, person=person, name=name_of(person), changed=changed,
        has_conflict=has_conflict, other=None,
    )  # fmt: skip


def _new_page(form: NewPersonForm, *, other: uuid.UUID | None = None) -> str:
    return render_template(
        "people/staff/person/edit.html", form=form, person=None, name="", changed=(), has_conflict=False, other=other
    )
