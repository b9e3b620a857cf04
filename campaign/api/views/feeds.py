"""Petitions and what came of them as Atom, for readers of feeds.

A program that reads a feed says nothing of where its reader is, so a petition for people outside Russia never stands
in it (SAFETY.md 17).
"""

from datetime import UTC, date, datetime, time

from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.petitions.models import PUBLIC_STATES, Audience, Petition, PetitionUpdate
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.i18n import gettext as _
from campaign.web.settings import settings

bp = Blueprint("petition_feeds", __name__)
IN_FEED = 50
Entry = tuple[date, str, str, str, str]
"""Its day, id, title, words and address."""


@bp.get("/petitions.atom")
@public_page(survives_outage=True)
def show_petitions() -> Response:
    """Petitions that opened and news of them, the newest first."""
    entries = sorted([*_opened(), *_updates()], key=lambda each: (each[0], each[1]), reverse=True)[:IN_FEED]
    address = settings().public_url + url_for("petition_feeds.show_petitions")
    feed = FeedGenerator()
    feed.id(address)
    feed.title(_("Unforgotten: petitions and what came of them"))
    feed.language(current_language())
    feed.link(href=address, rel="self", type="application/atom+xml")
    feed.link(href=settings().public_url + url_for("petitions.list_petitions"), rel="alternate", type="text/html")
    feed.updated(_moment(entries[0][0] if entries else date(2026, 1, 1)))
    for on, identity, title, words, url in entries:
        entry = feed.add_entry(order="append")
        entry.id(f"urn:uuid:{identity}")
        entry.title(title)
        entry.link(href=url)
        entry.published(_moment(on))
        entry.updated(_moment(on))
        entry.summary(words)
    return Response(feed.atom_str(), mimetype="application/atom+xml")


def _opened() -> list[Entry]:
    statement = (
        select(Petition)
        .options(selectinload(Petition.texts))
        .where(
            Petition.state.in_(PUBLIC_STATES), Petition.audience == Audience.ANYWHERE, Petition.opened_on.is_not(None)
        )
        .order_by(Petition.opened_on.desc(), Petition.slug)
        .limit(IN_FEED)
    )
    found = []
    for each in session.scalars(statement):
        text = each.text_in(current_language())
        found.append((each.opened_on or date.min, str(each.id), text.title, text.summary, _page_of(each.slug)))
    return found


def _updates() -> list[Entry]:
    statement = (
        select(PetitionUpdate, Petition.slug)
        .join(Petition, Petition.id == PetitionUpdate.petition_id)
        .where(
            PetitionUpdate.published_on.is_not(None), Petition.state.in_(PUBLIC_STATES),
            Petition.audience == Audience.ANYWHERE,
        )
        .order_by(PetitionUpdate.published_on.desc(), PetitionUpdate.id)
        .limit(IN_FEED)
    )  # fmt: skip
    found = []
    for update, slug in session.execute(statement):
        text = update.text_in(current_language())
        found.append((update.published_on or date.min, str(update.id), text.title, text.body[:500], _page_of(slug)))
    return found


def _page_of(slug: str) -> str:
    return settings().public_url + url_for("signatures.show_petition", slug=slug)


def _moment(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)
