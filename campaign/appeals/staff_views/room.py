"""The staff list of appeals, and the page of one with its history."""

import uuid

from flask import render_template, request
from flask_login import current_user

from campaign.accounts.queries import list_staff, names_of
from campaign.appeals import policy
from campaign.appeals.forms.staff import StepForm
from campaign.appeals.models import Appeal, AppealKind, AppealState
from campaign.appeals.queries import staff as queries
from campaign.appeals.queries.public import replies_to, totals_of
from campaign.appeals.staff_views.blueprint import bp, for_organisers, shared_words
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.text import one_line
from campaign.web.i18n import current_language
from campaign.web.paging import paginate

LONGEST_SEARCH = 100


@bp.get("")
@for_organisers
def list_appeals() -> str:
    """Every appeal, by state, kind and words of its title; all of it in the address."""
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    page = paginate(queries.staff_appeals(state=state, kind=kind, search=search))
    totals = totals_of([each.id for each in page.items])
    return render_template(
        "appeals/staff/list.html", page=page, state=state, kind=kind, search=search, totals=totals,
        states=AppealState, kinds=AppealKind, now=clock.now(), **shared_words(),
    )  # fmt: skip


@bp.get("/<uuid:appeal_id>")
@for_organisers
def show_appeal(appeal_id: uuid.UUID) -> str:
    """One appeal: what it says, what can be done with it now, and what happened."""
    return appeal_page(queries.get_appeal(appeal_id))


def appeal_page(appeal: Appeal, problem: str = "", reason: str = "") -> str:
    """The page, with what stood in the way of the last step and the reason that was typed for it."""
    events, answers = queries.list_events(appeal.id), queries.list_answers(appeal.id)
    involved = {appeal.author_id, appeal.submitter_id}
    named = {event.actor_id for event in events} | {answer.recorded_by for answer, _target in answers}
    replies, quiet = replies_to(appeal.id, clock.today())
    return render_template(
        "appeals/staff/show.html",
        appeal=appeal,
        text=appeal.text_in(current_language()),
        people=queries.list_people(appeal.id),
        addressees=paginate(queries.select_addressees(appeal.id), per_page=8, number=1),
        answers=answers,
        replies=replies,
        quiet=quiet,
        total=totals_of([appeal.id])[appeal.id],
        events=events,
        names=names_of({each for each in named if each is not None}),
        may_edit=policy.can_edit(current_user, appeal),
        may_publish=policy.can_publish(current_user, appeal),
        is_own_work=policy.is_own_work(current_user, appeal),
        second_persons=_second_persons(involved) if appeal.state == AppealState.REVIEW else [],
        running=policy.RUNNING,
        now=clock.now(),
        step=StepForm(formdata=None, version=appeal.version, reason=reason),
        problem=problem,
        **shared_words(),
    )


def _second_persons(involved: set[uuid.UUID | None]) -> list[str]:
    """Who could publish it: organisers and admins who were not involved in writing it."""
    able = {
        account.username
        for account, grant in list_staff()
        if Role(grant.role) in policy.ORGANISERS
        and grant.scope_id is None
        and grant.expires_on > clock.today()
        and account.is_active
        and account.id not in involved
    }
    return sorted(able, key=str.casefold)
