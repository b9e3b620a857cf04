"""What staff add to a record: tags, values of fields of their own, notes, and lines of its timeline."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.text import one_line
from campaign.people.models import (
    FIELD_TEXT,
    LONGEST_FIELD_TEXT,
    LONGEST_NOTE,
    LONGEST_TAG,
    NOTE,
    SCOPE,
    FieldKind,
    Interaction,
    InteractionKind,
    PersonField,
    PersonFieldValue,
    PersonNote,
    PersonTag,
    Tag,
)
from campaign.people.service.records import lock_person


class BadValue(DomainError):
    """The field holds no such thing."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value, in the column of its field's kind; all None: none."""

    text: str | None = None
    number: Decimal | None = None
    day: date | None = None
    word: str | None = None
    flag: bool | None = None


def ensure_tag(name: str, *, is_demo: bool = False) -> Tag:
    """The tag of this name, made where there is none; capital letters make no difference. Raises BadValue."""
    line = one_line(name, LONGEST_TAG)
    if not line:
        raise BadValue(N_("A tag needs a name."))
    made = insert(Tag).values(id=uuid.uuid4(), name=line, is_demo=is_demo, created_on=clock.today())
    session.execute(made.on_conflict_do_nothing())
    return session.scalars(select(Tag).where(func.lower(Tag.name) == func.lower(line))).one()


def put_tag(people: Collection[uuid.UUID], tag_id: uuid.UUID) -> list[uuid.UUID]:
    """Put a tag on people; gives those who did not carry it."""
    if not people:
        return []
    rows = [{"person_id": each, "tag_id": tag_id, "given_on": clock.today()} for each in people]
    statement = insert(PersonTag).values(rows).on_conflict_do_nothing().returning(PersonTag.person_id)
    return list(session.scalars(statement))


def take_tag(people: Collection[uuid.UUID], tag_id: uuid.UUID) -> list[uuid.UUID]:
    """Take a tag off people; gives those who carried it."""
    statement = delete(PersonTag).where(PersonTag.person_id.in_(people), PersonTag.tag_id == tag_id)
    return list(session.scalars(statement.returning(PersonTag.person_id)))


def set_tags(person_id: uuid.UUID, tags: Collection[uuid.UUID]) -> None:
    """Let somebody carry exactly these tags. Raises NotFound."""
    lock_person(person_id)
    session.execute(delete(PersonTag).where(PersonTag.person_id == person_id, PersonTag.tag_id.not_in(tags)))
    for tag in tags:
        put_tag([person_id], tag)


def set_value(person_id: uuid.UUID, field: PersonField, value: Value) -> None:
    """Let one field hold `value` of somebody; an empty one takes away what it held. Raises BadValue, NotFound."""
    lock_person(person_id)
    checked = _checked(field, value)
    known = select(PersonFieldValue).where(
        PersonFieldValue.person_id == person_id, PersonFieldValue.field_id == field.id
    )
    row = session.scalar(known)
    if checked == Value():
        if row is not None:
            session.delete(row)
            session.flush()
        return
    if row is None:
        row = PersonFieldValue(id=uuid.uuid4(), person_id=person_id, field_id=field.id)
        session.add(row)
    row.text_sealed = None if checked.text is None else FIELD_TEXT.seal(SCOPE, row.id, checked.text)
    row.number, row.day, row.word, row.flag = checked.number, checked.day, checked.word, checked.flag
    session.flush()


def add_note(person_id: uuid.UUID, body: str, *, actor: uuid.UUID) -> PersonNote:
    """Write a note, sealed. Raises BadValue for none or too long a one, NotFound."""
    text = body.strip()
    if not text or len(text) > LONGEST_NOTE:
        raise BadValue(N_("A note has between 1 and 4,000 characters."))
    lock_person(person_id)
    note = PersonNote(id=uuid.uuid4(), person_id=person_id, written_by=actor, written_on=clock.today())
    note.body_sealed = NOTE.seal(SCOPE, note.id, text)
    session.add(note)
    session.flush()
    audit.record("person.note", actor=actor, about=f"person:{person_id}")
    return note


def delete_note(person_id: uuid.UUID, note_id: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """Delete a note; False when it was gone already."""
    mine = (PersonNote.id == note_id, PersonNote.person_id == person_id)
    if session.scalar(delete(PersonNote).where(*mine).returning(PersonNote.id)) is None:
        return False
    audit.record("person.note_deleted", actor=actor, about=f"person:{person_id}")
    return True


def record_interaction(
    person_id: uuid.UUID, kind: InteractionKind, *, on: date | None = None, word: str = "", amount: int = 0,
    subject: uuid.UUID | None = None, actor: uuid.UUID | None = None,
) -> int:  # fmt: skip
    """Add one line to a person's timeline; `on` is today where it is not given. Gives its number."""
    line = Interaction(
        person_id=person_id, kind=kind, happened_on=on or clock.today(), word=word, amount=amount,
        subject_id=subject, actor_id=actor,
    )  # fmt: skip
    session.add(line)
    session.flush()
    return line.id


def delete_interaction(person_id: uuid.UUID, interaction_id: int) -> None:
    """Take back a line that was written a moment ago, by a slip of the hand. Twice is once."""
    mine = (Interaction.id == interaction_id, Interaction.person_id == person_id)
    session.execute(delete(Interaction).where(*mine))


def record_interactions(rows: Sequence[dict[str, Any]]) -> None:
    """Add many lines at once, each with the columns of Interaction that `record_interaction` fills."""
    if rows:
        session.execute(insert(Interaction), rows)


_COLUMN_OF = {
    FieldKind.TEXT: "text", FieldKind.NUMBER: "number", FieldKind.DATE: "day", FieldKind.CHOICE: "word",
    FieldKind.YES_NO: "flag",
}  # fmt: skip


def _checked(field: PersonField, value: Value) -> Value:
    column = _COLUMN_OF[FieldKind(field.kind)]
    held = getattr(value, column)
    if held in (None, ""):
        return Value()
    if column == "text" and len(held) > LONGEST_FIELD_TEXT:
        raise BadValue(N_("This field holds 1,000 characters at most."))
    if column == "word" and held not in field.options:
        raise BadValue(N_("Choose one of the options."))
    return Value(**{column: held})
