"""For whom an appeal is, and to whom people write."""

import uuid
from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.appeals import policy
from campaign.appeals.models import Appeal, Target, TargetKind
from campaign.appeals.queries import staff as queries
from campaign.appeals.queries.targets import select_targets
from campaign.appeals.service import write
from campaign.appeals.staff_views.blueprint import bp, for_organisers, shared_words
from campaign.appeals.staff_views.targets import countries_known, wanted_here
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.kernel.text import id_in, one_line
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.find import find_people
from campaign.prisoners.service.names import fold
from campaign.web.i18n import current_language
from campaign.web.paging import paginate
from campaign.web.steps import actor_id, told

LONGEST_SEARCH, MOST_AT_ONCE = 100, 2_000


@bp.get("/<uuid:appeal_id>/people")
@for_organisers
def choose_people(appeal_id: uuid.UUID) -> str:
    """Who is chosen, and who fits what was searched for."""
    return _people_page(_draft(appeal_id))


@bp.post("/<uuid:appeal_id>/people")
@for_organisers
def add_person(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Choose somebody."""
    appeal, chosen = queries.get_appeal(appeal_id), id_in(request.form.get("prisoner"))
    if chosen is None:
        return _people_page(appeal, _("Choose somebody from the list.")), 422
    person = get_prisoner(chosen)
    return _change(appeal_id, _people_page, lambda: write.add_person(appeal, person.id, actor=actor_id()), "people")


@bp.post("/<uuid:appeal_id>/people/<uuid:prisoner_id>/remove")
@for_organisers
def remove_person(appeal_id: uuid.UUID, prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Choose somebody no longer."""
    appeal = queries.get_appeal(appeal_id)
    return _change(
        appeal_id, _people_page, lambda: write.remove_person(appeal, prisoner_id, actor=actor_id()), "people"
    )


@bp.get("/<uuid:appeal_id>/addressees")
@for_organisers
def choose_addressees(appeal_id: uuid.UUID) -> str:
    """Who is chosen, and the officials that fit what was searched for."""
    return _addressees_page(_draft(appeal_id))


@bp.post("/<uuid:appeal_id>/addressees")
@for_organisers
def add_addressees(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Choose one official, or all that fit what stands in the address."""
    appeal, one = queries.get_appeal(appeal_id), id_in(request.form.get("target"))
    found: list[uuid.UUID] = [one] if one is not None else []
    if request.form.get("all") == "y":
        fitting = select_targets(wanted_here(), clock.today()).limit(MOST_AT_ONCE)
        found = [each.id for each in session.scalars(fitting)]
    return _change(
        appeal_id, _addressees_page, lambda: write.add_addressees(appeal, found, actor=actor_id()), "addressees"
    )


@bp.post("/<uuid:appeal_id>/addressees/remove")
@for_organisers
def remove_addressees(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Take one out, or all."""
    appeal, one = queries.get_appeal(appeal_id), id_in(request.form.get("target"))
    if one is None and request.form.get("all") != "y":
        raise NotFound
    gone = [one] if one is not None else None
    return _change(
        appeal_id, _addressees_page, lambda: write.remove_addressees(appeal, gone, actor=actor_id()), "addressees"
    )


def _draft(appeal_id: uuid.UUID) -> Appeal:
    appeal = queries.get_appeal(appeal_id)
    if not policy.can_edit(current_user, appeal):
        raise Forbidden(_(write.DRAFT_ONLY))
    return appeal


def _change(
    appeal_id: uuid.UUID, page: Callable[[Appeal, str], str], act: Callable[[], object], back: str
) -> ResponseReturnValue:  # fmt: skip
    try:
        with transaction():
            act()
    except DomainError as problem:
        return page(queries.get_appeal(appeal_id), told(problem)), 409
    flash(_("Saved."))
    # The search stays, so that a second one is chosen without typing it again.
    kept = {name: value for name, value in request.args.items() if name in {"q", "kind", "country", "page"}}
    return redirect(url_for(f"appeals_staff.choose_{back}", appeal_id=appeal_id, **kept), 303)  # type: ignore[arg-type]


def _people_page(appeal: Appeal, problem: str = "") -> str:
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    chosen = queries.list_people(appeal.id)
    known = {person.id for person in chosen}
    return render_template(
        "appeals/staff/people.html", appeal=appeal, text=appeal.text_in(current_language()), people=chosen,
        search=search, problem=problem,
        found=[each for each in find_people(fold(search)) if each.id not in known] if search else [], **shared_words(),
    )  # fmt: skip


def _addressees_page(appeal: Appeal, problem: str = "") -> str:
    wanted = wanted_here()
    chosen = queries.select_addressees(appeal.id)
    known = set(session.scalars(chosen.with_only_columns(Target.id)))
    return render_template(
        "appeals/staff/addressees.html", appeal=appeal, text=appeal.text_in(current_language()), wanted=wanted,
        page=paginate(select_targets(wanted, clock.today())), known=known, target_kinds=TargetKind,
        countries=countries_known(), problem=problem, today=clock.today(), **shared_words(),
    )  # fmt: skip
