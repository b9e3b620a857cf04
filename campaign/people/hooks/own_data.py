"""What people's records hold of somebody, given out to them and erased when they say so."""

import uuid
from typing import Any

from sqlalchemy import delete

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_people import PersonalData, personal_data
from campaign.people.models import (
    Consent,
    Interaction,
    PersonFieldValue,
    PersonIdentity,
    PersonNote,
    PersonTag,
)
from campaign.people.queries import person_page
from campaign.people.service.records import name_of
from campaign.people.service.timeline import subjects_of

TABLES = (PersonIdentity, Consent, PersonTag, PersonFieldValue, PersonNote, Interaction)


def export(person_id: uuid.UUID) -> dict[str, Any]:
    """The record with all that hangs on it."""
    person, consents = person_page.get_person(person_id), person_page.list_consents(person_id)
    titles = subjects_of(consents)
    return {
        "id": str(person.id), "name": name_of(person), "language": person.language, "country": person.country,
        "spoken": list(person.spoken), "skills": list(person.skills), "availability": list(person.availability),
        "tasks_a_week": person.tasks_a_week, "kept_for": person.kept_for, "source": person.source,
        "since_on": person.since_on,
        "reached": [
            {
                "kind": row.kind, "value": person_page.read_identity_of(row), "wrong_on": row.wrong_on,
                "bounced_on": row.bounced_on,
            }
            for row in person_page.list_identities(person_id)
        ],
        "consents": [
            {
                "purpose": each.purpose, "subject": titles.get(each.subject) if each.subject else None,
                "text": each.text_version, "evidence": person_page.evidence_of(each), "given_on": each.given_on,
                "ended_on": each.ended_on, "ended_how": each.ended_how,
            }
            for each in consents
        ],
        "tags": [each.name for each in person_page.list_tags_of(person_id)],
        "fields": [
            {"field": each.field.label_in("en"), "value": each.text}
            for each in person_page.list_values(person_id, with_put_away=True)
            if not each.is_empty
        ],
        "notes": [{"written_on": each.written_on, "text": each.body} for each in person_page.list_notes(person_id)],
        "interactions": [
            {"kind": each.kind, "happened_on": each.happened_on, "outcome": each.word, "minutes": each.amount}
            for each in person_page.list_interactions(person_id, limit=100_000)
        ],
    }  # fmt: skip


def erase(person_id: uuid.UUID) -> int:
    """All that hangs on the record; it goes itself when every feature has erased its part."""
    return sum(
        len(session.execute(delete(table).where(table.person_id == person_id).returning(table.person_id)).all())
        for table in TABLES
    )


DATA = PersonalData(N_("The record: name, ways to be reached, what was agreed, tags, fields and notes"), export, erase)


def register() -> None:
    """Fill the registries."""
    personal_data.register("people", DATA)
