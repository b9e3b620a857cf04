"""By which ways letters of ours reach somebody."""

import uuid
from datetime import date

from campaign.letters.models import HoldReason
from campaign.letters.queries.destinations import find_destination
from campaign.prisoners.models import Channel

LETTER_WAYS = (Channel.POST, Channel.F_PISMO, Channel.ZT)


def list_ways(prisoner_id: uuid.UUID, today: date) -> list[str]:
    """The channels that take letters where somebody is, paper first; paper alone while nobody knows where that is."""
    found = [
        way.value
        for way in LETTER_WAYS
        if find_destination(prisoner_id, way, today).hold is not HoldReason.FACILITY_STOP
    ]
    return found or [Channel.POST.value]
