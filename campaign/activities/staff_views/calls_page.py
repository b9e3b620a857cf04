"""What the staff views of call lists share: who may come in, and the page of one list."""

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.activities.forms import call_words as words
from campaign.activities.models import ALIVE, CallList, CallListState, EntryState
from campaign.activities.policy import can_see_call_list
from campaign.activities.queries import calls as queries
from campaign.activities.service import calls
from campaign.kernel import clock
from campaign.kernel.errors import Forbidden, NotFound
from campaign.kernel.registry import role_scopes
from campaign.people import policy
from campaign.people.service.access import people_seen_by
from campaign.web.guards import requires_some

bp = Blueprint("calls_staff", __name__)
for_callers = requires_some(policy.SCOPE, *policy.READERS)


def list_for(list_id: uuid.UUID) -> CallList:
    """The list, for whoever may see it; others do not learn whether there is one."""
    try:
        found = queries.get_list(list_id)
    except NotFound:
        if policy.can_see_everybody(current_user):
            raise
        raise Forbidden from None
    if not can_see_call_list(current_user, found):
        raise Forbidden
    return found


def groups_of_actor() -> list[tuple[uuid.UUID, str]]:
    """The groups whose lists somebody may make, by name."""
    within = policy.groups_of(current_user)
    return [each for each in role_scopes[policy.SCOPE].list_subjects() if within is None or each[0] in within]


def back_to(list_id: uuid.UUID, anchor: str | None = None) -> ResponseReturnValue:
    """The list's page."""
    return redirect(url_for("calls_staff.show_list", list_id=list_id, _anchor=anchor), 303)


def shared_words() -> dict[str, Any]:
    """What the templates call things."""
    return {"words": words, "states": CallListState, "entry_states": EntryState, "outcome_word": words.outcome_word}


def list_page(found: CallList, problem: str = "") -> str:
    """The page, with what stood in the way of the last step."""
    callers, group = queries.by_caller(found.id), found.group_id
    fills = queries.list_fills(found.id)
    accounts = {each for each, _calls, _reached in callers} | {each.made_by for each in fills} | {found.created_by}
    groups = role_scopes[policy.SCOPE].names_of(frozenset({group})) if group else {}
    return render_template(
        "activities/staff/calls/show.html", found=found, problem=problem, figures=queries.figures_of([found])[found.id],
        now=queries.count_next(found.id, within=people_seen_by(current_user)), fills=fills,
        outcomes=queries.outcomes_of(found.id), days=queries.outcomes_by_day(found.id), callers=callers,
        names=names_of({each for each in accounts if each}), group=groups.get(group, "") if group else "",
        own_outcomes=calls.words_of(found), is_alive=found.state in ALIVE, is_filling=any(not f.is_done for f in fills),
        is_late=found.due_on is not None and found.due_on < clock.today() and found.state in ALIVE,
        kept_days=calls.KEPT_DAYS, languages=[code for code in found.scripts if found.scripts[code]], **shared_words(),
    )  # fmt: skip
