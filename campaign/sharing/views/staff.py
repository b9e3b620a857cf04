"""Codes of campaigns: made, ended, and what came by them as numbers of five and more."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.arrivals import action_kinds, done_kinds
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.petitions.queries import staff_petitions
from campaign.sharing import queries
from campaign.sharing.forms import ShareCodeForm
from campaign.sharing.policy import ORGANISERS
from campaign.sharing.service.codes import end_code, make_code
from campaign.web.guards import requires
from campaign.web.i18n import current_language
from campaign.web.settings import absolute_url

bp = Blueprint("sharing_staff", __name__)
MOST_LINKS = 12


@bp.get("")
@requires(*ORGANISERS)
def list_codes() -> ResponseReturnValue:
    """All codes, and the form for another."""
    return _list_page(ShareCodeForm())


@bp.post("")
@requires(*ORGANISERS)
def add_code() -> ResponseReturnValue:
    """Make a code."""
    form = ShareCodeForm()
    if not form.validate():
        return _list_page(form), 422
    try:
        with transaction():
            made = make_code(form.name.data, actor=current_user.id)
    except DomainError as problem:
        form.name.errors = [*form.name.errors, _(problem.message)]
        return _list_page(form), 422
    flash(_("The code is made. Its links are below."))
    return redirect(url_for("sharing_staff.show_code", code_id=made.id), 303)


@bp.get("/<uuid:code_id>")
@requires(*ORGANISERS)
def show_code(code_id: uuid.UUID) -> ResponseReturnValue:
    """One code: its links, and what was done by those who came."""
    code, acts = queries.get_code(code_id), queries.acts_of(code_id)
    links = [(_("A letter to whoever needs one"), absolute_url("/write")), (_("Volunteer"), absolute_url("/volunteer"))]
    petitions = session.scalars(staff_petitions(within=None, state="open", sort="-opened").limit(MOST_LINKS)).unique()
    for petition in petitions:
        title = petition.text_in(current_language()).title
        links += [
            (title, absolute_url(f"/petitions/{petition.slug}")),
            (_("Pass on: %(title)s", title=title), absolute_url(f"/share/petitions/{petition.slug}")),
        ]
    return render_template(
        "sharing/staff/show.html",
        code=code,
        acts=[(action_kinds[kind].label, acts[kind]) for kind in done_kinds() if kind in acts],
        links=[(label, f"{address}?m={code.code}") for label, address in links],
        fewest=queries.FEWEST,
    )


@bp.post("/<uuid:code_id>/end")
@requires(*ORGANISERS)
def stop_code(code_id: uuid.UUID) -> ResponseReturnValue:
    """Let it count no more."""
    code = queries.get_code(code_id)
    with transaction():
        end_code(code, actor=current_user.id)
    flash(_("The code counts no more. Its links go on leading here."))
    return redirect(url_for("sharing_staff.show_code", code_id=code_id), 303)


def _list_page(form: ShareCodeForm) -> str:
    return render_template("sharing/staff/list.html", codes=queries.list_share_codes(), form=form)
