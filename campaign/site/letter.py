"""The page of one promised letter, behind the link of the mail: confirm, write, tell, give back."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel import clock, tokens
from campaign.kernel.crypto.errors import KeyDestroyed, KeyMissing
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.kernel.switches import Switch, is_on
from campaign.letters.queries.own import find_handed_in
from campaign.letters.service import drafts
from campaign.penpals.models import Reservation
from campaign.penpals.queries.reservations import find_slug
from campaign.penpals.service import reservations
from campaign.penpals.service.codes import show_code
from campaign.penpals.service.reservations import Outcome
from campaign.prisoners.queries.public_person import PersonPage, get_person_page
from campaign.site.prisoner import heading_of
from campaign.site.prisoner_letters import letters_to
from campaign.site.write_gates import own_draw
from campaign.web.guards import guarded_by_token
from campaign.web.here import stands_at
from campaign.web.i18n import current_language

bp = Blueprint("letter", __name__)
NOT_OURS = (tokens.BadToken, KeyDestroyed, KeyMissing)


@bp.get("/<token>")
def show_letter(token: str) -> ResponseReturnValue:
    """What the promise stands at. Mail scanners follow links, so nothing happens here."""
    return _page(token)


@bp.post("/<token>/write")
@guarded_by_token
def write_here(token: str) -> ResponseReturnValue:
    """Begin the letter, or go on with it, in the composer of the writer who promised it; handed in, it is kept."""
    own, reservation = own_draw(), _find(token)
    if own is None or reservation is None or reservation.volunteer_id != own.writer.id:
        raise NotFound
    try:
        with transaction():
            letter = drafts.start_letter(reservation.prisoner_id, own.writer.id, actor=current_user.id)
    except DomainError as problem:
        return _page(token, problem=_(problem.message)), 409
    return redirect(url_for("own_letters.show_letter", letter_id=letter.id), 303)


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


def _find(token: str) -> Reservation | None:
    try:
        return reservations.find_by_token(token)
    except NOT_OURS as problem:
        raise NotFound from problem


def _page(token: str, *, problem: str = "") -> str:
    stands_at(url_for("letter.show_letter", token=token))
    reservation, own = _find(token), own_draw()
    outcome = reservations.outcome_of(reservation)
    is_released = outcome is Outcome.RELEASED and reservation is not None
    handed_in = find_handed_in(reservation.id) if is_released and reservation is not None else None
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
        problem=problem,
        is_theirs=own is not None and reservation is not None and reservation.volunteer_id == own.writer.id,
        handed_in=handed_in,
        is_open=is_on(Switch.LETTERS),
        hours=int(reservations.LASTS.total_seconds() // 3600),
    )


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
