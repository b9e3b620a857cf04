"""Fields and tags: what stands on every record, and what each is called."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, NotFound
from campaign.people.forms import defining as forms
from campaign.people.forms.values import KIND_WORDS
from campaign.people.models import FieldKind
from campaign.people.queries import person_page as queries
from campaign.people.service import defining
from campaign.people.staff_views.blueprint import bp, for_everybody
from campaign.web.steps import actor_id, told


@bp.route("/fields", methods=["GET", "POST"])
@for_everybody
def list_fields() -> ResponseReturnValue:
    """The fields of our own, in their order; and a new one."""
    if request.method == "GET":
        return _fields_page()
    kind = forms.kind_of(request.form)
    if kind is None:
        return _fields_page(_("Choose what the field holds.")), 422
    try:
        with transaction():
            defining.define_field(
                kind, forms.labels_of(request.form), forms.new_options(request.form), actor=actor_id()
            )
    except defining.BadField as problem:
        return _fields_page(told(problem)), 422
    flash(_("The field stands on every record now."))
    return _to_fields()


@bp.route("/fields/<uuid:field_id>", methods=["GET", "POST"])
@for_everybody
def edit_field(field_id: uuid.UUID) -> ResponseReturnValue:
    """Call a field or its options otherwise; what records hold follows."""
    if request.method == "GET":
        return _field_page(field_id)
    lines, seen = forms.typed_lines(request.form), request.form.get("version", "")
    try:
        with transaction():
            renamed = defining.edit_field(
                field_id, forms.labels_of(request.form), forms.options_of(lines), actor=actor_id(),
                seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
            )  # fmt: skip
    except NotFound:
        raise
    except DomainError as problem:
        status = 409 if isinstance(problem, Conflict) else 422
        return _field_page(field_id, told(problem), lines), status
    flash(_("Saved."))
    if renamed:
        flash(ngettext("%(num)s record follows.", "%(num)s records follow.", renamed))
    return _to_fields()


@bp.post("/fields/<uuid:field_id>/<any(up, down):way>")
@for_everybody
def move_field(field_id: uuid.UUID, way: str) -> ResponseReturnValue:
    """Let it stand higher or lower."""
    with transaction():
        defining.move_field(field_id, up=way == "up", actor=actor_id())
    return _to_fields()


@bp.post("/fields/<uuid:field_id>/<any(away, back):way>")
@for_everybody
def put_field_away(field_id: uuid.UUID, way: str) -> ResponseReturnValue:
    """Show it on no record any more, or again; what it holds stays."""
    with transaction():
        (defining.put_field_away if way == "away" else defining.take_field_back)(field_id, actor=actor_id())
    flash(_("Put away. What records hold in it is kept.") if way == "away" else _("The field is shown again."))
    return _to_fields()


@bp.post("/fields/<uuid:field_id>/delete")
@for_everybody
def delete_field(field_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a field that nothing is held in."""
    try:
        with transaction():
            defining.delete_field(field_id, actor=actor_id())
    except defining.FieldInUse as problem:
        return _fields_page(told(problem)), 409
    flash(_("The field is deleted."))
    return _to_fields()


@bp.get("/tags")
@for_everybody
def list_tags() -> ResponseReturnValue:
    """Every tag, and how many people carry it."""
    return _tags_page()


@bp.post("/tags/<uuid:tag_id>/rename")
@for_everybody
def rename_tag(tag_id: uuid.UUID) -> ResponseReturnValue:
    """Call a tag otherwise."""
    try:
        with transaction():
            defining.rename_tag(tag_id, request.form.get("name", ""), actor=actor_id())
    except NotFound:
        raise
    except DomainError as problem:
        return _tags_page(told(problem), tag_id), 409 if isinstance(problem, Conflict) else 422
    flash(_("Saved."))
    return _to_tags()


@bp.post("/tags/<uuid:tag_id>/merge")
@for_everybody
def merge_tag(tag_id: uuid.UUID) -> ResponseReturnValue:
    """Let everybody who carries it carry another one instead."""
    try:
        into = uuid.UUID(request.form.get("into", ""))
    except ValueError:
        return _tags_page(_("Choose the tag it becomes."), tag_id), 422
    try:
        with transaction():
            amount = defining.merge_tag(tag_id, into, actor=actor_id())
    except defining.BadField as problem:
        return _tags_page(told(problem), tag_id), 422
    flash(
        ngettext(
            "Merged: %(num)s person carried it and carries the other one now.",
            "Merged: %(num)s people carried it and carry the other one now.",
            amount,
        )
    )
    return _to_tags()


@bp.post("/tags/<uuid:tag_id>/delete")
@for_everybody
def delete_tag(tag_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a tag, and take it off as many people as the page said."""
    seen = request.form.get("seen", "")
    try:
        with transaction():
            amount = defining.delete_tag(
                tag_id, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else -1, actor=actor_id()
            )
    except NotFound:
        raise
    except Conflict as problem:
        return _tags_page(told(problem), tag_id), 409
    flash(ngettext("Deleted, and taken off %(num)s person.", "Deleted, and taken off %(num)s people.", amount))
    return _to_tags()


def _fields_page(problem: str = "") -> str:
    return render_template(
        "people/staff/fields.html", fields=queries.list_fields(), away=queries.list_fields(put_away=True),
        counts=queries.count_values(), kinds=FieldKind, kind_words=KIND_WORDS, problem=problem, typed=request.form,
    )  # fmt: skip


def _field_page(field_id: uuid.UUID, problem: str = "", lines: Sequence[forms.Line] | None = None) -> str:
    field = queries.get_field(field_id)
    shown = forms.with_blanks(forms.lines_of(field)) if lines is None else lines
    labels = dict(field.labels) if lines is None else forms.labels_of(request.form)
    return render_template(
        "people/staff/field.html", field=field, lines=shown, labels=labels, problem=problem, kind_words=KIND_WORDS,
        words=queries.count_words(field_id), count=queries.count_values().get(field_id, 0),
    )  # fmt: skip


def _tags_page(problem: str = "", at: uuid.UUID | None = None) -> str:
    return render_template(
        "people/staff/tags.html", tags=queries.list_tags(), problem=problem, at=at, typed=request.form
    )  # fmt: skip


def _to_fields() -> ResponseReturnValue:
    return redirect(url_for("person_staff.list_fields"), 303)


def _to_tags() -> ResponseReturnValue:
    return redirect(url_for("person_staff.list_tags"), 303)
