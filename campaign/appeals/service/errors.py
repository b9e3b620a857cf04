"""What appeals refuse."""

from campaign.kernel.errors import DomainError


class NotPossible(DomainError):
    """The state does not allow this step."""


class NeedsSecondPerson(DomainError):
    """Whoever wrote something does not publish it."""


class NotComplete(DomainError):
    """Something is missing, or must not be so."""


class NeedsReason(DomainError):
    """This step is explained to those it concerns."""


class SlugTaken(DomainError):
    """Another appeal stands at this address."""


class Twice(DomainError):
    """It is written down already."""
