"""Officials out of a file: read and shown first, then taken. The same file twice changes nothing the second time."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import delete, select

from campaign.appeals.models import ImportState, Target, TargetImport, TargetKind
from campaign.appeals.service.targets import LANGUAGES, TargetDraft, clean, put
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.spreadsheets import bare
from campaign.kernel.tables import BadTable, Bounds, Row, Table, guess_mapping, open_file
from campaign.kernel.tables.days import NotADay, read_day
from campaign.kernel.tables.words import read_country, read_language
from campaign.kernel.text import one_line

BOUNDS = Bounds(file=2_000_000, workbook=2_000_000, rows=5_000)
KEPT_DAYS = 7
FIELDS: Mapping[str, Sequence[str]] = {
    "id": ("id", "reference", "номер", "kennung"),
    "kind": ("kind", "type", "вид", "art"),
    "name": ("name", "имя", "фио"),
    "office": ("office", "position", "role", "title", "должность", "amt", "funktion"),
    "body": ("body", "institution", "parliament", "организация", "парламент", "institut", "parlament"),
    "country": ("country", "страна", "land"),
    "constituency": ("constituency", "district", "region", "округ", "wahlkreis"),
    "languages": ("languages", "language", "языки", "sprachen"),
    "email": ("email", "e-mail", "mail", "почта", "эл почта"),
    "postal": ("postal", "address", "postal address", "адрес", "postanschrift", "anschrift"),
    "salutation_en": ("salutation en", "salutation", "dear"),
    "salutation_ru": ("salutation ru", "обращение"),
    "salutation_de": ("salutation de", "anrede"),
    "source_title": ("source title", "source", "источник", "quelle"),
    "source_url": ("source url", "url", "link", "ссылка"),
    "checked_on": ("checked on", "checked", "date", "проверено", "geprüft am", "stand"),
}
NEEDED = (("name", "office"), ("email", "postal"))
NEW, CHANGED, SAME = "new", "changed", "same"


@dataclass(slots=True)
class Read:
    """What a file says: drafts by row, and problems by row and field."""

    rows: list[tuple[int, TargetDraft]] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file came to."""

    imported: int
    updated: int
    duplicate: int
    invalid: int


def read(content: bytes) -> Read:
    """Every official of a file and whatever of it cannot be taken, by the row of a spreadsheet. Raises BadTable."""
    table = open_file(lambda: BytesIO(content), len(content), BOUNDS)
    mapping = guess_mapping(table.headings, FIELDS)
    for either in NEEDED:
        if not set(either) & set(mapping.values()):
            raise BadTable(N_("There is no column for this: %(field)s."), field=" / ".join(either))
    found = Read()
    seen: set[str] = set()
    for row in table.rows():
        draft = _row(found, row, _cells(table, mapping, row))
        if draft is None:
            continue
        if draft.key in seen:
            found.problems.append((row.number, "", N_("The same official stands in a row above.")))
            continue
        seen.add(draft.key)
        found.rows.append((row.number, draft))
    return found


def stage(content: bytes, *, file_name: str, actor: uuid.UUID) -> TargetImport:
    """Read a file and keep what it says until somebody has looked at it. Raises BadTable."""
    found = read(content)
    known = _known(found)
    verdicts = [(number, draft, _verdict(known.get(draft.key), draft)) for number, draft in found.rows]
    made = TargetImport(
        id=uuid.uuid4(), file_name=one_line(file_name, 120), made_by=actor, made_at=clock.now(),
        state=ImportState.STAGED,
        rows=[{"row": number, "verdict": verdict, **_as_json(draft)} for number, draft, verdict in verdicts],
        problems=[{"row": number, "field": name, "message": words} for number, name, words in found.problems],
        figures=_figures([each[2] for each in verdicts], found),
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("appeal-targets.stage", actor=actor, about=f"appeal-targets:{made.id}", amount=len(found.rows))
    return made


def take(import_id: uuid.UUID, *, actor: uuid.UUID) -> Taken:
    """Take what a file says. Raises NotFound, Conflict once it was decided on."""
    found = _lock(import_id)
    read_again = Read([(each["row"], _from_json(each)) for each in found.rows])
    taken = _put(read_again, actor=actor, invalid=len({each["row"] for each in found.problems}))
    found.state, found.rows = ImportState.TAKEN, []
    found.figures = {NEW: taken.imported, CHANGED: taken.updated, SAME: taken.duplicate, "invalid": taken.invalid}
    session.flush()
    audit.record("appeal-targets.take", actor=actor, about=f"appeal-targets:{import_id}", amount=len(read_again.rows))
    return taken


def discard(import_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Throw a file away. Raises NotFound, Conflict once it was decided on."""
    found = _lock(import_id)
    found.state, found.rows, found.problems = ImportState.DISCARDED, [], []
    session.flush()
    audit.record("appeal-targets.discard", actor=actor, about=f"appeal-targets:{import_id}")


def import_file(found: Read, *, actor: uuid.UUID | None) -> Taken:
    """Take what a file says at once, as a command does that has told every problem."""
    taken = _put(found, actor=actor, invalid=len({number for number, _field, _words in found.problems}))
    audit.record("appeal-targets.take", actor=actor, about="appeal-targets:file", amount=len(found.rows))
    return taken


def forget_files(today: date) -> int:
    """Delete files a week after they were read."""
    before = datetime.combine(today - timedelta(days=KEPT_DAYS), time(), UTC)
    old = delete(TargetImport).where(TargetImport.made_at < before).returning(TargetImport.id)
    return len(session.execute(old).all())


def _put(found: Read, *, actor: uuid.UUID | None, invalid: int) -> Taken:
    known, counts = _known(found, locked=True), {NEW: 0, CHANGED: 0, SAME: 0}
    for _number, draft in found.rows:
        target = known.get(draft.key)
        verdict = _verdict(target, draft)
        counts[verdict] += 1
        if target is None:
            session.add(Target(
                id=uuid.uuid4(), key=draft.key, edited_at=clock.now(), edited_by=actor, retired_on=None,
                **draft.as_columns(),
            ))  # fmt: skip
        elif verdict == CHANGED:
            put(target, draft, actor)
    session.flush()
    return Taken(counts[NEW], counts[CHANGED], counts[SAME], invalid)


def _known(found: Read, *, locked: bool = False) -> dict[str, Target]:
    statement = select(Target).where(Target.key.in_([draft.key for _number, draft in found.rows])).order_by(Target.id)
    if locked:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return {each.key: each for each in session.scalars(statement)}


def _verdict(target: Target | None, draft: TargetDraft) -> str:
    if target is None:
        return NEW
    columns = draft.as_columns()
    return SAME if all(getattr(target, name) == value for name, value in columns.items()) else CHANGED


def _figures(verdicts: Sequence[str], found: Read) -> dict[str, Any]:
    counted = {each: verdicts.count(each) for each in (NEW, CHANGED, SAME)}
    return {**counted, "invalid": len({number for number, _field, _words in found.problems})}


def _lock(import_id: uuid.UUID) -> TargetImport:
    found = session.get(TargetImport, import_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.state != ImportState.STAGED:
        raise Conflict(N_("It was decided on this file already."))
    return found


def _cells(table: Table, mapping: Mapping[str, str], row: Row) -> dict[str, str]:
    return {
        mapping[heading]: bare(cell)
        for heading, cell in zip(table.headings, row.cells, strict=True)
        if heading in mapping
    }


def _row(found: Read, row: Row, cells: Mapping[str, str]) -> TargetDraft | None:
    problems = [*_refused(row, cells)]
    kind = _kind(cells.get("kind", ""))
    if kind is None:
        problems.append(("kind", N_("This kind of office is not known.")))
    country = read_country(cells["country"]) if cells.get("country") else ""
    if country is None:
        problems.append(("country", N_("This country is not known.")))
    languages = [read_language(each) for each in _parts(cells.get("languages", ""))]
    if any(each not in LANGUAGES for each in languages):
        problems.append(("languages", N_("Letters are in en, ru and de: name those that are read there.")))
    try:
        checked_on = read_day(cells["checked_on"]).value if cells.get("checked_on") else clock.today()
    except NotADay:
        checked_on = clock.today()
        problems.append(("checked_on", N_("This is no date.")))
    kept = clean(TargetDraft(
        kind or TargetKind.OTHER, cells.get("name", ""), cells.get("office", ""), cells.get("body", ""), country or "",
        cells.get("constituency", ""), [each for each in languages if each], cells.get("email", ""),
        cells.get("postal", "").replace(" | ", "\n"),
        {code: cells.get(f"salutation_{code}", "") for code in LANGUAGES}, cells.get("source_title", ""),
        cells.get("source_url", ""), checked_on, cells.get("id", ""),
    ))  # fmt: skip
    problems.extend(kept.problems)
    found.problems.extend((row.number, name, words) for name, words in problems)
    return None if problems else kept.draft


def _refused(row: Row, cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if row.formulas and any(cell for cell in cells.values()):
        yield "", N_("A cell of this row holds a formula. Save its value instead.")
    if row.has_more:
        yield "", N_("This row has more cells than there are headings.")


def _kind(text: str) -> TargetKind | None:
    word = text.strip().lower()
    if not word:
        return TargetKind.OTHER
    return TargetKind(word) if word in set(TargetKind) else None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").replace("/", ",").split(",") if part.strip()]


def _as_json(draft: TargetDraft) -> dict[str, Any]:
    return {**draft.as_columns(), "checked_on": draft.checked_on.isoformat(), "reference": draft.reference}


def _from_json(row: Mapping[str, Any]) -> TargetDraft:
    values = {name: row[name] for name in TargetDraft.__dataclass_fields__ if name in row}
    return TargetDraft(
        **{**values, "kind": TargetKind(row["kind"]), "checked_on": date.fromisoformat(row["checked_on"])}
    )
