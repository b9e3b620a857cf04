"""Steps from state to state: one press each, and a page before those that destroy something."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_, Conflict, Forbidden
from campaign.petitions import policy
from campaign.petitions.forms import StepForm
from campaign.petitions.queries import get_petition, totals_of
from campaign.petitions.service import states
from campaign.petitions.staff_views.blueprint import back_to, bp, for_organisers
from campaign.petitions.staff_views.lists import petition_page
from campaign.web.i18n import current_language
from campaign.web.steps import actor_id, told


@dataclass(frozen=True, slots=True)
class Step:
    """What a button does, and what is said afterwards."""

    take: Callable[..., None]
    done: str


STEPS = {
    "submit": Step(states.submit_for_review, N_("It waits for a second person now.")),
    "publish": Step(states.publish, N_("The petition is open.")),
    "send-back": Step(states.send_back, N_("It is a draft again.")),
    "pause": Step(states.pause, N_("It is paused and takes no signatures.")),
    "resume": Step(states.resume, N_("It collects signatures again.")),
    "close": Step(states.close, N_("The petition is closed.")),
    "reopen": Step(states.reopen, N_("The petition is open again.")),
    "archive": Step(states.archive, N_("The petition is archived.")),
}


@bp.post("/<uuid:petition_id>/<any('submit','publish','send-back','pause','resume','close','reopen','archive'):name>")
@for_organisers
def take_step(petition_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Take one step, on the version that the person saw."""
    petition, form, step = get_petition(petition_id), StepForm(), STEPS[name]
    reason = form.reason.data or ""
    if not form.validate():
        return petition_page(petition, " ".join(form.reason.errors), reason), 422
    try:
        with transaction():
            step.take(petition, seen_version=form.seen_version, actor=actor_id(), reason=reason)
    except (states.NeedsReason, states.NotComplete) as problem:
        return petition_page(get_petition(petition_id), told(problem), reason), 422
    except states.NeedsSecondPerson as problem:
        return petition_page(get_petition(petition_id), told(problem), reason), 403
    except (states.NotPossible, Conflict) as problem:
        return petition_page(get_petition(petition_id), told(problem), reason), 409
    flash(_(step.done))
    return back_to(petition_id)


@bp.get("/<uuid:petition_id>/close")
@for_organisers
def ask_close(petition_id: uuid.UUID) -> ResponseReturnValue:
    """What closing does, with the day on which the keys go."""
    return _ask(petition_id, "close")


@bp.get("/<uuid:petition_id>/archive")
@for_organisers
def ask_archive(petition_id: uuid.UUID) -> ResponseReturnValue:
    """What archiving does."""
    return _ask(petition_id, "archive")


def _ask(petition_id: uuid.UUID, name: str) -> ResponseReturnValue:
    petition = get_petition(petition_id)
    may = {"close": policy.can_close, "archive": policy.can_archive}[name]
    if not may(current_user, petition):
        raise Forbidden(_("This petition is not in a state for that."))
    return render_template(
        f"petitions/staff/{name}.html",
        petition=petition,
        text=petition.text_in(current_language()),
        total=totals_of([petition])[petition.id],
        keys_end_on=clock.today() + timedelta(days=petition.keys_days),
        step=StepForm(formdata=None, version=petition.version),
    )
