"""What is needed of a writer before they write to one prisoner."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock
from campaign.kernel.db import AT_THE_SAME_MOMENT, session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.penpals.models import PrisonerCare
from campaign.penpals.queries.addressees import needed_trust
from campaign.people.models import MOST_TRUST
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries.public_entries import is_minor

MOST_WRITERS = 50


class BadCare(DomainError):
    """A demand that cannot be."""


@dataclass(frozen=True, slots=True)
class Care:
    """What matching has to know of one prisoner beside the register; `version` 0 while the defaults hold."""

    trust_needed: int = 0
    is_risky_in_russia: bool = False
    most_writers: int = 5
    is_broadcast_welcome: bool = True
    version: int = 0


def find_care(prisoner_id: uuid.UUID) -> Care:
    """What holds for this person."""
    row = session.get(PrisonerCare, prisoner_id)
    return _default(prisoner_id) if row is None else _care(row)


def change_care(prisoner_id: uuid.UUID, care: Care, *, actor: uuid.UUID) -> bool:
    """Set it; gives whether anything changed. `care.version` is the one that was seen.

    Raises BadCare, and Conflict when somebody else set it since. What runs is not touched: it shows when the next
    matching is made, or when a coordinator looks.
    """
    if not 0 <= care.trust_needed <= MOST_TRUST:
        raise BadCare(N_("Choose one."))
    if not 1 <= care.most_writers <= MOST_WRITERS:
        raise BadCare(N_("From 1 to 50 writers."))
    found = select(PrisonerCare).where(PrisonerCare.prisoner_id == prisoner_id).with_for_update()
    row = session.scalar(found.execution_options(populate_existing=True))
    before = _default(prisoner_id) if row is None else _care(row)
    if before.version != care.version:
        raise Conflict(AT_THE_SAME_MOMENT)
    if before == care:
        return False
    values = {
        "trust_needed": care.trust_needed, "is_risky_in_russia": care.is_risky_in_russia,
        "most_writers": care.most_writers, "is_broadcast_welcome": care.is_broadcast_welcome,
        "changed_by": actor, "changed_on": clock.today(),
    }  # fmt: skip
    if row is None:
        made = insert(PrisonerCare).values(prisoner_id=prisoner_id, version=1, **values).on_conflict_do_nothing()
        if session.execute(made.returning(PrisonerCare.prisoner_id)).first() is None:
            raise Conflict(AT_THE_SAME_MOMENT)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    audit.record("prisoner.care", actor=actor, about=f"prisoner:{prisoner_id}")
    return True


def _default(prisoner_id: uuid.UUID) -> Care:
    person = session.get_one(Prisoner, prisoner_id)
    is_under_age = is_minor(person.born_on, person.born_precision, clock.today())
    return Care(trust_needed=needed_trust(None, is_minor=is_under_age))


def _care(row: PrisonerCare) -> Care:
    return Care(row.trust_needed, row.is_risky_in_russia, row.most_writers, row.is_broadcast_welcome, row.version)
