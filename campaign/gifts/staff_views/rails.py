"""A way by which gifts came is closed: asked for by one person, confirmed by another, told to each donor once."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.queries import count_holders, names_of
from campaign.gifts import policy
from campaign.gifts.forms.staff_gifts import RailForm
from campaign.gifts.forms.staff_words import place_choices
from campaign.gifts.models import ClosingState
from campaign.gifts.queries import pledges as queries
from campaign.gifts.service import rails
from campaign.gifts.staff_views.blueprint import for_keepers, for_readers, shared_words
from campaign.gifts.staff_views.blueprint import pledges_bp as bp
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.web.guards import fresh
from campaign.web.steps import actor_id, step, told


@bp.get("/rails")
@for_readers
@fresh
def list_rails() -> str:
    """What waits to be confirmed, the form for another, and what was closed."""
    return _page(_offered(RailForm(formdata=None)))


@bp.post("/rails")
@for_keepers
@fresh
def close_rail() -> ResponseReturnValue:
    """Ask for it, once whoever asks has seen how many it concerns."""
    form = _offered(RailForm())
    if not form.validate():
        return _page(form), 422
    if form.sure.data != "y":
        return _page(form, concerned=rails.concerned(form.account.data))
    try:
        with transaction():
            rails.ask(form.account.data, form.new_account.data or None, actor=actor_id())
    except DomainError as refusal:
        session.expire_all()
        return _page(form, told(refusal)), 409
    flash(_("Asked for. Nobody is told before a second person has confirmed it."))
    return redirect(url_for("pledges_staff.list_rails"), 303)


@bp.post("/rails/<uuid:closing_id>/<any(confirm, drop, reopen):how>")
@for_readers
@fresh
def decide_rail(closing_id: uuid.UUID, how: str) -> ResponseReturnValue:
    """Confirm what another asked for, leave it open, or say that a closed way works again."""
    typed = request.form.get("seen", "")
    seen = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1
    act, said = {
        "confirm": (
            lambda: rails.confirm(closing_id, seen=seen, actor=actor_id()),
            _("They are told in the background, each once. The numbers below grow as it goes on."),
        ),
        "drop": (lambda: rails.drop(closing_id, actor=actor_id()), _("The way stays open. Nobody was told.")),
        "reopen": (
            lambda: rails.reopen(closing_id, actor=actor_id()),
            _("It works again. Nobody was told, and it can be closed anew one day."),
        ),
    }[how]
    return step(
        act, said, url_for("pledges_staff.list_rails"),
        lambda problem: _page(_offered(RailForm(formdata=None)), problem),
    )  # fmt: skip


def _offered(form: RailForm) -> RailForm:
    form.offer([(each.value, each.label, rails.concerned(each.value)) for each in place_choices()])
    return form


def _page(form: RailForm, problem: str = "", *, concerned: int | None = None) -> str:
    closings = queries.list_closings()
    people = {each for row in closings for each in (row.asked_by, row.decided_by) if each}
    waiting = [each for each in closings if each.state == ClosingState.WAITING]
    return render_template(
        "gifts/staff/rails.html", form=form, problem=problem, concerned=concerned, closings=closings, waiting=waiting,
        counts={each.id: rails.concerned(each.account) for each in waiting}, names=names_of(people), me=actor_id(),
        is_alone=not count_holders(*policy.READERS, besides=frozenset({actor_id()})),
        closing_states=ClosingState, **shared_words(),
    )  # fmt: skip
