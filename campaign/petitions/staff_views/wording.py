"""Another wording for a petition that is public: asked for by one person, published or refused by another."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, DomainError, Forbidden
from campaign.petitions import policy
from campaign.petitions.forms import StepForm, WordingForm
from campaign.petitions.models import Petition, WordingChange
from campaign.petitions.queries import find_waiting_change, get_part, get_petition
from campaign.petitions.service import wording
from campaign.petitions.service.states import NeedsReason, NeedsSecondPerson, NotPossible
from campaign.petitions.staff_views.blueprint import back_to, bp, for_organisers
from campaign.petitions.staff_views.lists import petition_page
from campaign.web.i18n import current_language
from campaign.web.steps import actor_id, told

ACTS = {"approve": wording.approve_wording, "refuse": wording.refuse_wording}


@bp.route("/<uuid:petition_id>/wording", methods=["GET", "POST"])
@for_organisers
def edit_wording(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Write another wording, or a further language, and put it before a second person."""
    petition, form = get_petition(petition_id), WordingForm()
    if not policy.can_correct(current_user, petition):
        raise Forbidden(_("The wording can be changed while the petition is open or paused."))
    if not form.is_submitted():
        form.show(petition, find_waiting_change(petition_id))
        return _page(petition, form)
    if not form.validate() or _wants_preview():
        return _page(petition, form), 422 if form.errors else 200
    try:
        with transaction():
            wording.ask_for_wording(
                petition, form.texts(), reason=form.reason.data or "", seen_version=form.seen_version, actor=actor_id()
            )
    except NeedsReason as problem:
        form.reason.errors = [*form.reason.errors, told(problem)]
        return _page(get_petition(petition_id), form), 422
    except Conflict as problem:
        # What was typed stays; the form takes on the stored version, so that sending again replaces it knowingly.
        waiting = find_waiting_change(petition_id)
        form.version.data = str(waiting.version) if waiting is not None else "0"
        return _page(get_petition(petition_id), form, told(problem), waiting), 409
    except DomainError as problem:
        return _page(get_petition(petition_id), form, told(problem)), 422
    flash(_("The change waits for a second person now. Until then the public reads what stands there."))
    return back_to(petition_id)


@bp.post("/<uuid:petition_id>/wording/<uuid:change_id>/<any('approve','refuse'):name>")
@for_organisers
def decide_wording(petition_id: uuid.UUID, change_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Publish a change as it was read, or refuse it."""
    petition, change, form = get_petition(petition_id), get_part(WordingChange, petition_id, change_id), StepForm()
    remark = form.reason.data or ""
    if not form.validate():
        return petition_page(petition, " ".join(form.reason.errors), remark), 422
    try:
        with transaction():
            ACTS[name](petition, change, seen_version=form.seen_version, actor=actor_id(), remark=remark)
    except NeedsReason as problem:
        return petition_page(get_petition(petition_id), told(problem), remark), 422
    except NeedsSecondPerson as problem:
        return petition_page(get_petition(petition_id), told(problem), remark), 403
    except (NotPossible, Conflict) as problem:
        return petition_page(get_petition(petition_id), told(problem), remark), 409
    flash(_("The new wording is public.") if name == "approve" else _("The change is not made."))
    return back_to(petition_id)


def _page(
    petition: Petition, form: WordingForm, problem: str = "", stored: WordingChange | None = None
) -> str:  # fmt: skip
    standing = {text.language: text for text in petition.texts}
    previews = [(draft, standing.get(draft.language)) for draft in form.texts()] if _wants_preview() else []
    return render_template(
        "petitions/staff/wording.html",
        petition=petition,
        text=petition.text_in(current_language()),
        form=form,
        problem=problem,
        stored=stored,
        previews=previews,
    )


def _wants_preview() -> bool:
    return request.form.get("act") == "preview"
