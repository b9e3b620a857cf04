"""Views of the list of people that are saved, shared, opened at once, and deleted."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.people.forms.people_filters import VIEW
from campaign.people.queries.segment_tree import BadValue
from campaign.people.service import views
from campaign.people.service.segments.from_list import make_from_list
from campaign.people.staff_views.people_list import filters_of, for_readers, list_url

bp = Blueprint("people_views", __name__)


@bp.post("")
@for_readers
def save_view() -> ResponseReturnValue:
    """Keep the filters, order and columns that stand in the form under a title."""
    filters = filters_of(request.form.to_dict(flat=False))
    try:
        with transaction():
            view = views.save_view(
                current_user.id, request.form.get("title", ""), filters.kept,
                is_shared="shared" in request.form, is_default="default" in request.form,
            )  # fmt: skip
    except DomainError as problem:
        flash(_(problem.message))
        return redirect(list_url(filters.arguments), 303)
    flash(_("Saved."))
    return redirect(list_url({**filters.arguments, VIEW: str(view.id)}), 303)


@bp.post("/segment")
@for_readers
def make_segment() -> ResponseReturnValue:
    """The filters that stand in the form as the first step of a segment; what was searched for is left out."""
    filters = filters_of(request.form.to_dict(flat=False))
    try:
        with transaction():
            made = make_from_list(request.form.get("title", ""), filters.wanted, actor=current_user)
    except BadValue as problem:
        flash(_("“%(filter)s” cannot be part of a segment.", filter=_(problem.field.label)))
        return redirect(list_url(filters.arguments), 303)
    except DomainError as problem:
        flash(_(problem.message))
        return redirect(list_url(filters.arguments), 303)
    return redirect(url_for("segments.show_segment", segment_id=made.id), 303)


@bp.post("/<uuid:view_id>/delete")
@for_readers
def delete_view(view_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a view of one's own; the people in it stay."""
    with transaction():
        views.delete_view(current_user.id, view_id)
    flash(_("The view is deleted."))
    return redirect(url_for("people_list.list_people", view="all"), 303)
