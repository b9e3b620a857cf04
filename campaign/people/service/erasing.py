"""Erasing somebody: everything every feature holds of them goes, the record last; ledgers and audit keep ids alone."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.registry_people import personal_data
from campaign.people.models import Person, Volunteer
from campaign.people.service.records import lock_person


class StillVolunteer(Conflict):
    """Whoever helps leaves in their own way first, so that nobody they write to is dropped."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This person helps. They leave in their own way first, so that others take over from them: they do it"
                " on the page of their own data, or end as a volunteer."
            )
        )


@dataclass(frozen=True, slots=True)
class Held:
    """What one feature holds of somebody."""

    name: str
    describes: str
    """Marked for translation where it was registered."""
    content: Any
    words: Mapping[str, Any]

    @property
    def amount(self) -> int:
        """How many rows it is."""
        return size_of(self.content)


def size_of(content: Any) -> int:
    """How many things an export holds: rows of a list, of all lists of a record, or one."""
    if isinstance(content, Mapping):
        lists = [value for value in content.values() if isinstance(value, list | tuple)]
        plain = any(value not in (None, "", [], (), {}) for value in content.values() if value not in lists)
        return sum(map(len, lists)) + int(plain)
    return len(content) if isinstance(content, list | tuple) else int(bool(content))


def list_held(person_id: uuid.UUID) -> list[Held]:
    """What is held of somebody, feature by feature, decrypted; those with nothing are left out."""
    found = [
        Held(name, each.describes, each.export(person_id), each.words) for name, each in personal_data.items()
    ]  # fmt: skip
    return [each for each in found if each.amount]


def erase_person(person_id: uuid.UUID, *, actor: uuid.UUID | None) -> int:
    """Erase a record that belongs to nobody who helps now; gives how many rows went.

    `actor` is None where they say so behind the link of a mail. Raises StillVolunteer, NotFound.
    """
    lock_person(person_id)
    if session.scalar(select(Volunteer.id).where(Volunteer.person_id == person_id)) is not None:
        raise StillVolunteer
    return _erase(person_id, actor=actor)


def erase_held(person_id: uuid.UUID) -> int:
    """Erase what features hold of somebody while what leads to it is still there; the record itself stays."""
    return sum(each.erase(person_id) for each in personal_data)


def _erase(person_id: uuid.UUID, *, actor: uuid.UUID | None) -> int:
    amount = erase_held(person_id)
    amount += len(session.scalars(delete(Person).where(Person.id == person_id).returning(Person.id)).all())
    audit.record("person.erased", actor=actor, about=f"person:{person_id}", amount=amount)
    return amount
