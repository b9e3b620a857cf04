"""What a batch of rows adds to people's records, gathered and written a table at a time."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import bindparam, func, select, text

from campaign.kernel import clock
from campaign.kernel.db import copy_rows, session
from campaign.people.models import (
    FIELD_TEXT,
    IDENTITY,
    MEMORY,
    NAME,
    NOTE,
    SCOPE,
    Consent,
    FieldKind,
    KeptFor,
    PeopleImport,
    PeopleImportRow,
    Person,
    PersonField,
    PersonFieldValue,
    PersonIdentity,
    PersonNote,
    PersonTag,
    RowOutcome,
    Tag,
)
from campaign.people.service.details import ensure_tag
from campaign.people.service.imports.known import Additions, Known

_PERSON = (
    "id", "name_sealed", "language", "country", "spoken", "skills", "availability", "kept_for", "source", "since_on",
    "is_demo", "changed_tx", "version",
)  # fmt: skip
_VALUE = ("id", "person_id", "field_id", "text_sealed", "number", "day", "word", "flag")


@dataclass(slots=True)
class Written:
    """What one row has done, for the row itself and for undoing it."""

    row: PeopleImportRow
    person_id: uuid.UUID
    outcome: RowOutcome
    memory: dict[str, Any] = field(default_factory=dict)


class Writer:
    """Gathers what a batch adds; `flush` writes it. Nothing is written before."""

    def __init__(self, import_: PeopleImport, fields: Mapping[str, PersonField], tags: Mapping[str, uuid.UUID]) -> None:
        self._import, self._fields, self._tags = import_, fields, tags
        self._people: list[Sequence[Any]] = []
        self._flat: dict[uuid.UUID, dict[str, Any]] = {}
        self._identities: list[Sequence[Any]] = []
        self._worn: list[Sequence[Any]] = []
        self._values: dict[tuple[uuid.UUID, str], tuple[Any, ...]] = {}
        self._replaced: dict[tuple[uuid.UUID, str], tuple[Any, ...]] = {}
        self._notes: list[Sequence[Any]] = []
        self._consents: list[Sequence[Any]] = []
        self.written: list[Written] = []

    def make(self, row: PeopleImportRow, added: Additions) -> None:
        """Write somebody down."""
        person = uuid.uuid4()
        now = {"name": "", "country": "", "language": self._import.language, "spoken": [], "skills": [],
               "since_on": clock.today().isoformat(), **added.flat}  # fmt: skip
        self._people.append(
            (
                person, NAME.seal(SCOPE, person, now["name"]) if now["name"] else None, now["language"],
                now["country"] or None, Jsonb(now["spoken"]), Jsonb(now["skills"]), Jsonb([]), KeptFor.STAFF.value,
                self._import.source, date.fromisoformat(now["since_on"]), self._import.is_demo, 0, 1,
            )
        )  # fmt: skip
        memory = {"now": now, **self._add(person, added, None)}
        self.written.append(Written(row, person, RowOutcome.MADE, memory))

    def change(self, row: PeopleImportRow, known: Known, added: Additions) -> None:
        """Add to a record."""
        memory: dict[str, Any] = {"now": added.flat, "was": {name: known.flat[name] for name in added.flat}}
        if added.flat:
            self._flat[known.id] = {**known.flat, **added.flat}
        memory |= self._add(known.id, added, known)
        self.written.append(Written(row, known.id, RowOutcome.CHANGED, memory))

    def flush(self) -> None:
        """Write everything, a table at a time. Raises IntegrityError where somebody else was first."""
        session.flush()
        copy_rows(Person, _PERSON, self._people)
        self._change_people()
        copy_rows(PersonIdentity, ("id", "person_id", "kind", "value_index", "value_sealed"), self._identities)
        copy_rows(PersonTag, ("person_id", "tag_id", "given_on"), self._worn)
        change_values(list(self._replaced.values()))
        write_values(list(self._values.values()))
        copy_rows(PersonNote, ("id", "person_id", "body_sealed", "written_by", "written_on"), self._notes)
        copy_rows(Consent, ("id", "person_id", "purpose", "text_version", "given_on"), self._consents)
        self._mark_rows()

    def _add(self, person: uuid.UUID, added: Additions, known: Known | None) -> dict[str, Any]:
        """Gather what hangs on a person; gives their ids for undoing."""
        made: dict[str, Any] = {"identities": [], "tags": [], "values": []}
        for reached in added.reached:
            row = uuid.uuid4()
            sealed = IDENTITY.seal(SCOPE, row, reached.value)
            self._identities.append((row, person, reached.kind.value, reached.index, sealed))
            made["identities"].append(str(row))
        for tag in added.tags:
            self._worn.append((person, self._tags[tag.lower()], clock.today()))
            made["tags"].append(str(self._tags[tag.lower()]))
        for field_id, value in added.values.items():
            row = self._add_value(person, field_id, value, known)
            was = known.values.get(field_id) if known is not None else None
            made["values"].append({"row": str(row), "field": field_id, "now": value, "was": was})
        if added.note:
            row = uuid.uuid4()
            author = self._import.applied_by
            self._notes.append((row, person, NOTE.seal(SCOPE, row, added.note), author, clock.today()))
            made["note"] = str(row)
        for purpose in added.consents:
            row = uuid.uuid4()
            self._consents.append((row, person, purpose.value, f"list:{self._import.id}", self._import.basis_on))
            made.setdefault("consents", []).append(str(row))
        return made

    def _add_value(self, person: uuid.UUID, field_id: str, value: Any, known: Known | None) -> uuid.UUID:
        kind, place = FieldKind(self._fields[field_id].kind), (person, field_id)
        there = known.value_rows.get(field_id) if known is not None else None
        row = there or uuid.uuid4()
        target = self._replaced if there is not None and place not in self._values else self._values
        target[place] = value_row(row, person, field_id, kind, value)
        if known is not None:
            known.value_rows[field_id] = row
        return row

    def _change_people(self) -> None:
        rows = [flat_row(person, flat) for person, flat in self._flat.items()]
        if rows:
            session.execute(CHANGE_PERSON, rows)

    def _mark_rows(self) -> None:
        if not self.written:
            return
        values = {
            "ids": [each.row.id for each in self.written],
            "people": [each.person_id for each in self.written],
            "outcomes": [each.outcome.value for each in self.written],
            "memories": [MEMORY.seal(SCOPE, each.row.id, json.dumps(each.memory, ensure_ascii=False))
                         for each in self.written],
        }  # fmt: skip
        session.execute(_MARK, values)


def value_row(row: uuid.UUID, person: uuid.UUID, field_id: str, kind: FieldKind, value: Any) -> tuple[Any, ...]:
    """A value of a field of our own in its columns."""
    return (
        row, person, uuid.UUID(field_id),
        FIELD_TEXT.seal(SCOPE, row, value) if kind is FieldKind.TEXT else None,
        Decimal(value) if kind is FieldKind.NUMBER else None,
        date.fromisoformat(value) if kind is FieldKind.DATE else None,
        value if kind is FieldKind.CHOICE else None,
        value if kind is FieldKind.YES_NO else None,
    )  # fmt: skip


def write_values(rows: Sequence[Sequence[Any]]) -> None:
    """Write values that no row holds yet."""
    copy_rows(PersonFieldValue, _VALUE, rows)


def change_values(rows: Sequence[Sequence[Any]]) -> None:
    """Let rows that are there hold other values."""
    if rows:
        named = [dict(zip(_VALUE, row, strict=True)) for row in rows]
        session.execute(
            _CHANGE_VALUE, [{"row": each["id"], **{f"new_{name}": each[name] for name in _VALUE[3:]}} for each in named]
        )  # fmt: skip


def flat_row(person: uuid.UUID, flat: Mapping[str, Any]) -> dict[str, Any]:
    """A record's own fields, for CHANGE_PERSON."""
    return {
        "person": person, "name_sealed": NAME.seal(SCOPE, person, flat["name"]) if flat["name"] else None,
        "country": flat["country"] or None, "language": flat["language"], "spoken": flat["spoken"],
        "skills": flat["skills"], "since_on": date.fromisoformat(flat["since_on"]),
    }  # fmt: skip


def tags_named(import_: PeopleImport, names: Sequence[str]) -> dict[str, uuid.UUID]:
    """The tags of these names by their name in lower case; those that are missing are made, and noted as such."""
    wanted = {name.lower(): name for name in names}
    if not wanted:
        return {}
    statement = select(func.lower(Tag.name), Tag.id).where(func.lower(Tag.name).in_(wanted))
    found: dict[str, uuid.UUID] = {row[0]: row[1] for row in session.execute(statement)}
    for plain, name in wanted.items():
        if plain not in found:
            found[plain] = ensure_tag(name, is_demo=import_.is_demo).id
            import_.new_tags = [*import_.new_tags, name]
    return found


_people, _values = Person.__table__, PersonFieldValue.__table__
CHANGE_PERSON = (
    _people.update()  # type: ignore[attr-defined]
    .where(_people.c.id == bindparam("person"))
    .values(
        name_sealed=bindparam("name_sealed"), country=bindparam("country"), language=bindparam("language"),
        spoken=bindparam("spoken"), skills=bindparam("skills"), since_on=bindparam("since_on"),
        version=_people.c.version + 1,
    )
)  # fmt: skip
_CHANGE_VALUE = (
    _values.update()  # type: ignore[attr-defined]
    .where(_values.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in _VALUE[3:]})
)
_MARK = text(
    """
    UPDATE people_import_row SET outcome = given.outcome, person_id = given.person, memory_sealed = given.memory
    FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:outcomes AS text[]), CAST(:memories AS bytea[]))
        AS given(id, person, outcome, memory)
    WHERE people_import_row.id = given.id
    """
)
