"""The calendar of days ahead and the feed of changes.

A program that reads a feed says nothing of where its reader is, so neither holds anything that is kept from somebody:
no organisation, no link but to a page here, nothing to give to or to share (SAFETY.md 17).
"""

from datetime import UTC, datetime, time, timedelta

from feedgen.feed import FeedGenerator
from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from icalendar import Calendar, Event

from campaign.kernel import clock
from campaign.prisoners.queries.public_cards import Card, list_cards
from campaign.prisoners.queries.public_changes import ToldChange, list_told_changes
from campaign.prisoners.queries.public_dates import DateKind, Upcoming, list_upcoming
from campaign.prisoners.queries.public_directory import directory
from campaign.prisoners.spoken import CHANGE, DATE_KIND, OPENNESS, day_in_words
from campaign.prisoners.views.blueprint import feeds_bp
from campaign.prisoners.views.dates import read_dates_wish
from campaign.prisoners.views.wish import is_canonical
from campaign.web.headers import public_page
from campaign.web.i18n import current_language
from campaign.web.settings import settings

DATES_PATH = "/feeds/dates.ics"
MOST_EVENTS = 1000


@feeds_bp.get("/dates.ics")
@public_page(survives_outage=False)
def show_dates() -> ResponseReturnValue:
    """The next sixty days as all-day events without alarms, at most the first thousand; `kind` and `region` narrow."""
    wish = read_dates_wish()
    if not is_canonical(iter(pair for pair in wish.pairs() if pair[0] != "page")):
        return redirect(wish.url(DATES_PATH))
    upcoming = list_upcoming(directory(), clock.today(), kind=wish.kind, region=wish.region)[:MOST_EVENTS]
    cards = {card.id: card for card in list_cards(list({each.prisoner_id for each in upcoming}), current_language())}
    calendar = Calendar()
    calendar.add("prodid", "-//Unforgotten//dates//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Dates of prisoners"))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for each in upcoming:
        if each.prisoner_id in cards:
            calendar.add_component(_event(each, cards[each.prisoner_id]))
    return Response(calendar.to_ical(), mimetype="text/calendar")


def _event(each: Upcoming, card: Card) -> Event:
    event = Event()
    # A birthday comes back every year, a hearing that is moved stays the same one: calendars update it by this.
    year = f"-{each.on.year}" if each.kind is DateKind.BIRTHDAY else ""
    event.add("uid", f"{each.kind}-{each.subject}{year}@unforgotten")
    event.add("dtstamp", datetime.combine(clock.today(), time(), UTC))
    event.add("dtstart", each.on)
    event.add("dtend", each.on + timedelta(days=1))
    event.add("summary", f"{card.name}: {_(DATE_KIND[each.kind])}")
    event.add("description", "\n".join(filter(None, _details(each))))
    event.add("url", _page_of(card.slug))
    event.add("transp", "TRANSPARENT")
    event.add("categories", [each.kind.value])
    return event


def _details(each: Upcoming) -> tuple[str, ...]:
    if each.kind is DateKind.HEARING:
        at = _("at %(time)s, local time of the court", time=each.starts_at) if each.starts_at else ""
        return (each.court, at, _(OPENNESS[each.openness]) if OPENNESS.get(each.openness) else "")
    if each.kind is DateKind.RELEASE:
        return (_("As the term is reckoned. It may come earlier or later."),)
    return (_("Letters take weeks: three or four before the day is a good time to write."),)


@feeds_bp.get("/changes.atom")
@public_page(survives_outage=False)
def show_changes() -> ResponseReturnValue:
    """What has changed for public people, newest first, as Atom."""
    changes = list_told_changes(clock.now(), current_language())
    feed = FeedGenerator()
    address = settings().public_url + url_for("feeds.show_changes")
    feed.id(address)
    feed.title(_("Unforgotten: what has changed for prisoners"))
    feed.language(current_language())
    feed.link(href=address, rel="self", type="application/atom+xml")
    feed.link(href=settings().public_url + url_for("prisoners.list_prisoners"), rel="alternate", type="text/html")
    feed.updated(max((each.shown_from for each in changes), default=datetime(2026, 1, 1, tzinfo=UTC)))
    for change in changes:
        _add_entry(feed, change)
    return Response(feed.atom_str(), mimetype="application/atom+xml")


def _add_entry(feed: FeedGenerator, change: ToldChange) -> None:
    entry = feed.add_entry(order="append")
    entry.id(f"urn:uuid:{change.id}")
    entry.title(f"{change.name}: {_(CHANGE[change.kind])}")
    entry.link(href=_page_of(change.slug))
    entry.published(change.shown_from)
    corrected = datetime.combine(change.corrected_on, time(), UTC) if change.corrected_on else change.shown_from
    entry.updated(max(change.shown_from, corrected))
    entry.summary(" ".join(filter(None, (day_in_words(change.happened_on, change.precision), _correction(change)))))


def _correction(change: ToldChange) -> str:
    if change.corrected_on is None:
        return ""
    day = day_in_words(change.corrected_on)
    return str(_("Corrected on %(day)s: see the page for what holds now.", day=day))


def _page_of(slug: str) -> str:
    return settings().public_url + url_for("prisoner_page.show_prisoner", slug=slug)
