"""Whom a petition is for: who is chosen, and a search for others."""

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, Forbidden, NotFound
from campaign.kernel.text import one_line
from campaign.petitions import policy, queries
from campaign.petitions.models import Petition
from campaign.petitions.service import people
from campaign.petitions.staff_views.blueprint import back_to, bp, for_organisers
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries.find import find_people
from campaign.prisoners.service.names import fold
from campaign.web.i18n import current_language
from campaign.web.steps import actor_id, told

LONGEST_SEARCH = 100


@bp.get("/<uuid:petition_id>/people")
@for_organisers
def choose_people(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Who is chosen, and who fits what was searched for."""
    petition = queries.get_petition(petition_id)
    if not policy.can_choose_people(current_user, petition):
        raise Forbidden(_("This petition is not in a state for that."))
    return _people_page(petition)


@bp.post("/<uuid:petition_id>/people")
@for_organisers
def add_person(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Choose somebody."""
    petition = queries.get_petition(petition_id)
    try:
        with transaction():
            people.add_person(petition, get_prisoner(_chosen()), actor=actor_id())
    except NotFound:
        return _people_page(petition, _("Choose somebody from the list.")), 422
    except DomainError as problem:
        return _people_page(queries.get_petition(petition_id), told(problem)), 409
    flash(_("The petition is for this person now. The public reads the name once the person's page is public."))
    return back_to(petition_id)


@bp.post("/<uuid:petition_id>/people/<uuid:prisoner_id>/remove")
@for_organisers
def remove_person(petition_id: uuid.UUID, prisoner_id: uuid.UUID) -> ResponseReturnValue:
    """Choose somebody no longer."""
    petition = queries.get_petition(petition_id)
    try:
        with transaction():
            people.remove_person(petition, prisoner_id, actor=actor_id())
    except DomainError as problem:
        return _people_page(queries.get_petition(petition_id), told(problem)), 409
    flash(_("The petition is not for this person any more."))
    return back_to(petition_id)


def _people_page(petition: Petition, problem: str = "") -> str:
    search = one_line(request.args.get("q", ""), LONGEST_SEARCH)
    chosen = queries.list_people(petition.id)
    known = {person.id for person in chosen}
    return render_template(
        "petitions/staff/people.html",
        petition=petition,
        text=petition.text_in(current_language()),
        people=chosen,
        search=search,
        found=[person for person in find_people(fold(search)) if person.id not in known] if search else [],
        problem=problem,
    )


def _chosen() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("prisoner", ""))
    except ValueError as problem:
        raise NotFound from problem
