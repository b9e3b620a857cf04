"""What the staff views of one person's record share: who may come in, and how much of it somebody is shown."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import Forbidden, NotFound
from campaign.people.policy import READERS, SCOPE
from campaign.people.queries.doubles import find_winner
from campaign.people.service.access import check_seen
from campaign.people.service.looking import ShownEnough, count_shown, note_shown_enough
from campaign.web.errors import page
from campaign.web.guards import requires, requires_some
from campaign.web.templating import link_to

P = ParamSpec("P")
R = TypeVar("R")

bp = Blueprint("person_staff", __name__)
for_some = requires_some(SCOPE, *READERS)
for_everybody = requires(*READERS)
"""What concerns every record: a role for some groups does not open it."""


def of_person(view: Callable[P, R]) -> Callable[P, R]:
    """A view about the record in the address, for whoever may see it: asked before anything is looked up, so that the
    answer about another's does not tell whether there is one."""

    @for_some
    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        person_id = kwargs["person_id"]
        if not isinstance(person_id, uuid.UUID):
            raise Forbidden
        try:
            check_seen(current_user, person_id)
            return view(*args, **kwargs)
        except (Forbidden, NotFound):
            # A record that went into another leads there, for whoever may see that one.
            winner = find_winner(person_id) if request.method == "GET" else None
            if winner is None:
                raise
            check_seen(current_user, winner)
            return redirect(url_for("person_staff.show_person", person_id=winner))  # type: ignore[return-value]

    return inner


def take_shown(amount: int = 1) -> None:
    """Take from the hour's allowance what is about to be shown; ShownEnough, with its alarm, where it is spent.

    The one thing that a GET of ours writes: a name that is shown is a record shown, whichever way it was asked for.
    """
    try:
        with transaction():
            count_shown(current_user, amount)
    except ShownEnough:
        with transaction():
            note_shown_enough(current_user)
        raise


@bp.app_errorhandler(ShownEnough)
def show_enough(problem: ShownEnough) -> Response:
    """The page of whoever has seen enough for this hour."""
    return page(429, _("Enough for this hour"), _(problem.message))


def back_to(
    person_id: uuid.UUID, anchor: str | None = None, *, untagged: uuid.UUID | None = None
) -> ResponseReturnValue:
    """The person's page."""
    url = url_for("person_staff.show_person", person_id=person_id, untagged=untagged, _anchor=anchor)
    return redirect(url, 303)


def to_people() -> ResponseReturnValue:
    """The list of people, as the record is gone."""
    return redirect(link_to("/staff/people") or url_for("staff.show_dashboard"), 303)
