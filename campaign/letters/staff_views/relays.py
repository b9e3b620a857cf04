"""Return addresses for coordinators."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, DomainError, NotFound
from campaign.letters.forms.batches import RelayForm
from campaign.letters.models import Relay
from campaign.letters.queries.batches import list_relays
from campaign.letters.service import relays as service
from campaign.letters.staff_views.batches import for_coordinators
from campaign.penpals.queries.evenings import list_groups_for
from campaign.web.countries import country_name, country_options
from campaign.web.i18n import current_language
from campaign.web.steps import actor_id, told

bp = Blueprint("relays_staff", __name__)


@bp.get("")
@for_coordinators
def list_all() -> ResponseReturnValue:
    """All of them."""
    return _list_page()


@bp.route("/new", methods=["GET", "POST"])
@for_coordinators
def add() -> ResponseReturnValue:
    """A new one."""
    form = _form()
    if not form.validate_on_submit():
        return _edit_page(form, None), 422 if form.errors else 200
    try:
        with transaction():
            service.add_relay(form.draft(), actor=actor_id())
    except DomainError as problem:
        return _refused(form, None, problem)
    return _done(_("The return address is saved."))


@bp.route("/<uuid:relay_id>/edit", methods=["GET", "POST"])
@for_coordinators
def edit(relay_id: uuid.UUID) -> ResponseReturnValue:
    """Change one."""
    relay, form = _relay(relay_id), _form()
    if not form.is_submitted():
        form.show(relay)
    if not form.validate_on_submit():
        return _edit_page(form, relay), 422 if form.errors else 200
    try:
        with transaction():
            service.change_relay(relay_id, form.draft(), seen_version=form.seen_version, actor=actor_id())
    except DomainError as problem:
        return _refused(form, _relay(relay_id), problem)
    return _done(_("The return address is saved. Documents that are made already keep the old one."))


@bp.post("/<uuid:relay_id>/default")
@for_coordinators
def make_default(relay_id: uuid.UUID) -> ResponseReturnValue:
    """Offer it first."""
    return _step(lambda: service.make_default(relay_id, actor=actor_id()), _("It is offered first from now on."))


@bp.post("/<uuid:relay_id>/<any(use, rest):what>")
@for_coordinators
def set_active(relay_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Take it into use, or out of it."""
    is_used = what == "use"
    said = (
        _("It is in use again.") if is_used else _("It is out of use. Answers that arrive there are logged as before.")
    )
    return _step(lambda: service.set_active(relay_id, is_used, actor=actor_id()), said)


@bp.post("/<uuid:relay_id>/delete")
@for_coordinators
def delete(relay_id: uuid.UUID) -> ResponseReturnValue:
    """Delete one that nothing left with."""
    return _step(lambda: service.delete_relay(relay_id, actor=actor_id()), _("The return address is deleted."))


def _step(work: Callable[[], None], said: str) -> ResponseReturnValue:
    try:
        with transaction():
            work()
    except Conflict as problem:
        return _list_page(told(problem)), 409
    return _done(said)


def _done(said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("relays_staff.list_all"), 303)


def _relay(relay_id: uuid.UUID) -> Relay:
    found = session.get(Relay, relay_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _form() -> RelayForm:
    form = RelayForm()
    language = current_language()
    form.offer(country_options(language), list_groups_for(None), language)
    return form


def _refused(form: RelayForm, relay: Relay | None, problem: DomainError) -> ResponseReturnValue:
    if form.refuse(problem, told(problem)):
        return _edit_page(form, relay), 422
    form.version.data = str(relay.version) if relay is not None else ""
    return _edit_page(form, relay, told(problem)), 409


def _list_page(problem: str = "") -> str:
    return render_template(
        "letters/staff/relays/list.html", relays=list_relays(), problem=problem, country_name=country_name
    )


def _edit_page(form: RelayForm, relay: Relay | None, problem: str = "") -> str:
    return render_template("letters/staff/relays/edit.html", form=form, relay=relay, problem=problem)
