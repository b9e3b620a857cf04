"""What letters add to the reports: those that were handed in, with whoever wrote them where that is known."""

from sqlalchemy import literal, select

from campaign.kernel.errors import N_
from campaign.kernel.registry_reports import Doing, Rows, doings
from campaign.letters.models import Letter, LetterThread
from campaign.people.models import Volunteer


def handed_in() -> Rows:
    """Letters through us; guests write without a record."""
    return (
        select(Volunteer.person_id, Letter.submitted_on, literal(1))
        .join_from(Letter, LetterThread, LetterThread.id == Letter.thread_id)
        .outerjoin(Volunteer, Volunteer.id == LetterThread.volunteer_id)
        .where(Letter.submitted_on.is_not(None))
    )


def register() -> None:
    """Fill the registry."""
    doings.register("letters", Doing(N_("Letters through us"), handed_in, rank=10))
