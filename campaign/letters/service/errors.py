"""What can stand in the way of a letter."""

from campaign.kernel.errors import Conflict, DomainError


class NotThatStep(Conflict):
    """The letter stands elsewhere by now, so this is no longer possible."""


class TextGone(Conflict):
    """The text was erased."""


class ChangedElsewhere(Conflict):
    """The text was changed in another tab or by somebody else since it was loaded."""


class Unsendable(DomainError):
    """The letter cannot be handed in as it is."""


class KeptApart(Conflict):
    """These two must not be brought together."""


class NotTheirs(Conflict):
    """Nobody gave this person to the writer, who has promised them no letter either."""
