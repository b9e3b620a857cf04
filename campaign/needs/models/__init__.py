"""Tables of needs and of parcels."""

from campaign.needs.models.needs import (
    DECIDED,
    ENDED,
    LONGEST_NOTE,
    LONGEST_WORDS,
    NOTE,
    PROVEN,
    SCOPE,
    WAITING,
    WORDS,
    CheckedBy,
    Need,
    NeedCategory,
    NeedEvent,
    NeedSource,
    NeedState,
    NeedVisibility,
    PayeeKind,
    Urgency,
)
from campaign.needs.models.parcels import (
    LIVE_SLOTS,
    LONGEST_QUOTA_NOTE,
    LONGEST_SOURCE,
    MOST_A_PERIOD,
    Conditions,
    ParcelKind,
    ParcelQuota,
    ParcelRegime,
    ParcelSlot,
    ParcelStanding,
    ParcelUnit,
    Period,
    SlotState,
)

__all__ = [
    "DECIDED", "ENDED", "LIVE_SLOTS", "LONGEST_NOTE", "LONGEST_QUOTA_NOTE", "LONGEST_SOURCE", "LONGEST_WORDS",
    "MOST_A_PERIOD", "NOTE", "PROVEN", "SCOPE", "WAITING", "WORDS", "CheckedBy", "Conditions", "Need", "NeedCategory",
    "NeedEvent", "NeedSource", "NeedState", "NeedVisibility", "ParcelKind", "ParcelQuota", "ParcelRegime",
    "ParcelSlot", "ParcelStanding", "ParcelUnit", "PayeeKind", "Period", "SlotState", "Urgency",
]  # fmt: skip
