"""Who may do what with funds and with the ledger, as pure predicates. Coordinators see nothing of it."""

from campaign.funds.models import FundState
from campaign.kernel.actors import Actor, Role

KEEPERS = (Role.TREASURER,)
"""Who write into the ledger and close funds."""
WRITERS = (Role.TREASURER, Role.ORGANISER)
"""Who write funds."""
READERS = (Role.TREASURER, Role.ORGANISER, Role.ADMIN)
"""Who see funds with their figures, and are the second person of what is decided about a fund."""
BOOK_READERS = (Role.TREASURER, Role.ADMIN)
"""Who see the journal, and are the second person of an entry."""


def can_see(actor: Actor) -> bool:
    """See funds and their figures."""
    return actor.has_role(*READERS)


def can_write(actor: Actor) -> bool:
    """Write a fund and where to give."""
    return actor.has_role(*WRITERS)


def can_see_books(actor: Actor) -> bool:
    """See the journal and decide on an entry."""
    return actor.has_role(*BOOK_READERS)


def can_keep_books(actor: Actor) -> bool:
    """Write entries, accounts and rates."""
    return actor.has_role(*KEEPERS)


def can_move(actor: Actor, to: FundState) -> bool:
    """Take a fund to that state: writers hand in and take back, whoever sees funds opens and pauses, treasurers end.

    That two steps take a second person is looked at under the lock of the fund.
    """
    if to in {FundState.DRAFT, FundState.REVIEW}:
        return can_write(actor)
    if to == FundState.CLOSING:
        return can_keep_books(actor)
    if to == FundState.CLOSED:
        return can_see_books(actor)
    return can_see(actor)
