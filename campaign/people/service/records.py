"""One record per person: writing it down, changing it, and letting it go when its reason is gone."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version
from campaign.people.models import NAME, SCOPE, Consent, KeptFor, Person
from campaign.people.service.identities import Reached, add_identity

LONGEST_NAME, LONGEST_SOURCE = 120, 120


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """What is known of somebody, in the words of Person."""

    name: str = ""
    language: str = "en"
    country: str | None = None
    spoken: Sequence[str] = ()
    skills: Sequence[str] = ()
    availability: Sequence[str] = ()
    tasks_a_week: int | None = None
    source: str = ""


def add_person(
    draft: PersonDraft, *, kept_for: KeptFor = KeptFor.STAFF, identities: Collection[Reached] = (),
    is_demo: bool = False, actor: uuid.UUID | None,
) -> Person:  # fmt: skip
    """Write somebody down. Raises IdentityTaken where one of `identities` is another's."""
    keyring.ensure(SCOPE)
    person = Person(
        id=uuid.uuid4(), kept_for=kept_for, source=one_line(draft.source, LONGEST_SOURCE), since_on=clock.today(),
        is_demo=is_demo,
    )  # fmt: skip
    _fill(person, draft)
    session.add(person)
    session.flush()
    for each in identities:
        add_identity(person.id, each, actor=None)
    if kept_for is KeptFor.STAFF and actor is not None:
        audit.record("person.add", actor=actor, about=f"person:{person.id}")
    return person


def edit_person(person_id: uuid.UUID, draft: PersonDraft, *, seen_version: int, actor: uuid.UUID) -> bool:
    """Change what is known; where it came from stays. Gives whether anything changed. Raises NotFound, Conflict."""
    person = lock_person(person_id)
    check_version(person.version, seen_version)
    if draft == draft_of(person, source=draft.source):
        return False
    _fill(person, draft)
    session.flush()
    audit.record("person.edit", actor=actor, about=f"person:{person.id}")
    return True


def lock_person(person_id: uuid.UUID) -> Person:
    """The record under the lock of its row. Raises NotFound."""
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise NotFound
    return person


def name_of(person: Person) -> str:
    """What they are called; empty where they never told."""
    return "" if person.name_sealed is None else NAME.unseal(SCOPE, person.id, person.name_sealed)


def draft_of(person: Person, *, source: str | None = None) -> PersonDraft:
    """The record as it stands."""
    return PersonDraft(
        name=name_of(person), language=person.language, country=person.country, spoken=tuple(person.spoken),
        skills=tuple(person.skills), availability=tuple(person.availability), tasks_a_week=person.tasks_a_week,
        source=person.source if source is None else source,
    )  # fmt: skip


def release_person(person_id: uuid.UUID) -> None:
    """They help no more: the record goes, unless something they agreed to keeps it, or staff do."""
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or person.kept_for != KeptFor.VOLUNTEER:
        return
    current = select(Consent.id).where(Consent.person_id == person_id, Consent.ended_on.is_(None)).limit(1)
    if session.scalar(current) is None:
        session.execute(delete(Person).where(Person.id == person_id))
    else:
        person.kept_for, person.name_sealed = KeptFor.CONSENT, None
    session.flush()


def _fill(person: Person, draft: PersonDraft) -> None:
    name = one_line(draft.name, LONGEST_NAME)
    person.name_sealed = NAME.seal(SCOPE, person.id, name) if name else None
    person.language, person.country = draft.language, draft.country or None
    person.spoken, person.skills = list(draft.spoken), list(draft.skills)
    person.availability, person.tasks_a_week = list(draft.availability), draft.tasks_a_week
