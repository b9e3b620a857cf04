"""Reads of people."""

import uuid

from sqlalchemy import func, select

from campaign.kernel.addresses import canonical_address
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.db import session
from campaign.people.models import SCOPE, Consent, Person, PersonIdentity


def address_index(address: str) -> bytes:
    """The blind index of an e-mail address in the people scope."""
    return blind_index(SCOPE, canonical_address(address))


def find_person_by_address(address: str) -> Person | None:
    """The person who is reached at `address`, in whatever spelling, or None."""
    statement = (
        select(Person)
        .join(PersonIdentity, PersonIdentity.person_id == Person.id)
        .where(PersonIdentity.kind == "email", PersonIdentity.value_index == address_index(address))
    )
    return session.scalar(statement)


def count_consents(purpose: str, subject: uuid.UUID | None = None) -> int:
    """How many people agree to `purpose` about `subject` today."""
    statement = select(func.count()).select_from(Consent).where(Consent.purpose == purpose, Consent.ended_on.is_(None))
    if subject is not None:
        statement = statement.where(Consent.subject == subject)
    return session.scalar(statement) or 0
