"""The staff list of petitions, and the page of one with its history."""

import uuid
from datetime import timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from campaign.accounts.queries import list_staff, names_of
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.registry import petition_panels
from campaign.kernel.text import one_line
from campaign.petitions import policy, queries
from campaign.petitions.forms import StepForm
from campaign.petitions.models import Petition, PetitionState
from campaign.petitions.service.states import REOPEN_WITHIN
from campaign.petitions.staff_views.blueprint import bp, for_organisers
from campaign.web.guards import requires_some
from campaign.web.i18n import current_language
from campaign.web.paging import paginate

LONGEST_SEARCH = 100


@bp.get("")
@requires_some(policy.SCOPE, *policy.READERS)
def list_petitions() -> ResponseReturnValue:
    """Every petition that one works on, by state, by words of its title, sorted; all of it in the address."""
    state, search = request.args.get("state", ""), one_line(request.args.get("q", ""), LONGEST_SEARCH)
    sort, within = request.args.get("sort", ""), current_user.subjects_of(policy.SCOPE, *policy.READERS)
    page = paginate(queries.staff_petitions(within=within, state=state, search=search, sort=sort))
    language, totals = current_language(), queries.totals_of(page.items)
    rows = [(each, each.text_in(language), totals[each.id]) for each in page.items]
    return render_template(
        "petitions/staff/list.html",
        page=page,
        rows=rows,
        state=state,
        search=search,
        sort=sort,
        states=PetitionState,
        can_create=policy.can_create(current_user),
        workable={each.id for each in page.items if _may_open(each)},
    )


@bp.get("/<uuid:petition_id>")
@for_organisers
def show_petition(petition_id: uuid.UUID) -> ResponseReturnValue:
    """One petition: what it says, what can be done with it now, and what happened."""
    return petition_page(queries.get_petition(petition_id))


def petition_page(petition: Petition, problem: str = "", reason: str = "") -> str:
    """The page, with what stood in the way of the last step and the reason that was typed for it."""
    events, changes = queries.list_events(petition.id), queries.list_changes(petition.id)
    waiting = queries.find_waiting_change(petition.id)
    named = {event.actor_id for event in events} | {
        each for change in (*changes, waiting) if change is not None for each in (change.asked_by, change.decided_by)
    }
    return render_template(
        "petitions/staff/show.html",
        petition=petition,
        text=petition.text_in(current_language()),
        may=allowed(petition),
        is_own_work=policy.is_own_work(current_user, petition),
        second_persons=_second_persons(petition, {petition.author_id, petition.submitter_id})
        if petition.state == PetitionState.REVIEW
        else [],
        waiting_change=waiting,
        may_approve_change=waiting is not None and policy.can_approve_wording(current_user, petition, waiting),
        change_approvers=_second_persons(petition, {waiting.asked_by}) if waiting is not None else [],
        changes=changes,
        total=queries.totals_of([petition])[petition.id],
        events=events,
        names=names_of({each for each in named if each is not None}),
        updates=queries.list_updates(petition.id),
        picture=queries.find_picture(petition.id),
        people=queries.list_people(petition.id),
        hand_ins=queries.list_hand_ins(petition.id),
        answers=queries.list_answers(petition.id),
        panels=[panel(petition.id) for panel in petition_panels],
        keys_end_on=petition.closed_on + timedelta(days=petition.keys_days) if petition.closed_on else None,
        can_still_reopen=petition.closed_on is not None and clock.today() - petition.closed_on <= REOPEN_WITHIN,
        step=StepForm(formdata=None, version=petition.version, reason=reason),
        problem=problem,
    )


def allowed(petition: Petition) -> dict[str, bool]:
    """What the policies say about this person and this petition, by name, for templates."""
    predicates: dict[str, Any] = {
        "edit": policy.can_edit,
        "submit": policy.can_submit,
        "review": policy.can_review,
        "publish": policy.can_publish,
        "pause": policy.can_pause,
        "close": policy.can_close,
        "reopen": policy.can_reopen,
        "deliver": policy.can_deliver,
        "archive": policy.can_archive,
        "set_goal": policy.can_set_goal,
        "correct": policy.can_correct,
        "set_picture": policy.can_set_picture,
        "post_updates": policy.can_post_updates,
        "set_frames": policy.can_set_frames,
        "choose_people": policy.can_choose_people,
    }
    return {name: predicate(current_user, petition) for name, predicate in predicates.items()}


def _may_open(petition: Petition) -> bool:
    return policy.can_work_on(current_user, petition)


def _second_persons(petition: Petition, involved: set[uuid.UUID | None]) -> list[str]:
    """Who could publish it: organisers and admins who were not involved in writing it."""
    able = {
        account.username
        for account, grant in list_staff()
        if Role(grant.role) in policy.ORGANISERS
        and grant.scope_id in {None, petition.id}
        and grant.expires_on > clock.today()
        and account.is_active
        and account.id not in involved
    }
    return sorted(able, key=str.casefold)
