"""Why a pair is proposed, as codes with figures; the pages say it in words."""

from enum import StrEnum


class Reason(StrEnum):
    """In the order in which reasons are told."""

    PINNED = "pinned"
    """{}: a coordinator has fixed it."""
    NEVER_WRITTEN = "never_written"
    """{}: no letter through us has ever reached them, and none is under way."""
    BELOW_FLOOR = "below_floor"
    """{"quarters": attention before, "floor": the floor}."""
    SHARED_LANGUAGES = "shared_languages"
    """{"languages": [codes]}: those that pass as well, the ones that more writers lack are not told apart."""
    SHARED_INTERESTS = "shared_interests"
    """{"interests": [slugs]}."""
    SAME_PROFESSION = "same_profession"
    """{"professions": [words]}."""
    PROMISE = "promise"
    """{"days": one letter in so many days}."""
    WAITING = "waiting"
    """{"days": since the last letter, or since the arrest}."""
    OCCASION = "occasion"
    """{"kind": of smoothing.OccasionKind, "days": until it comes, "is_late": whether a letter would hardly arrive}."""
    TRUSTED = "trusted"
    """{"trust": of the writer}: where the person needs a trusted writer."""
