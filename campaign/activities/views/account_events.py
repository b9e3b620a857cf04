"""Events for whoever has an account: signing up with one press, and what one signed up for."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from campaign.activities.forms.event_words import KIND_WORDS, SIGNUP_WORDS, hours_of, shift_name
from campaign.activities.models import SignupState
from campaign.activities.queries import events as queries
from campaign.activities.service import entering
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError, Forbidden
from campaign.people.models import Volunteer
from campaign.web.i18n import current_language
from campaign.web.paging import paginate

bp = Blueprint("account_events", __name__)


@bp.get("")
def list_mine() -> ResponseReturnValue:
    """What one signed up for, and what is ahead."""
    volunteer = session.scalar(select(Volunteer).where(Volunteer.account_id == current_user.id))
    mine = queries.list_of_volunteer(volunteer.id) if volunteer is not None else []
    page = paginate(queries.public_events(clock.today()), per_page=20)
    known = {event.id for _signup, event in mine}
    return render_template(
        "activities/mine.html", volunteer=volunteer, page=page, known=known, kind_words=KIND_WORDS, hours_of=hours_of,
        mine=[(signup, event, entering.token_of(signup)) for signup, event in mine], words=SIGNUP_WORDS,
        shifts={each.id: queries.list_shifts(each.id) for each in page.items}, shift_name=shift_name,
    )  # fmt: skip


@bp.post("/<slug>")
def sign_up(slug: str) -> ResponseReturnValue:
    """One press, and the place is theirs, or the end of the queue."""
    event = queries.get_public_event(slug)
    volunteer = session.scalar(select(Volunteer).where(Volunteer.account_id == current_user.id))
    if volunteer is None:
        raise Forbidden
    try:
        with transaction():
            signup = entering.sign_up_volunteer(event, _shift(), volunteer, current_language())
    except DomainError as problem:
        flash(_(problem.message) if problem.message else _("This is not possible right now."))
        return redirect(url_for("account_events.list_mine"), 303)
    is_in = signup.state == SignupState.CONFIRMED
    flash(_("You have a place.") if is_in else _("You are on the waiting list."))
    return redirect(url_for("account_events.list_mine"), 303)


def _shift() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("shift", ""))
    except ValueError:
        return uuid.UUID(int=0)
