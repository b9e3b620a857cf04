"""Tables of mailings."""

from campaign.mailings.models.mailing import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    LONGEST_TITLE,
    UNDER_WAY,
    UNFINISHED,
    Audience,
    CountState,
    Mailing,
    MailingAction,
    MailingCount,
    MailingEvent,
    MailingRecipient,
    MailingState,
    MailingText,
    Variant,
)
from campaign.mailings.models.results import RETURNS, MailingTally, Outcome
from campaign.mailings.models.short_link import ShortLink
from campaign.mailings.models.template import MailingTemplate

__all__ = [
    "LONGEST_BODY", "LONGEST_SUBJECT", "LONGEST_TITLE", "RETURNS", "UNDER_WAY", "UNFINISHED", "Audience", "CountState",
    "Mailing", "MailingAction", "MailingCount", "MailingEvent", "MailingRecipient", "MailingState", "MailingTally",
    "MailingTemplate", "MailingText", "Outcome", "ShortLink", "Variant",
]  # fmt: skip
