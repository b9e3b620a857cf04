"""Everybody who can be written to, as the draw for one letter sees them; each process reads it every few seconds."""

import threading
import time
import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.drawing import A_LETTER, Candidate, Field
from campaign.penpals.matching.traits import traits_of
from campaign.penpals.models import Counted, Reservation, ReservationState
from campaign.penpals.queries.addressees import Addressee, list_addressees
from campaign.penpals.queries.attention import MOST_RESERVED, WEIGHTS, setting
from campaign.penpals.smoothing import FROM_DAYS, Occasion, weight
from campaign.prisoners.models import Channel, Precision, Publicity, StrangersPolicy
from campaign.prisoners.queries.cases import list_expected_releases

# One thread begins to read anew after eight seconds while the others go on; nobody sees what is older than ten.
REREAD_AFTER = 8.0
OLDEST = 10.0
RUSSIAN = "ru"
POST, E_LETTER = "post", "e-letter"
WAYS = {Channel.POST: POST, Channel.F_PISMO: E_LETTER, Channel.ZT: E_LETTER}


class Taken(NamedTuple):
    """Promises of single letters to one person."""

    live: int
    today: int


def read_field(today: date) -> Field:
    """The field of this moment, in four statements."""
    taken = list_taken(today)
    releases = list_releases(today)
    now_set = setting()
    candidates = [
        _candidate(each, taken.get(each.id, Taken(0, 0)), releases.get(each.id), today)
        for each in list_addressees(today)
        if each.can_be_written_to and each.publicity != Publicity.PRIVATE
    ]
    return Field(candidates, now_set.floor, now_set.soft_cap)


def list_taken(today: date) -> Mapping[uuid.UUID, Taken]:
    """Promises of single letters, by person; who has none is left out."""
    is_live = Reservation.state == ReservationState.LIVE
    is_today = (Reservation.made_on == today) & Reservation.state.in_([ReservationState.LIVE, ReservationState.WRITTEN])
    statement = (
        select(Reservation.prisoner_id, func.count().filter(is_live), func.count().filter(is_today))
        .where(is_live | is_today)
        .group_by(Reservation.prisoner_id)
    )
    return {person: Taken(live, now) for person, live, now in session.execute(statement)}


def list_releases(today: date) -> dict[uuid.UUID, date]:
    """The day on which the last of somebody's terms ends, where it is near."""
    found: dict[uuid.UUID, date] = {}
    for prisoner, sentence in list_expected_releases(today, today + timedelta(days=FROM_DAYS), most=2000):
        if sentence.expected_release_on is not None:
            found[prisoner.id] = max(sentence.expected_release_on, found.get(prisoner.id, date.min))
    return found


def occasion_of(each: Addressee, release_on: date | None) -> Occasion:
    """What may be said of somebody's days: nothing where the publicity is limited."""
    if each.publicity != Publicity.PUBLIC:
        return Occasion()
    return Occasion(each.born_on if each.born_precision == Precision.DAY else None, release_on)


def _candidate(each: Addressee, taken: Taken, release_on: date | None, today: date) -> Candidate:
    # What the ledger counts of promises is taken out, and each of them is put in as the letter that it will be.
    counted = min(WEIGHTS[Counted.RESERVED] * taken.live, MOST_RESERVED)
    return Candidate(
        each.id,
        each.slug,
        max(each.quarters - counted, 0) + A_LETTER * taken.live,
        each.quarters,
        (today - each.waiting_since).days if each.waiting_since is not None else 0,
        _ways(each),
        weight(occasion_of(each, release_on), today, taken.today),
        each.trust_needed,
        each.is_risky_in_russia,
        frozenset(trait.value for trait in traits_of(each.articles, is_minor=each.is_minor)),
        frozenset(each.interests),
        each.is_minor,
    )


def _ways(each: Addressee) -> frozenset[tuple[str, str]]:
    """What of the languages they read passes, and how; where a censor's languages are not known, Russian alone."""
    read = set(each.languages_read) or {RUSSIAN}
    ways = {
        (language, WAYS[Channel(way.channel)])
        for way in each.ways_in
        if way.strangers != StrangersPolicy.REFUSED
        for language in read & (set(way.languages) or {RUSSIAN})
    }
    if not any(way.channel == Channel.POST for way in each.ways_in):
        # There is an address, or nobody could be written to: paper goes there unless somebody found out otherwise.
        ways |= {(language, POST) for language in read & {RUSSIAN}}
    return frozenset(ways)


class _Kept:
    """This process's field; one thread reads it anew while the others go on with the old one, until it is too old."""

    def __init__(self) -> None:
        self.field: Field | None = None
        self.read_at = float("-inf")
        self.lock = threading.Lock()

    def current(self) -> Field:
        kept, age = self.field, time.monotonic() - self.read_at
        if kept is not None and age < REREAD_AFTER:
            return kept
        if not self.lock.acquire(blocking=kept is None or age >= OLDEST) and kept is not None:
            return kept
        try:
            if self.field is None or time.monotonic() - self.read_at >= REREAD_AFTER:
                started = time.monotonic()
                self.field = read_field(clock.today())
                self.read_at = started
            return self.field
        finally:
            self.lock.release()

    def forget(self) -> None:
        self.field = None
        self.read_at = float("-inf")


_kept = _Kept()


def field() -> Field:
    """Everybody who can be written to, as of at most OLDEST seconds ago."""
    return _kept.current()


def forget_field() -> None:
    """Read it anew at the next question, in this process."""
    _kept.forget()
