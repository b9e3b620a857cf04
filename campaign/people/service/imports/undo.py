"""A whole list taken back: whoever it made goes if nothing has happened to them since, what it changed is as it was
where nobody has changed it since, and the rest is listed."""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import Base, session
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.tables.cells import NOTE, Problems
from campaign.people.jobs import UndoPeopleImport
from campaign.people.models import (
    MEMORY,
    SCOPE,
    Consent,
    FieldKind,
    ImportState,
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
from campaign.people.service.imports.apply import count_rows
from campaign.people.service.imports.known import Known, lock_people, read_known
from campaign.people.service.imports.upload import get_import
from campaign.people.service.imports.write import CHANGE_PERSON, change_values, flat_row, value_row

BATCH = 500
OWN_TABLES = frozenset(
    {"person_identity", "person_tag", "person_field_value", "person_note", "consent"}
)  # fmt: skip
"""What importing writes beside a person; a row anywhere else that names the person is somebody else's work."""
TOUCHED = N_("Something has happened to this record since, so it stays.")
CHANGED_SINCE = N_("Somebody has changed this since, so it stays.")
GONE = N_("This record is not there any more.")


def begin_undo(import_id: uuid.UUID, *, actor: uuid.UUID, by_job: bool = True) -> None:
    """Begin to take a list back. Safe to press twice. Raises Conflict while it runs or when its rows are gone."""
    import_ = get_import(import_id, locked=True)
    if import_.state in {ImportState.REVERTING, ImportState.REVERTED}:
        return
    if import_.state not in {ImportState.APPLIED, ImportState.CHECKED} or not import_.rows_applied:
        raise Conflict(N_("It is still at work, or nothing was applied. Stop it first, then take it back."))
    if session.scalar(select(PeopleImportRow.id).where(PeopleImportRow.import_id == import_.id).limit(1)) is None:
        raise Conflict(N_("Its rows were erased after 30 days. It cannot be taken back any more."))
    import_.state, import_.reverted_by = ImportState.REVERTING, actor
    session.flush()
    audit.record("people.import_undo_asked", actor=actor, about=f"people-import:{import_.id}")
    if by_job:
        jobs.enqueue(UndoPeopleImport(str(import_.id)))


def undo_batch(import_id: uuid.UUID, *, by_job: bool = True) -> int:
    """Take up to BATCH rows back and ask for the next; gives how many were dealt with."""
    import_ = get_import(import_id, locked=True)
    if import_.state != ImportState.REVERTING:
        return 0
    rows = _next_rows(import_.id)
    _undo(rows)
    session.flush()
    if len(rows) < BATCH:
        _drop_tags(import_)
        import_.state, import_.reverted_at = ImportState.REVERTED, clock.now()
        import_.counts = count_rows(import_.id)
        audit.record("people.import_undone", actor=import_.reverted_by, about=f"people-import:{import_.id}",
                     amount=import_.counts.get(RowOutcome.UNDONE, 0))  # fmt: skip
    elif by_job:
        jobs.enqueue(UndoPeopleImport(str(import_.id)))
    session.flush()
    session.expire_all()
    return len(rows)


def _next_rows(import_id: uuid.UUID) -> Sequence[PeopleImportRow]:
    """From the end, so that what two rows changed of one person comes apart in the right order."""
    statement = select(PeopleImportRow).where(
        PeopleImportRow.import_id == import_id, PeopleImportRow.outcome.in_((RowOutcome.MADE, RowOutcome.CHANGED))
    )
    statement = statement.order_by(PeopleImportRow.row_number.desc()).limit(BATCH)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _undo(rows: Sequence[PeopleImportRow]) -> None:
    ids = {row.person_id for row in rows if row.person_id is not None}
    lock_people(ids)
    known = read_known(ids, with_notes=False)
    memories = {row.id: _memory(row) for row in rows}
    made = [row for row in rows if row.outcome == RowOutcome.MADE and row.person_id in known]
    untouched = _untouched(made, memories, known)
    undo = _Restorer(known)
    for row in rows:
        person = known.get(row.person_id) if row.person_id is not None else None
        if person is None:
            _close(row, [("", GONE)])
        elif row.outcome == RowOutcome.CHANGED:
            _close(row, [(name, CHANGED_SINCE) for name in undo.restore(person, memories[row.id])])
        else:
            _close(row, [] if row.person_id in untouched else [("", TOUCHED)])
    undo.flush()
    if untouched:
        session.execute(delete(Person).where(Person.id.in_(untouched)))


def _memory(row: PeopleImportRow) -> Mapping[str, Any]:
    if row.memory_sealed is None:
        return {}
    memory: Mapping[str, Any] = json.loads(MEMORY.unseal(SCOPE, row.id, row.memory_sealed))
    return memory


def _close(row: PeopleImportRow, left: Sequence[tuple[str, str]]) -> None:
    problems = Problems(list(row.problems))
    for name, message in left:
        problems.add(NOTE, name, message)
    row.problems, row.outcome = problems.found, RowOutcome.LEFT if left else RowOutcome.UNDONE


def _untouched(
    rows: Sequence[PeopleImportRow], memories: Mapping[uuid.UUID, Mapping[str, Any]], known: Mapping[uuid.UUID, Known]
) -> set[uuid.UUID]:
    """Those whom the import made and who are exactly as it made them, with nothing elsewhere that names them."""
    by_person = {row.person_id: memories[row.id] for row in rows if row.person_id is not None}
    if not by_person:
        return set()
    same = {person for person, memory in by_person.items() if _is_as_made(known[person], memory)}
    hanging = _hanging(same)
    same = {person for person in same if hanging[person] == _made(by_person[person])}
    plain = select(Person.id).where(
        Person.id.in_(same), Person.kept_for == KeptFor.STAFF, Person.tasks_a_week.is_(None),
        func.jsonb_array_length(Person.availability) == 0,
    )  # fmt: skip
    same = set(session.scalars(plain))
    for table, column in _tables_about_people():
        if not same:
            break
        same -= set(session.scalars(select(column).select_from(table).where(column.in_(same))))
    return same


def _is_as_made(person: Known, memory: Mapping[str, Any]) -> bool:
    values = {each["field"]: each["now"] for each in memory.get("values", ())}
    return person.flat == memory.get("now") and person.values == values


def _made(memory: Mapping[str, Any]) -> set[str]:
    """The ids of all that a row has hung on a person."""
    found = {*memory["identities"], *memory["tags"], *(each["row"] for each in memory["values"])}
    return found | {*filter(None, [memory.get("note")])} | {*_consents(memory)}


def _consents(memory: Mapping[str, Any]) -> list[str]:
    """Of a list that was applied before lists could say two things it is one."""
    return [*memory.get("consents", ()), *filter(None, [memory.get("consent")])]


def _hanging(people: Collection[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """The ids of all that hangs on people now; a consent that has ended counts as another one."""
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    pairs = (
        (PersonIdentity.person_id, PersonIdentity.id), (PersonTag.person_id, PersonTag.tag_id),
        (PersonFieldValue.person_id, PersonFieldValue.id), (PersonNote.person_id, PersonNote.id),
    )  # fmt: skip
    for owner, row in pairs:
        for person, each in session.execute(select(owner, row).where(owner.in_(people))):
            found[person].add(str(each))
    consents = select(Consent.person_id, Consent.id, Consent.ended_on).where(Consent.person_id.in_(people))
    for person, consent, ended in session.execute(consents):
        found[person].add(f"{consent} ended" if ended else str(consent))
    return found


def _tables_about_people() -> list[tuple[Any, Any]]:
    """Every table with a column that points at people, later features' too, but those that importing writes."""
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        if table.name not in OWN_TABLES
        for column in table.columns
        if any(key.target_fullname == "person.id" for key in column.foreign_keys)
    ]


class _Restorer:
    """Puts back what rows changed; gathers it, and writes it a table at a time."""

    def __init__(self, known: Mapping[uuid.UUID, Known]) -> None:
        self._known = known
        self._flat: set[uuid.UUID] = set()
        self._gone: dict[Any, list[uuid.UUID]] = {PersonIdentity: [], PersonNote: [], PersonFieldValue: [], Consent: []}
        self._tags: list[tuple[uuid.UUID, uuid.UUID]] = []
        self._values: dict[uuid.UUID, tuple[Any, ...]] = {}
        kinds = session.execute(select(PersonField.id, PersonField.kind))
        self._kinds = {str(key): FieldKind(kind) for key, kind in kinds}

    def restore(self, person: Known, memory: Mapping[str, Any]) -> list[str]:
        """Take back what one row changed; gives the fields that somebody has changed since."""
        left = []
        for name, now in memory.get("now", {}).items():
            if person.flat[name] != now:
                left.append(name)
                continue
            person.flat[name] = memory["was"][name]
            self._flat.add(person.id)
        for value in memory.get("values", ()):
            if person.values.get(value["field"]) != value["now"]:
                left.append("field")
                continue
            self._restore_value(person, value)
        self._gone[PersonIdentity] += map(uuid.UUID, memory.get("identities", ()))
        self._tags += [(person.id, uuid.UUID(tag)) for tag in memory.get("tags", ())]
        if "note" in memory:
            self._gone[PersonNote].append(uuid.UUID(memory["note"]))
        self._gone[Consent] += map(uuid.UUID, _consents(memory))
        return left

    def flush(self) -> None:
        """Write it."""
        rows = [flat_row(person, self._known[person].flat) for person in self._flat]
        if rows:
            session.execute(CHANGE_PERSON, rows)
        for model, ids in self._gone.items():
            mine = [model.id.in_(ids), model.person_id.in_(self._known)]
            if model is Consent:
                # What they took back themselves stays on record.
                mine.append(Consent.ended_on.is_(None))
            if ids:
                session.execute(delete(model).where(*mine))
        if self._tags:
            worn = PersonTag.__table__.c
            for person, tag in self._tags:
                session.execute(delete(PersonTag).where(worn.person_id == person, worn.tag_id == tag))
        change_values(list(self._values.values()))

    def _restore_value(self, person: Known, value: Mapping[str, Any]) -> None:
        row = person.value_rows[value["field"]]
        if value["was"] is None:
            self._values.pop(row, None)
            self._gone[PersonFieldValue].append(row)
            del person.values[value["field"]]
        else:
            person.values[value["field"]] = value["was"]
            kind = self._kinds[value["field"]]
            self._values[row] = value_row(row, person.id, value["field"], kind, value["was"])


def _drop_tags(import_: PeopleImport) -> None:
    """Delete tags that came with the list, where nobody carries them and nothing else names them."""
    names = [name.lower() for name in import_.new_tags]
    worn = select(PersonTag.tag_id)
    for tag in session.scalars(select(Tag.id).where(func.lower(Tag.name).in_(names), Tag.id.not_in(worn))).all():
        try:
            with session.begin_nested():
                session.execute(delete(Tag).where(Tag.id == tag))
        except IntegrityError:
            continue
