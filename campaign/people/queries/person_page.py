"""Everything known of one person, for the page of one record."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.people.models import (
    EVIDENCE,
    FIELD_TEXT,
    IDENTITY,
    NOTE,
    SCOPE,
    Consent,
    Interaction,
    Person,
    PersonField,
    PersonFieldValue,
    PersonIdentity,
    PersonNote,
    PersonTag,
    Tag,
    Volunteer,
)


@dataclass(frozen=True, slots=True)
class FieldOf:
    """One field of our own, and what it holds of somebody."""

    field: PersonField
    text: str = ""
    """As it is typed: a number with its point, a day as 2026-11-23, yes or no."""

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing."""
        return not self.text


class NoteOf(NamedTuple):
    """A note, readable."""

    id: uuid.UUID
    body: str
    written_by: uuid.UUID | None
    written_on: date


def get_person(person_id: uuid.UUID) -> Person:
    """The record. Raises NotFound."""
    person = session.get(Person, person_id, populate_existing=True)
    if person is None:
        raise NotFound
    return person


def list_identities(person_id: uuid.UUID) -> Sequence[PersonIdentity]:
    """The ways to reach somebody, still sealed."""
    statement = select(PersonIdentity).where(PersonIdentity.person_id == person_id)
    return session.scalars(statement.order_by(PersonIdentity.kind, PersonIdentity.id)).all()


def read_identity_of(row: PersonIdentity) -> str:
    """One way to reach somebody, decrypted: the caller has counted it against an allowance."""
    return IDENTITY.unseal(SCOPE, row.id, row.value_sealed)


def list_consents(person_id: uuid.UUID) -> Sequence[Consent]:
    """What somebody agrees to, and did, current ones first."""
    statement = select(Consent).where(Consent.person_id == person_id)
    return session.scalars(statement.order_by(Consent.ended_on.is_not(None), Consent.given_on.desc(), Consent.id)).all()


def evidence_of(consent: Consent) -> str:
    """What proves a consent, decrypted; empty where nothing was written down, or where it does not open any more."""
    if consent.evidence_sealed is None:
        return ""
    try:
        return EVIDENCE.unseal(SCOPE, consent.id, consent.evidence_sealed)
    except CryptoError:
        return ""


def list_tags_of(person_id: uuid.UUID) -> Sequence[Tag]:
    """The tags somebody carries, by name."""
    statement = select(Tag).join(PersonTag, PersonTag.tag_id == Tag.id).where(PersonTag.person_id == person_id)
    return session.scalars(statement.order_by(func.lower(Tag.name))).all()


def list_tags() -> Sequence[tuple[Tag, int]]:
    """Every tag with how many people carry it, by name."""
    carried = select(func.count()).where(PersonTag.tag_id == Tag.id).correlate(Tag).scalar_subquery()
    rows = session.execute(select(Tag, carried).order_by(func.lower(Tag.name)))
    return [(tag, count or 0) for tag, count in rows]


def find_tag(tag_id: uuid.UUID) -> Tag | None:
    """A tag, or None."""
    return session.get(Tag, tag_id)


def find_tag_called(name: str) -> Tag | None:
    """The tag of this name, in whatever case."""
    return session.scalar(select(Tag).where(func.lower(Tag.name) == func.lower(name)))


def list_fields(*, put_away: bool = False) -> Sequence[PersonField]:
    """The fields of our own in their order; with `put_away` those that are shown no more."""
    hidden = PersonField.put_away_on.is_not(None) if put_away else PersonField.put_away_on.is_(None)
    return session.scalars(select(PersonField).where(hidden).order_by(PersonField.position, PersonField.slug)).all()


def get_field(field_id: uuid.UUID) -> PersonField:
    """A field of our own. Raises NotFound."""
    field = session.get(PersonField, field_id)
    if field is None:
        raise NotFound
    return field


def count_values() -> dict[uuid.UUID, int]:
    """How many records hold something in each field."""
    rows = session.execute(select(PersonFieldValue.field_id, func.count()).group_by(PersonFieldValue.field_id))
    return {row[0]: row[1] for row in rows}


def count_words(field_id: uuid.UUID) -> dict[str, int]:
    """How many records hold each option of a choice."""
    held = PersonFieldValue.word.is_not(None), PersonFieldValue.field_id == field_id
    rows = session.execute(select(PersonFieldValue.word, func.count()).where(*held).group_by(PersonFieldValue.word))
    return {word: count for word, count in rows if word is not None}


def list_values(person_id: uuid.UUID, *, with_put_away: bool = False) -> list[FieldOf]:
    """Every field with what it holds of somebody, decrypted; with `with_put_away` those with a value that are shown no
    more as well."""
    held = select(PersonFieldValue).where(PersonFieldValue.person_id == person_id)
    rows = {row.field_id: row for row in session.scalars(held)}
    hidden = [each for each in list_fields(put_away=True) if each.id in rows] if with_put_away else []
    fields = [*list_fields(), *hidden]
    return [FieldOf(each, text_of(rows[each.id]) if each.id in rows else "") for each in fields]


def text_of(row: PersonFieldValue) -> str:
    """What a field holds, as it is typed."""
    if row.text_sealed is not None:
        return FIELD_TEXT.unseal(SCOPE, row.id, row.text_sealed)
    if row.number is not None:
        # Without the zeros that a numeric column or arithmetic may have added.
        return f"{row.number.normalize():f}"
    if row.day is not None:
        return row.day.isoformat()
    return row.word if row.word is not None else "yes" if row.flag else "no"


def list_notes(person_id: uuid.UUID) -> list[NoteOf]:
    """What staff wrote about somebody, decrypted, newest first."""
    statement = select(PersonNote).where(PersonNote.person_id == person_id)
    # Of one day the order is that of no clock: notes carry days, and their ids are random.
    rows = session.scalars(statement.order_by(PersonNote.written_on.desc(), PersonNote.id))
    return [NoteOf(row.id, NOTE.unseal(SCOPE, row.id, row.body_sealed), row.written_by, row.written_on) for row in rows]


def list_note_days(person_id: uuid.UUID) -> Sequence[date]:
    """On which days notes were written, one for each note."""
    return session.scalars(select(PersonNote.written_on).where(PersonNote.person_id == person_id)).all()


def list_interactions(person_id: uuid.UUID, *, limit: int = 500) -> Sequence[Interaction]:
    """Lines of a timeline that stand in no other table, newest first."""
    statement = select(Interaction).where(Interaction.person_id == person_id)
    return session.scalars(statement.order_by(Interaction.happened_on.desc(), Interaction.id.desc()).limit(limit)).all()


def find_volunteer_of(person_id: uuid.UUID) -> Volunteer | None:
    """The volunteer whose record it is, or None."""
    return session.scalar(select(Volunteer).where(Volunteer.person_id == person_id))


def find_own_record(account_id: uuid.UUID) -> Person | None:
    """The record of whoever owns an account, where there is one."""
    statement = select(Person).join(Volunteer, Volunteer.person_id == Person.id)
    return session.scalar(statement.where(Volunteer.account_id == account_id))
