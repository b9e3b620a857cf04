"""Whether a letter reaches somebody now, and if not, why. Pure.

Never a guess: an address is given out only where the person wants letters and somebody has lately made sure that they
are where we say (DOMAIN.md 1.7: a transfer is announced to nobody, and a letter to the old place is lost).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from campaign.prisoners.models import AT_LIBERTY, SHORT_STAYS, Certainty, LettersPolicy, Liberty
from campaign.prisoners.queries.situation import LONG_DAYS, SHORT_DAYS

AT_HOME = frozenset({Liberty.HOUSE_ARREST, Liberty.BAN_OF_ACTIONS, Liberty.RECOGNISANCE, Liberty.BAIL})
"""Prosecuted, and in no facility."""


class Reach(StrEnum):
    """What stands between a writer and a person, the first that applies."""

    OPEN = "open"
    DIED = "died"
    FREE = "free"
    NO_LETTERS = "no_letters"
    FAMILY_ONLY = "family_only"
    NOT_ASKED = "not_asked"
    AT_HOME = "at_home"
    IN_TRANSIT = "in_transit"
    UNKNOWN = "unknown"
    PROBABLE = "probable"
    STALE = "stale"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True, slots=True)
class Stay:
    """What is known of where somebody is now."""

    certainty: str
    kind: str | None
    """Of the facility; None on the way and where nobody knows."""
    verified_on: date
    has_address: bool


def is_fresh(stay: Stay, today: date) -> bool:
    """Whether the stay was looked up so lately that it may still be believed."""
    days = SHORT_DAYS if stay.kind in SHORT_STAYS else LONG_DAYS
    return today - stay.verified_on <= timedelta(days=days)


def reach_of(*, status: str | None, policy: str, stay: Stay | None, today: date) -> Reach:
    """Why a letter reaches this person now, or does not."""
    if status == Liberty.DIED:
        return Reach.DIED
    if status in AT_LIBERTY:
        return Reach.FREE
    refused = {LettersPolicy.NONE: Reach.NO_LETTERS, LettersPolicy.FAMILY_ONLY: Reach.FAMILY_ONLY}
    if policy != LettersPolicy.OPEN:
        return refused.get(LettersPolicy(policy), Reach.NOT_ASKED)
    if status in AT_HOME:
        return Reach.AT_HOME
    return _by_stay(status, stay, today)


def _by_stay(status: str | None, stay: Stay | None, today: date) -> Reach:
    if status == Liberty.IN_TRANSIT or (stay is not None and stay.certainty == Certainty.IN_TRANSIT):
        return Reach.IN_TRANSIT
    if status == Liberty.WHEREABOUTS_UNKNOWN or stay is None or stay.certainty == Certainty.UNKNOWN:
        return Reach.UNKNOWN
    if stay.certainty == Certainty.PROBABLE:
        return Reach.PROBABLE
    if not is_fresh(stay, today):
        return Reach.STALE
    return Reach.OPEN if stay.has_address else Reach.NO_ADDRESS
