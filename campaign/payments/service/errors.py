"""What stands in the way of a payment."""

from campaign.kernel.errors import Conflict, DomainError


class BadPayment(DomainError):
    """What a payment says does not hold."""


class BadPayee(DomainError):
    """What is known of a payee does not hold."""


class NotThatStep(Conflict):
    """It is elsewhere on its way by now: somebody was faster, or it does not lead there."""


class NotPayable(DomainError):
    """Nobody has found, for that day, that this payee may be paid."""


class ChecksOpen(DomainError):
    """Somebody has to answer what is odd about it first."""


class NotInTheFile(DomainError):
    """This payment cannot be in a file for a bank."""
