"""Why an assignment cannot be made or moved, in words for whoever tried; and which constraint says which."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError


class AlreadyTheirs(Conflict):
    """The two are together already, or asked already; of a group: another has the prisoner."""


class NoPlaceLeft(Conflict):
    """The writer, the group or the prisoner has as many as they can take."""


class WriterTakesNobody(Conflict):
    """The writer pauses, has left, or is not taken in yet."""


class GroupClosed(Conflict):
    """The group takes nobody."""


class PairBlocked(DomainError):
    """The two must not be brought together."""


class NotReachable(Conflict):
    """No letter reaches the prisoner now."""


class OnTheWay(NotReachable):
    """The prisoner is being moved, or nobody knows where they are; it waits."""


class NotThatStep(Conflict):
    """The assignment does not go from where it stands to there."""


class Unfit(DomainError):
    """A condition of safety or of use does not hold; `code` says which."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_REFUSALS: dict[str, Conflict] = {
    "uq_assignment_writer": AlreadyTheirs(
        N_("This writer has this person already, or is being asked. Perhaps somebody was quicker than you.")
    ),
    "uq_assignment_group": AlreadyTheirs(N_("A group has this person already. Perhaps somebody was quicker than you.")),
    "assignment_within_capacity": NoPlaceLeft(
        N_("There is no place left: the last one was taken. Choose somebody else, or ask for one more.")
    ),
    "assignment_writer_at_work": WriterTakesNobody(
        N_("This writer takes nobody now: paused, gone, or not taken in yet. Choose somebody else.")
    ),
    "assignment_group_open": GroupClosed(N_("This group is closed and takes nobody. Choose another.")),
}


@contextmanager
def translated() -> Iterator[None]:
    """Flush what the body changed; what the database refuses becomes a word of ours, and nothing of it stays."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as problem:
        name = getattr(getattr(problem.orig, "diag", None), "constraint_name", None)
        refusal = _REFUSALS.get(name or "")
        if refusal is None:
            raise
        raise type(refusal)(refusal.message) from problem
