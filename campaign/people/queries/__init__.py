"""Reads of people."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from campaign.kernel.addresses import canonical_address
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.db import session
from campaign.people.models import IDENTITY, SCOPE, Consent, Person, PersonIdentity


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


EVERYBODY = (uuid.UUID(int=0), uuid.UUID(int=(1 << 128) - 1))


def count_consents(
    purpose: str,
    subject: uuid.UUID | None = None,
    *,
    first: uuid.UUID = EVERYBODY[0],
    last: uuid.UUID = EVERYBODY[1],
) -> int:
    """How many people, from the id `first` to `last`, agree to `purpose` about `subject` today."""
    statement = (
        select(func.count())
        .select_from(Consent)
        .where(Consent.purpose == purpose, Consent.ended_on.is_(None), Consent.person_id.between(first, last))
    )
    if subject is not None:
        statement = statement.where(Consent.subject == subject)
    return session.scalar(statement) or 0


@dataclass(frozen=True, slots=True)
class ConsentingAddress:
    """Where to reach somebody who agreed to something; `id` is the person's."""

    id: uuid.UUID
    address: str
    language: str


def list_consenting_addresses(
    purpose: str, subject: uuid.UUID, *, first: uuid.UUID, last: uuid.UUID, limit: int
) -> Sequence[ConsentingAddress]:
    """Up to `limit` addresses of people who agree to `purpose` about `subject`, by id from `first` to `last`.

    They are decrypted here: the caller has counted them against an allowance.
    """
    statement = (
        select(Person.id, Person.language, PersonIdentity.id, PersonIdentity.value_sealed)
        .join(Consent, Consent.person_id == Person.id)
        .join(PersonIdentity, PersonIdentity.person_id == Person.id)
        .where(
            Consent.purpose == purpose,
            Consent.subject == subject,
            Consent.ended_on.is_(None),
            Consent.person_id.between(first, last),
            PersonIdentity.kind == "email",
        )
        .order_by(Person.id)
        .limit(limit)
    )
    return [
        ConsentingAddress(person, IDENTITY.unseal(SCOPE, identity, sealed), language)
        for person, language, identity, sealed in session.execute(statement)
    ]
