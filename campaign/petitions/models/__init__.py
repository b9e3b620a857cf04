"""Tables of petitions."""

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

__all__ = [
    "PUBLIC_STATES",
    "AddresseeAnswer",
    "AddresseeAnswerText",
    "Audience",
    "EventKind",
    "HandIn",
    "Petition",
    "PetitionEvent",
    "PetitionPicture",
    "PetitionPrisoner",
    "PetitionState",
    "PetitionText",
    "PetitionUpdate",
    "PetitionUpdateText",
    "PictureDescription",
    "PictureRendition",
    "Rendition",
    "petition_scope",
]
