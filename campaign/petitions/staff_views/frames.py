"""Which other sites may show a petition in a frame, and what they paste."""

import uuid
from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, Forbidden
from campaign.petitions import policy
from campaign.petitions.forms import FrameSiteForm
from campaign.petitions.models import Audience, Petition
from campaign.petitions.queries import get_petition
from campaign.petitions.queries.frames import list_frame_sites
from campaign.petitions.service.frame_sites import allow_site, forbid_site, read_origin
from campaign.petitions.staff_views.blueprint import bp, for_organisers
from campaign.web.frames import HEIGHT, frame_markup, growing_markup
from campaign.web.headers import FRAMES_OURS
from campaign.web.i18n import current_language
from campaign.web.settings import absolute_url, settings
from campaign.web.steps import actor_id, told


@dataclass(frozen=True, slots=True)
class Snippet:
    """What another site pastes, in one language of the petition."""

    language: str
    growing: str
    fixed: str


@bp.get("/<uuid:petition_id>/frames")
@for_organisers
def show_frames(petition_id: uuid.UUID) -> ResponseReturnValue:
    """The sites, what they paste, and how it looks."""
    return _page(_settable(petition_id), FrameSiteForm())


@bp.post("/<uuid:petition_id>/frames")
@for_organisers
def add_frame_site(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Let one more site show it."""
    petition, form = _settable(petition_id), FrameSiteForm()
    if not form.validate():
        return _page(petition, form), 422
    try:
        with transaction():
            origin = read_origin(form.site.data, with_loopback=not settings().https)
            allow_site(petition, origin, actor=actor_id())
    except DomainError as problem:
        form.site.errors = [*form.site.errors, told(problem)]
        return _page(get_petition(petition_id), form), 422
    flash(_("%(site)s may show the petition now.", site=origin))
    return redirect(url_for("petitions_staff.show_frames", petition_id=petition_id), 303)


@bp.post("/<uuid:petition_id>/frames/remove")
@for_organisers
def remove_frame_site(petition_id: uuid.UUID) -> ResponseReturnValue:
    """Let one site show it no longer."""
    petition, origin = _settable(petition_id), request.form.get("origin", "")
    with transaction():
        was_there = forbid_site(petition, origin, actor=actor_id())
    if was_there:
        flash(_("%(site)s cannot show the petition any more: within a minute, for whoever opens the page anew.",
                site=origin))  # fmt: skip
    return redirect(url_for("petitions_staff.show_frames", petition_id=petition_id), 303)


def _settable(petition_id: uuid.UUID) -> Petition:
    petition = get_petition(petition_id)
    if not policy.can_set_frames(current_user, petition):
        raise Forbidden(_("This petition is not in a state for that."))
    return petition


def _page(petition: Petition, form: FrameSiteForm) -> str:
    # The preview stands in a frame of ours.
    g.content_security_policy = FRAMES_OURS
    return render_template(
        "petitions/staff/frames.html",
        petition=petition,
        text=petition.text_in(current_language()),
        form=form,
        sites=list_frame_sites(petition.id),
        snippets=_snippets(petition),
        height=HEIGHT,
    )


def _snippets(petition: Petition) -> list[Snippet]:
    asks = "?place=out" if petition.audience == Audience.OUTSIDE_RUSSIA else ""
    found = []
    for text in petition.texts:
        address = absolute_url(f"/embed/petitions/{petition.slug}{asks}", text.language)
        found.append(Snippet(text.language, growing_markup(address, text.title), frame_markup(address, text.title)))
    return found
