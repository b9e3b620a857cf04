"""The page of one promised letter, behind the link of the mail: confirm, write, tell, give back."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from campaign.kernel import clock, tokens
from campaign.kernel.crypto.errors import KeyDestroyed, KeyMissing
from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.penpals.models import Reservation
from campaign.penpals.queries.reservations import find_slug
from campaign.penpals.service import reservations
from campaign.penpals.service.codes import show_code
from campaign.penpals.service.reservations import Outcome
from campaign.prisoners.queries.public_person import PersonPage, get_person_page
from campaign.site.prisoner import heading_of
from campaign.site.prisoner_letters import letters_to
from campaign.web.guards import guarded_by_token
from campaign.web.here import stands_at
from campaign.web.i18n import current_language

bp = Blueprint("letter", __name__)
NOT_OURS = (tokens.BadToken, KeyDestroyed, KeyMissing)


@bp.get("/<token>")
def show_letter(token: str) -> ResponseReturnValue:
    """What the promise stands at. Mail scanners follow links, so nothing happens here."""
    try:
        reservation = reservations.find_by_token(token)
    except NOT_OURS as problem:
        raise NotFound from problem
    outcome = reservations.outcome_of(reservation)
    person = _person(reservation, outcome)
    if person is None:
        outcome = Outcome.GONE
    today, language = clock.today(), current_language()
    letters = letters_to(person, today, language) if person is not None else None
    return render_template(
        "site/write/letter.html",
        token=token,
        outcome=outcome,
        reservation=reservation,
        code=show_code(reservation.code) if reservation is not None else "",
        person=person.row if person is not None else None,
        heading=heading_of(person, letters.reach) if person is not None and letters is not None else None,
        interests=[labels.get(language) or labels["en"] for labels in person.interests] if person is not None else [],
        letters=letters,
        hours=int(reservations.LASTS.total_seconds() // 3600),
    )


@bp.post("/<token>")
@guarded_by_token
def confirm_letter(token: str) -> ResponseReturnValue:
    """Make it live; doing it twice shows the same page."""
    return _step(token, lambda: reservations.confirm(token))


@bp.post("/<token>/posted")
@guarded_by_token
def tell_letter_posted(token: str) -> ResponseReturnValue:
    """ "I posted it"."""
    return _step(token, lambda: reservations.report_posted(token))


@bp.post("/<token>/give-back")
@guarded_by_token
def give_back(token: str) -> ResponseReturnValue:
    """ "I cannot after all"."""
    return _step(token, lambda: reservations.release(token))


@bp.post("/<token>/not-me")
@guarded_by_token
def reject_letter(token: str) -> ResponseReturnValue:
    """ "That was not me"."""
    never_again = request.form.get("never_again") == "y"
    return _step(token, lambda: reservations.reject(token, never_again=never_again))


def _step(token: str, act: Callable[[], None]) -> ResponseReturnValue:
    stands_at(url_for("letter.show_letter", token=token))
    try:
        with transaction():
            act()
    except NOT_OURS as problem:
        raise NotFound from problem
    return redirect(url_for("letter.show_letter", token=token), 303)


def _person(reservation: Reservation | None, outcome: Outcome) -> PersonPage | None:
    """Whose letter it is; None where that is nobody's business any more, or the page was taken down."""
    slug = find_slug(reservation.prisoner_id) if reservation is not None and outcome is not Outcome.GONE else None
    try:
        return get_person_page(slug, clock.now()) if slug is not None else None
    except NotFound:
        return None
