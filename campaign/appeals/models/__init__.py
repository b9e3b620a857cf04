"""Tables of appeals."""

from campaign.appeals.models.answers import PAPER, SCOPE, AnswerState, AppealAnswer, Godparent
from campaign.appeals.models.appeals import (
    PUBLIC_STATES,
    Appeal,
    AppealAddressee,
    AppealEvent,
    AppealKind,
    AppealPrisoner,
    AppealState,
    AppealText,
    Audience,
    EventKind,
)
from campaign.appeals.models.sent import AppealDelta, AppealSent, SpentStamp
from campaign.appeals.models.targets import CHECK_AFTER, ImportState, Target, TargetImport, TargetKind

__all__ = [
    "CHECK_AFTER", "PAPER", "PUBLIC_STATES", "SCOPE", "AnswerState", "Appeal", "AppealAddressee", "AppealAnswer",
    "AppealDelta", "AppealEvent", "AppealKind", "AppealPrisoner", "AppealSent", "AppealState", "AppealText",
    "Audience", "EventKind", "Godparent", "ImportState", "SpentStamp", "Target", "TargetImport", "TargetKind",
]  # fmt: skip
