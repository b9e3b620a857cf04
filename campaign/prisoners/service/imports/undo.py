"""A whole import taken back: whoever it made goes if nobody has touched them since, what it changed is as it was where
nobody has changed it since, and the rest is listed."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import Base, session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.tables.cells import NOTE, Problems
from campaign.prisoners.jobs import UndoImport
from campaign.prisoners.models import (
    Case,
    Custody,
    Episode,
    Fact,
    ImportState,
    LibertyStatus,
    Listing,
    Precision,
    Prisoner,
    PrisonerImport,
    PrisonerImportRow,
    PrisonerState,
    RowOutcome,
    Sentence,
)
from campaign.prisoners.queries.imported import read_known
from campaign.prisoners.queries.imports import get_import
from campaign.prisoners.service.cases.record import touch
from campaign.prisoners.service.facts import Source, Subject, record_facts
from campaign.prisoners.service.imports.apply import UNSEEN, source_of
from campaign.prisoners.service.imports.changes import draft_from, values_of
from campaign.prisoners.service.people import PersonDraft, StoryDraft, edit_prisoner
from campaign.prisoners.service.situation import lock_prisoner

BATCH = 100
# What importing itself writes beside a person; a row anywhere else that names the person is somebody else's work.
OWN_TABLES = frozenset(
    {
        "custody", "episode", "fact", "liberty_status", "prisoner_attention", "prisoner_case", "prisoner_import_row",
        "prisoner_interest", "prisoner_listing", "prisoner_search", "prisoner_text",
    }
)  # fmt: skip
_KINDS: dict[str, Any] = {
    "prisoner_listing": Listing, "custody": Custody, "sentence": Sentence, "prisoner_case": Case,
    "liberty_status": LibertyStatus, "episode": Episode,
}  # fmt: skip


def begin_undo(import_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Begin to take an import back. Safe to press twice. Raises Conflict while it still runs."""
    import_ = get_import(import_id, locked=True)
    if import_.state in {ImportState.REVERTING, ImportState.REVERTED}:
        return
    if import_.state not in {ImportState.APPLIED, ImportState.STAGED} or not import_.rows_applied:
        raise Conflict(N_("It is still at work, or nothing was applied. Stop it first, then undo."))
    import_.state, import_.reverted_by = ImportState.REVERTING, actor
    session.flush()
    audit.record("import.undo_asked", actor=actor, about=f"import:{import_.id}")
    jobs.enqueue(UndoImport(str(import_.id)))


def undo_batch(import_id: uuid.UUID) -> int:
    """Take up to BATCH rows back and ask for the next; gives how many were dealt with."""
    import_ = get_import(import_id, locked=True)
    if import_.state != ImportState.REVERTING:
        return 0
    rows = _next_rows(import_.id)
    for row in rows:
        _undo(import_, row)
    if len(rows) < BATCH:
        import_.state, import_.reverted_at = ImportState.REVERTED, clock.now()
        audit.record("import.undone", actor=import_.reverted_by, about=f"import:{import_.id}")
    else:
        jobs.enqueue(UndoImport(str(import_.id)))
    session.flush()
    return len(rows)


def _next_rows(import_id: uuid.UUID) -> Sequence[PrisonerImportRow]:
    """From the end, so that what one row made and a later one changed comes apart in the right order."""
    done = (RowOutcome.MADE, RowOutcome.CHANGED, RowOutcome.WAITS)
    statement = select(PrisonerImportRow).where(
        PrisonerImportRow.import_id == import_id, PrisonerImportRow.outcome.in_(done)
    )
    statement = statement.order_by(PrisonerImportRow.row_number.desc()).limit(BATCH).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _undo(import_: PrisonerImport, row: PrisonerImportRow) -> None:
    if row.outcome == RowOutcome.WAITS:
        row.outcome = RowOutcome.UNDONE
        return
    try:
        with session.begin_nested():
            left = _unmake(import_, row) if row.outcome == RowOutcome.MADE else _restore(import_, row)
    except (DomainError, IntegrityError):
        left = [("", N_("Something else depends on it by now."))]
    problems = Problems(list(row.problems))
    for field, message in left:
        problems.add(NOTE, field, message)
    row.problems = problems.found
    row.outcome = RowOutcome.LEFT if left else RowOutcome.UNDONE
    session.flush()


def _unmake(import_: PrisonerImport, row: PrisonerImportRow) -> list[tuple[str, str]]:
    """Delete whoever the row made; gives why not, where somebody has touched them since."""
    if row.prisoner_id is None:
        return []
    prisoner = lock_prisoner(row.prisoner_id)
    if _is_touched(prisoner, row.before):
        return [("", N_("Somebody has worked on this person since, so they stay."))]
    session.execute(delete(Prisoner).where(Prisoner.id == prisoner.id))
    session.expunge(prisoner)
    row.prisoner_id = None
    audit.record("prisoner.unmade", actor=import_.reverted_by, about=f"prisoner:{prisoner.id}")
    return []


def _is_touched(prisoner: Prisoner, before: Mapping[str, Any]) -> bool:
    newer = select(Fact.id).where(Fact.prisoner_id == prisoner.id, Fact.id > before["last_fact"]).limit(1)
    return (
        prisoner.state != PrisonerState.DRAFT
        or prisoner.version != before["version"]
        or session.scalar(newer) is not None
        or any(_names(table, prisoner.id) for table in _tables_about_people())
    )


def _tables_about_people() -> list[tuple[Any, Any]]:
    """Every table with a column that points at people, later features' too, but those that importing writes."""
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        if table.name not in OWN_TABLES
        for column in table.columns
        if any(key.target_fullname == "prisoner.id" for key in column.foreign_keys)
    ]


def _names(place: tuple[Any, Any], prisoner_id: uuid.UUID) -> bool:
    table, column = place
    return session.execute(select(1).select_from(table).where(column == prisoner_id).limit(1)).first() is not None


def _restore(import_: PrisonerImport, row: PrisonerImportRow) -> list[tuple[str, str]]:
    """Put back what the row changed; gives the fields that somebody has changed since."""
    if row.prisoner_id is None:
        return []
    lock_prisoner(row.prisoner_id)
    prisoner = read_known([row.prisoner_id])[row.prisoner_id].prisoner
    if prisoner.state not in UNSEEN and not row.before.get("was") and not row.before.get("made"):
        return []
    source = Source(f"undo: {source_of(import_, row).title or import_.file_name}", retrieved_on=clock.today())
    left = _restore_fields(prisoner, row.before, source, import_.reverted_by)
    left += _remove_further(prisoner, row.before, source, import_.reverted_by)
    return [(field, N_("Somebody has changed this since, so it stays.")) for field in left]


def _restore_fields(
    prisoner: Prisoner, before: Mapping[str, Any], source: Source, actor: uuid.UUID | None
) -> list[str]:  # fmt: skip
    current = values_of(draft_from(prisoner))
    now, was = before.get("now", {}), before.get("was", {})
    left = [name for name in now if (current.get(name) or "") != (now[name] or "")]
    mine = {name: was[name] for name in now if name not in left}
    if mine:
        edit_prisoner(prisoner, _draft_with(prisoner, mine), source, seen_version=prisoner.version, actor=actor)
    return left


def _draft_with(prisoner: Prisoner, values: Mapping[str, Any]) -> PersonDraft:
    """The person as they stand, with some flat values put back."""
    draft = draft_from(prisoner)
    stories = {story.language: {"occupation": story.occupation, "summary": story.summary, "story": story.story}
               for story in draft.stories}  # fmt: skip
    columns: dict[str, Any] = {}
    for name, value in values.items():
        kind, _line, language = name.rpartition("_")
        if kind in {"occupation", "summary", "story"} and len(language) == 2:
            stories.setdefault(language, {})[kind] = value or ""
        elif name == "born_on":
            columns[name] = date.fromisoformat(value) if value else None
        elif name == "born_precision":
            columns[name] = Precision(value) if value else None
        else:
            columns[name] = value
    told = [StoryDraft(language, **texts) for language, texts in stories.items()]
    return PersonDraft(**{**_columns_of(draft), **columns, "stories": told})


def _columns_of(draft: PersonDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__ if name != "stories"}


def _remove_further(
    prisoner: Prisoner, before: Mapping[str, Any], source: Source, actor: uuid.UUID | None
) -> list[str]:  # fmt: skip
    """Take away the rows that were added beside the person, unless a fact about one of them is newer."""
    left = []
    for kind, model in _KINDS.items():
        row: Any = session.get(model, uuid.UUID(before["made"][kind])) if kind in before.get("made", {}) else None
        if row is None:
            continue
        if _has_newer_facts(row, before["last_fact"]):
            left.append(_FIELD_OF[kind])
            continue
        facts = {"removed": None}
        record_facts(Subject(kind, row.id, prisoner=prisoner.id), {"removed": "no"}, facts, source, actor=actor)
        if isinstance(row, Sentence):
            case = session.get_one(Case, row.case_id)
            case.sentences.remove(row)
            touch(case)
        else:
            session.delete(row)
        session.flush()
    return left


_FIELD_OF = {
    "prisoner_listing": "listing", "custody": "facility", "sentence": "sentence", "prisoner_case": "case_name",
    "liberty_status": "status", "episode": "arrested_on",
}  # fmt: skip


def _has_newer_facts(row: Any, last_fact: int) -> bool:
    """Whether anything is known of this row, or of what hangs on it, that was written down after the import."""
    ids: list[uuid.UUID] = [row.id]
    if isinstance(row, Case):
        for parts in (row.charges, row.hearings, row.sentences):
            ids += [each.id for each in parts]
    if isinstance(row, Episode):
        hanging = select(LibertyStatus.id).where(LibertyStatus.episode_id == row.id)
        ids += session.scalars(hanging.union(select(Custody.id).where(Custody.episode_id == row.id))).all()
    newer = select(Fact.id).where(Fact.subject_id.in_(ids), Fact.id > last_fact).limit(1)
    return session.scalar(newer) is not None
