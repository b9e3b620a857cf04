"""Setting signatures aside in bulk: criteria, a dry run, a reason, then progress, cancel and exact undo."""

import uuid

from flask import Response, flash, jsonify, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.kernel.db import transaction
from campaign.signatures import policy
from campaign.signatures.forms.staff import ReasonForm
from campaign.signatures.queries import staff as queries
from campaign.signatures.service import invalidate
from campaign.signatures.views.desk import bp, criteria_form, page, petition_for

AT_WORK = frozenset({"asked", "running", "undoing"})


@bp.get("/<slug>/signatures/set-aside")
def list_set_aside(slug: str) -> ResponseReturnValue:
    """What was set aside so far, and the criteria for more; with criteria in the address, the dry run."""
    return _criteria_page(slug, ReasonForm())


@bp.post("/<slug>/signatures/set-aside")
def set_aside(slug: str) -> ResponseReturnValue:
    """Begin to set aside what the address chooses."""
    petition = petition_for(slug, policy.can_moderate)
    criteria, form = criteria_form(petition), ReasonForm()
    if criteria.errors or not form.validate():
        return _criteria_page(slug, form)
    try:
        with transaction():
            asked = invalidate.ask_for_invalidation(
                petition, criteria.criteria(), actor=current_user.id, reason=form.reason.data
            )
    except (invalidate.TooBroad, invalidate.NothingFound) as problem:
        return _criteria_page(slug, form, _(problem.message))
    return redirect(url_for("signature_desk.show_set_aside", slug=slug, invalidation_id=asked.id), 303)


@bp.get("/<slug>/signatures/set-aside/<uuid:invalidation_id>")
def show_set_aside(slug: str, invalidation_id: uuid.UUID) -> ResponseReturnValue:
    """How far one invalidation is, and what can be done about it."""
    return _one(slug, invalidation_id, ReasonForm())


@bp.get("/<slug>/signatures/set-aside/<uuid:invalidation_id>/progress.json")
def progress_json(slug: str, invalidation_id: uuid.UUID) -> Response:
    """The same in numbers, for the page that is open."""
    petition = petition_for(slug, policy.can_moderate)
    row = queries.get_invalidation(petition.id, invalidation_id)
    done = row.restored + row.left_alone if row.state == "undoing" else row.changed
    return jsonify(state=row.state, done=done, is_at_work=row.state in AT_WORK)


@bp.post("/<slug>/signatures/set-aside/<uuid:invalidation_id>/cancel")
def cancel_set_aside(slug: str, invalidation_id: uuid.UUID) -> ResponseReturnValue:
    """Stop after the batch that is under way."""
    petition = petition_for(slug, policy.can_moderate)
    with transaction():
        invalidate.cancel_invalidation(queries.get_invalidation(petition.id, invalidation_id), actor=current_user.id)
    flash(_("Stopped. What was set aside so far can be undone."))
    return redirect(url_for("signature_desk.show_set_aside", slug=slug, invalidation_id=invalidation_id), 303)


@bp.post("/<slug>/signatures/set-aside/<uuid:invalidation_id>/undo")
def undo_set_aside(slug: str, invalidation_id: uuid.UUID) -> ResponseReturnValue:
    """Begin to restore exactly what was changed."""
    petition = petition_for(slug, policy.can_moderate)
    form = ReasonForm()
    if not form.validate():
        return _one(slug, invalidation_id, form)
    with transaction():
        row = queries.get_invalidation(petition.id, invalidation_id)
        invalidate.ask_for_undo(row, actor=current_user.id, reason=form.reason.data)
    return redirect(url_for("signature_desk.show_set_aside", slug=slug, invalidation_id=invalidation_id), 303)


def _one(slug: str, invalidation_id: uuid.UUID, form: ReasonForm) -> Response:
    petition = petition_for(slug, policy.can_moderate)
    row = queries.get_invalidation(petition.id, invalidation_id)
    body = page(
        "set_aside_one", petition, row=row, form=form, criteria=invalidate.criteria_of(row),
        names=names_of({row.actor_id}), is_at_work=row.state in AT_WORK,
    )  # fmt: skip
    return make_response(body, 422 if form.errors else 200)


def _criteria_page(slug: str, form: ReasonForm, problem: str = "") -> Response:
    petition = petition_for(slug, policy.can_moderate)
    criteria, plan = criteria_form(petition), None
    if criteria.as_query() and not criteria.errors and not problem:
        try:
            plan = invalidate.plan(petition.id, criteria.criteria())
        except invalidate.TooBroad as refusal:
            problem = _(refusal.message)
    body = page(
        "set_aside", petition, criteria=criteria, form=form, plan=plan, problem=problem,
        rows=queries.list_invalidations(petition.id), query=criteria.as_query(),
    )  # fmt: skip
    return make_response(body, 422 if problem or criteria.errors or form.errors else 200)
