"""Consent and publication: what was agreed to, and who may take the next step."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.crypto.vault_door import NoVault
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.text import one_line
from campaign.prisoners.forms.publication import (
    ConsentForm,
    PublicityForm,
)
from campaign.prisoners.models import PrisonerState
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.service import consent, publication
from campaign.prisoners.staff_views.blueprint import back_to, bp, for_editors
from campaign.prisoners.staff_views.people import person_page
from campaign.web.steps import actor_id, told

LONGEST_REASON = 300


@bp.post("/<uuid:prisoner_id>/step")
@for_editors
def move_prisoner(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Submit, publish, send back, hide or archive."""
    prisoner = get_prisoner(prisoner_id)
    reason = one_line(request.form.get("reason", ""), LONGEST_REASON)
    try:
        wanted, seen = PrisonerState(request.form.get("state", "")), int(request.form.get("version", "0")[:9])
    except ValueError as problem:
        raise NotFound from problem
    try:
        with transaction():
            publication.move_prisoner(prisoner, wanted, seen_version=seen, actor=actor_id(), reason=reason)
    except DomainError as problem:
        return person_page(get_prisoner(prisoner_id), told(problem)), 409
    flash(_("Done."))
    return back_to(prisoner_id)


@bp.route("/<uuid:prisoner_id>/publicity", methods=["GET", "POST"])
@for_editors
def set_publicity(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Say how public somebody is to be, and by what right."""
    prisoner, form, problem = get_prisoner(prisoner_id), PublicityForm(), ""
    if not form.is_submitted():
        form.show(prisoner)
    if form.validate_on_submit():
        try:
            with transaction():
                taken = publication.set_publicity(
                    prisoner, form.draft(), form.source(), seen_version=form.seen_version, actor=actor_id()
                )
        except DomainError as refusal:
            problem = told(refusal)
            form.version.data = str(get_prisoner(prisoner_id).version)
        else:
            flash(_("The public page is taken away.") if taken else _("Saved."))
            return back_to(prisoner_id)
    page = render_template(
        "prisoners/staff/people/publicity.html", form=form, prisoner=prisoner, problem=problem,
        is_public=prisoner.is_public,
    )  # fmt: skip
    return page, 422 if form.errors else 409 if problem else 200


@bp.route("/<uuid:prisoner_id>/consents/new", methods=["GET", "POST"])
@for_editors
def record_consent(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what was agreed to."""
    prisoner, form = get_prisoner(prisoner_id), ConsentForm()
    if form.validate_on_submit():
        try:
            with transaction():
                consent.record_consent(prisoner, form.draft(), actor=actor_id())
        except consent.BadConsent as problem:
            form[problem.field].errors = [*form[problem.field].errors, told(problem)]
        except NoVault as problem:
            form.note.errors = [*form.note.errors, told(problem)]
        else:
            flash(_("The consent is recorded."))
            return back_to(prisoner_id)
    page = render_template("prisoners/staff/people/consent.html", form=form, prisoner=prisoner)
    return page, 422 if form.errors else 200


@bp.post("/<uuid:prisoner_id>/consents/<uuid:consent_id>/revoke")
@for_editors
def revoke_consent(prisoner_id: uuid.UUID, consent_id: uuid.UUID) -> ResponseReturnValue:
    """End a consent; a page that rests on it goes in the same moment."""
    with transaction():
        taken = consent.revoke_consent(get_prisoner(prisoner_id), consent_id, actor=actor_id())
    flash(_("The consent is revoked, and the public page is taken away.") if taken else _("The consent is revoked."))
    return back_to(prisoner_id)
