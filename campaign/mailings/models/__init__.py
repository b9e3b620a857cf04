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
from campaign.mailings.models.template import MailingTemplate

__all__ = [
    "LONGEST_BODY", "LONGEST_SUBJECT", "LONGEST_TITLE", "UNDER_WAY", "UNFINISHED", "Audience", "CountState", "Mailing",
    "MailingAction", "MailingCount", "MailingEvent", "MailingRecipient", "MailingState", "MailingTemplate",
    "MailingText", "Variant",
]  # fmt: skip
