"""Tables of donors, pledges, gifts and files of gifts."""

from campaign.gifts.models.donors import (
    ALIAS,
    EMAIL,
    KEPT_DAYS,
    LONGEST_ALIAS,
    LONGEST_NAME,
    MOST_KEPT_DAYS,
    NAME,
    SCOPE,
    Donor,
    Visibility,
)
from campaign.gifts.models.gifts import (
    COUNTED,
    EXPECTED,
    LONGEST_NUMBER,
    NUMBER,
    Gift,
    GiftAllocation,
    GiftMove,
    GiftPart,
    GiftState,
)
from campaign.gifts.models.imports import CONTENT, GiftImport, ImportState
from campaign.gifts.models.pledges import (
    LIVE,
    ClosingState,
    InstalmentState,
    Pledge,
    PledgeEvent,
    PledgeInstalment,
    PledgeShown,
    PledgeState,
    RailClosing,
    Schedule,
    What,
)
from campaign.gifts.models.returns import GiftBanked, GiftReturn, Returning, ReturnState

__all__ = [
    "ALIAS", "CONTENT", "COUNTED", "ClosingState", "EMAIL", "EXPECTED", "KEPT_DAYS", "LIVE", "LONGEST_ALIAS",
    "LONGEST_NAME", "LONGEST_NUMBER", "MOST_KEPT_DAYS", "NAME", "NUMBER", "SCOPE", "Donor", "Gift", "GiftAllocation",
    "GiftBanked", "GiftImport", "GiftMove", "GiftPart", "GiftReturn", "GiftState", "ImportState", "InstalmentState",
    "Pledge", "PledgeEvent", "PledgeInstalment", "PledgeShown", "PledgeState", "RailClosing", "ReturnState",
    "Returning", "Schedule", "Visibility", "What",
]  # fmt: skip
