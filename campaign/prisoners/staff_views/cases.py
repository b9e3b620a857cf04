"""The cases of a person: the list with listings, one case, and writing it down."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.accounts.queries import names_of
from campaign.prisoners import policy
from campaign.prisoners.forms.cases import CaseForm, ListingForm
from campaign.prisoners.models import Case, Prisoner
from campaign.prisoners.queries import cases as queries
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.officials import list_acts_in
from campaign.prisoners.queries.situation import list_episodes
from campaign.prisoners.service import cases as service
from campaign.prisoners.service.listings import add_listing
from campaign.prisoners.staff_views.blueprint import bp, for_editors, for_readers
from campaign.prisoners.staff_views.case_pages import DONE, attempt, spoken, to_case
from campaign.web.steps import actor_id


@bp.get("/<uuid:prisoner_id>/cases")
@for_readers
def list_cases(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Every case of a person, and who recognises them."""
    return render_template(
        "prisoners/staff/cases/list.html", prisoner=get_prisoner(prisoner_id), cases=queries.list_cases(prisoner_id),
        listings=queries.list_listings(prisoner_id), may_edit=policy.can_edit(current_user), **spoken(),
    )  # fmt: skip


@bp.get("/<uuid:prisoner_id>/cases/<uuid:case_id>")
@for_readers
def show_case(prisoner_id: uuid.UUID, case_id: uuid.UUID) -> ResponseReturnValue:
    """One case: charges, days in court, sentences, who acted, and from where all that is known."""
    case = queries.get_case(prisoner_id, case_id)
    facts = queries.list_case_facts(case)
    sees_officials = policy.can_see_officials(current_user)
    return render_template(
        "prisoners/staff/cases/show.html", case=case, prisoner=get_prisoner(prisoner_id), facts=facts,
        names=names_of({each for fact in facts for each in (fact.entered_by, fact.verified_by) if each}),
        sees_officials=sees_officials, acts=list_acts_in(case.id) if sees_officials else [],
        may_edit=policy.can_edit(current_user), **spoken(),
    )  # fmt: skip


@bp.route("/<uuid:prisoner_id>/cases/new", methods=["GET", "POST"])
@for_editors
def create_case(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Write down a case with its charges, in one form and from one source."""
    prisoner, episodes = get_prisoner(prisoner_id), list_episodes(prisoner_id)
    form = CaseForm(episodes)
    if not form.is_submitted():
        open_one = next((each for each in episodes if each.ended_on is None), None)
        form.episode_id.data = str(open_one.id) if open_one is not None else ""
    if not form.validate_on_submit() or _wants_preview():
        return _edit_page(form, prisoner, 422 if form.errors else 200)
    made: list[Case] = []

    def write() -> None:
        case = service.add_case(prisoner, form.draft(), form.source(), actor=actor_id())
        for charge in form.read:
            service.add_charge(
                case, charge, form.source(), actor=actor_id(), is_confirmed=bool(form.is_confirmed.data)
            )  # fmt: skip
        made.append(case)

    status = attempt(form, None, write)
    if status != DONE:
        return _edit_page(form, get_prisoner(prisoner_id), status)
    flash(_("The case is written down."))
    return to_case(made[0])


@bp.route("/<uuid:prisoner_id>/cases/<uuid:case_id>/edit", methods=["GET", "POST"])
@for_editors
def edit_case(prisoner_id: uuid.UUID, case_id: uuid.UUID) -> ResponseReturnValue:
    """Change what is known of a case."""
    case, form = queries.get_case(prisoner_id, case_id), CaseForm(list_episodes(prisoner_id))
    prisoner = get_prisoner(prisoner_id)
    if not form.is_submitted():
        form.show(case)
    if not form.validate_on_submit():
        return _edit_page(form, prisoner, 422 if form.errors else 200, case=case)

    def write() -> None:
        service.edit_case(case, form.draft(), form.source(), seen_version=form.seen_version, actor=actor_id())

    status = attempt(form, case, write)
    if status == DONE:
        flash(_("The case is saved."))
        return to_case(case)
    stored = queries.get_case(prisoner_id, case_id)
    return _edit_page(form, get_prisoner(prisoner_id), status, case=stored, is_conflict=status == 409)


@bp.route("/<uuid:prisoner_id>/listings/new", methods=["GET", "POST"])
@for_editors
def record_listing(prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Write down what one source says; what it said before is kept in the history."""
    prisoner, form = get_prisoner(prisoner_id), ListingForm()
    stored = {each.source: each for each in queries.list_listings(prisoner_id)}
    known = stored.get(request.args.get("by", ""))
    if not form.is_submitted() and known is not None:
        form.recognised_by.data, form.status.data = known.source, known.status
        form.since_on.data, form.url.data = known.since_on, known.url
    if form.validate_on_submit():
        status = attempt(
            form, None, lambda: add_listing(prisoner, form.draft(), form.source(), actor=actor_id())
        )  # fmt: skip
        if status == DONE:
            flash(_("The listing is saved."))
            return redirect(url_for("prisoners_staff.list_cases", prisoner_id=prisoner_id), DONE)
    page = render_template(
        "prisoners/staff/cases/listing.html", form=form, prisoner=get_prisoner(prisoner_id), known=known
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _wants_preview() -> bool:
    return request.form.get("act") == "preview"


def _edit_page(
    form: CaseForm, prisoner: Prisoner, status: int, *, case: Case | None = None, is_conflict: bool = False
) -> ResponseReturnValue:  # fmt: skip
    page = render_template(
        "prisoners/staff/cases/edit.html", form=form, prisoner=prisoner, case=case,
        is_preview=_wants_preview() and not form.errors, is_conflict=is_conflict, **spoken(),
    )  # fmt: skip
    return page, status
