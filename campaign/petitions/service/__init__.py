"""What may be done with petitions, split by use case."""

from campaign.petitions.service.states import NeedsSecondPerson, NotPossible, change_state
from campaign.petitions.service.write import TextDraft, create_petition

__all__ = ["NeedsSecondPerson", "NotPossible", "TextDraft", "change_state", "create_petition"]
