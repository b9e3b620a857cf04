"""Tables of petitions."""

from campaign.petitions.models.frame_site import FrameSite
from campaign.petitions.models.note import PetitionNote
from campaign.petitions.models.outcome import (
    AddresseeAnswer,
    AddresseeAnswerText,
    HandIn,
    PetitionUpdate,
    PetitionUpdateText,
)
from campaign.petitions.models.petition import (
    PUBLIC_STATES,
    Audience,
    EventKind,
    Petition,
    PetitionEvent,
    PetitionPrisoner,
    PetitionState,
    PetitionText,
    petition_scope,
)
from campaign.petitions.models.picture import PetitionPicture, PictureDescription, PictureRendition, Rendition
from campaign.petitions.models.wording import ChangeState, WordingChange, WordingChangeText

__all__ = [
    "PUBLIC_STATES",
    "AddresseeAnswer",
    "AddresseeAnswerText",
    "Audience",
    "ChangeState",
    "EventKind",
    "FrameSite",
    "HandIn",
    "Petition",
    "PetitionEvent",
    "PetitionNote",
    "PetitionPicture",
    "PetitionPrisoner",
    "PetitionState",
    "PetitionText",
    "PetitionUpdate",
    "PetitionUpdateText",
    "PictureDescription",
    "PictureRendition",
    "Rendition",
    "WordingChange",
    "WordingChangeText",
    "petition_scope",
]
