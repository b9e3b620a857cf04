"""Contacts of a family, sealed to the vault, and the state's financial list: for coordinators and admins alone."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.accounts.service import vault
from campaign.kernel.crypto.vault_door import Box, NoVault, vault_door
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.text import one_line
from campaign.prisoners.forms.family import (
    CHANNEL_WORDS,
    LISTED_WORDS,
    RELATION_WORDS,
    RelativeForm,
    WatchForm,
)
from campaign.prisoners.forms.publication import KIND_WORDS
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries import relatives as queries
from campaign.prisoners.service.consent import box_of_note
from campaign.prisoners.service.relatives import boxes_of, remove_relative, seal_relative
from campaign.prisoners.service.watch import BadWatch, set_watch
from campaign.prisoners.staff_views.blueprint import bp, for_family_readers
from campaign.web.guards import fresh
from campaign.web.steps import actor_id, told

LONGEST_REASON = 300


@bp.get("/<uuid:prisoner_id>/family")
@for_family_readers
def show_family(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """What is known of the family, as far as it can be known without opening anything."""
    return _page(get_prisoner(prisoner_id))


@bp.route("/<uuid:prisoner_id>/family/new", methods=["GET", "POST"])
@for_family_readers
def add_relative(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Seal a contact."""
    prisoner, form = get_prisoner(prisoner_id), RelativeForm()
    if form.validate_on_submit():
        try:
            with transaction():
                seal_relative(prisoner, form.draft(), actor=actor_id())
        except NoVault as problem:
            form.details.errors = [*form.details.errors, told(problem)]
        else:
            flash(_("The contact is sealed. Reading it again takes the open vault."))
            return _back(prisoner_id)
    page = render_template("prisoners/staff/family/relative.html", form=form, prisoner=prisoner)
    return page, 422 if form.errors else 200


@bp.post("/<uuid:prisoner_id>/family/<uuid:relative_id>/remove")
@for_family_readers
def delete_relative(prisoner_id: uuid.UUID, relative_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a contact."""
    with transaction():
        remove_relative(get_prisoner(prisoner_id), relative_id, actor=actor_id())
    flash(_("The contact is deleted."))
    return _back(prisoner_id)


@bp.post("/<uuid:prisoner_id>/family/read")
@for_family_readers
@fresh
def read_family(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Show the contacts and sealed notes from the open vault: on record first, shown once, kept nowhere."""
    prisoner, reason = get_prisoner(prisoner_id), one_line(request.form.get("reason", ""), LONGEST_REASON)
    if not reason:
        return _page(prisoner, problem=_("Say why you read it.")), 422
    boxes = _boxes(prisoner_id)
    try:
        with transaction():
            about = f"prisoner:{prisoner_id}"
            on_record = vault.record_reading(current_user, len(boxes), about=about, reason=reason)
        texts = vault.open_boxes(on_record, boxes)
    except vault.ReadEnough as problem:
        with transaction():
            vault.note_read_enough(current_user)
        return _page(prisoner, problem=told(problem), reason=reason), 429
    except DomainError as problem:
        return _page(prisoner, problem=told(problem), reason=reason), 409
    opened = {box.row: text for box, text in zip(boxes, texts, strict=True)}
    return _page(prisoner, opened=opened)


@bp.route("/<uuid:prisoner_id>/watch", methods=["GET", "POST"])
@for_family_readers
def edit_watch(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what the financial monitoring list says today."""
    prisoner, form, watch = get_prisoner(prisoner_id), WatchForm(), queries.find_watch(prisoner_id)
    if not form.is_submitted() and watch is not None:
        form.show(watch)
    if form.validate_on_submit():
        try:
            with transaction():
                set_watch(prisoner, form.draft(), actor=actor_id())
        except BadWatch as problem:
            form.refuse(problem, told(problem))
        else:
            flash(_("Noted: looked up today."))
            return _back(prisoner_id)
    page = render_template("prisoners/staff/family/watch.html", form=form, prisoner=prisoner)
    return page, 422 if form.errors else 200


def _boxes(prisoner_id: uuid.UUID) -> list[Box]:
    notes = [box_of_note(each) for each in queries.list_sealed_notes(prisoner_id)]
    return boxes_of(queries.list_relatives(prisoner_id)) + notes


def _page(
    prisoner: Prisoner, *, problem: str = "", reason: str = "", opened: dict[uuid.UUID, str] | None = None
) -> str:
    relatives, notes = queries.list_relatives(prisoner.id), queries.list_sealed_notes(prisoner.id)
    people = {each.added_by for each in relatives} | {each.recorded_by for each in notes}
    return render_template(
        "prisoners/staff/family/show.html", prisoner=prisoner, relatives=relatives, notes=notes, opened=opened,
        watch=queries.find_watch(prisoner.id), names=names_of({each for each in people if each}), problem=problem,
        reason=reason, relation_words=RELATION_WORDS, channel_words=CHANNEL_WORDS, listed_words=LISTED_WORDS,
        kind_words=KIND_WORDS, vault_state=vault_door.state(),
    )  # fmt: skip


def _back(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("prisoners_staff.show_family", prisoner_id=prisoner_id), 303)
