"""When a clock shows a given time where somebody lives, as far as their country tells."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import get_global

DEFAULT_ZONE = "Europe/Berlin"
"""Where no country is known, or one has several times: that of our events unless they say otherwise."""
EARLIEST = timedelta(hours=14)
"""So much before UTC a day begins where it begins first."""


def moment_for(country: str | None, wall: datetime) -> datetime:
    """When it is the date and time of `wall` (its zone does not count) where somebody lives, in UTC."""
    plain = wall.replace(tzinfo=None)
    moments = {plain.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")) for zone in _zones(country or "")}
    if len(moments) == 1:
        return moments.pop()
    return plain.replace(tzinfo=ZoneInfo(DEFAULT_ZONE)).astimezone(ZoneInfo("UTC"))


@cache
def _zones(country: str) -> Sequence[ZoneInfo]:
    known = get_global("territory_zones").get(country, [])
    return tuple(ZoneInfo(name) for name in known if not name.startswith(("Etc/", "Antarctica/")))
