"""Steps from state to state: one press each, on the version that was seen."""

import uuid
from collections.abc import Callable

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.appeals.forms.staff import StepForm
from campaign.appeals.queries.staff import get_appeal
from campaign.appeals.service import states
from campaign.appeals.service.errors import NeedsReason, NeedsSecondPerson, NotComplete
from campaign.appeals.staff_views.blueprint import back_to, bp, for_organisers
from campaign.appeals.staff_views.room import appeal_page
from campaign.kernel.db import transaction
from campaign.kernel.errors import N_, DomainError
from campaign.web.steps import actor_id, told

STEPS: dict[str, tuple[Callable[..., None], str]] = {
    "submit": (states.submit_for_review, N_("It waits for a second person now.")),
    "publish": (states.publish, N_("The appeal is published.")),
    "send-back": (states.send_back, N_("It is a draft again.")),
    "pause": (states.pause, N_("It is paused: nobody is asked to write.")),
    "resume": (states.resume, N_("It asks for letters again.")),
    "close": (states.close, N_("The appeal is closed. Say what became of it, so that those who wrote can read it.")),
}


@bp.post("/<uuid:appeal_id>/<any('submit','publish','send-back','pause','resume','close'):name>")
@for_organisers
def take_step(appeal_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Take one step."""
    appeal, form = get_appeal(appeal_id), StepForm()
    (take, done), reason = STEPS[name], form.reason.data or ""
    if not form.validate():
        return appeal_page(appeal, " ".join(form.reason.errors), reason), 422
    try:
        with transaction():
            take(appeal, seen_version=form.seen_version, actor=actor_id(), reason=reason)
    except (NeedsReason, NotComplete) as problem:
        return appeal_page(get_appeal(appeal_id), told(problem), reason), 422
    except NeedsSecondPerson as problem:
        return appeal_page(get_appeal(appeal_id), told(problem), reason), 403
    except DomainError as problem:
        return appeal_page(get_appeal(appeal_id), told(problem), reason), 409
    flash(_(done))
    return back_to(appeal_id)
