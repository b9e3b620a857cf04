"""An answer as its writer reads it: pages as pictures, kept by no cache; opening it changes nothing."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from campaign.accounts.views.visitor import signed_in
from campaign.kernel.db import transaction
from campaign.kernel.errors import NotFound
from campaign.letters.models import Reply
from campaign.letters.queries import own as own_queries
from campaign.letters.queries import replies as queries
from campaign.letters.queries.reply_tasks import Offer, list_open_of
from campaign.letters.service import replies as service
from campaign.letters.service import reply_pages, reply_retention, reply_texts
from campaign.penpals.queries.writers import find_own
from campaign.web.pictures import picture_response

bp = Blueprint("own_replies", __name__)


@bp.get("/<uuid:reply_id>")
def show_reply(reply_id: uuid.UUID) -> ResponseReturnValue:
    """The pages that were passed on, and what was typed or translated of them."""
    reply = service.get_forwarded(reply_id, _me())
    pages = queries.list_page_rows(reply.id)
    return render_template(
        "letters/own/reply.html", reply=reply, person=_person(reply),
        sheets=[each for each in pages if not each.is_withheld], withheld=sum(each.is_withheld for each in pages),
        texts=[(each, reply_texts.open_text(each)) for each in queries.list_texts(reply.id)],
        erased_on=reply_retention.erased_on(reply), days=reply_retention.AFTER_READ, offers=_offers(reply.id),
    )  # fmt: skip


@bp.get("/<uuid:reply_id>/pages/<uuid:page_id>")
def show_page(reply_id: uuid.UUID, page_id: uuid.UUID) -> Response:
    """One page as a picture."""
    reply = service.get_forwarded(reply_id, _me())
    page = reply_pages.get_page(reply.id, page_id)
    if page.is_withheld:
        raise NotFound
    response = picture_response(reply_pages.open_page(page))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<uuid:reply_id>/read")
def note_read(reply_id: uuid.UUID) -> ResponseReturnValue:
    """ "I have read it"; once more keeps it longer."""
    me = _me()
    with transaction():
        service.note_read(service.get_forwarded(reply_id, me, lock=True))
    flash(_("Noted. It stays here as long as the page says."))
    return redirect(url_for("own_replies.show_reply", reply_id=reply_id), 303)


@bp.post("/<uuid:reply_id>/erase")
def erase(reply_id: uuid.UUID) -> ResponseReturnValue:
    """Erase the pages now."""
    me = _me()
    with transaction():
        reply_retention.erase(service.get_forwarded(reply_id, me, lock=True), actor=signed_in().id)
    flash(_("The pages are erased."))
    return redirect(url_for("own_replies.show_reply", reply_id=reply_id), 303)


def _me() -> uuid.UUID:
    found = find_own(signed_in().id)
    if found is None:
        raise NotFound
    return found[0].id


def _offers(reply_id: uuid.UUID) -> Sequence[Offer]:
    """What they may type or translate of it themselves, since the coordinators said so."""
    found = find_own(signed_in().id)
    if found is None or found[1] is None or not found[0].is_at_work:
        return []
    return list_open_of(reply_id, found[0], found[1])


def _person(reply: Reply) -> object:
    if reply.prisoner_id is None:
        raise NotFound
    return own_queries.get_person(reply.prisoner_id)
