"""Reads of imports: whom a row may mean, what the file said before, and how far a run is."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, Uuid, any_, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import undefer

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import (
    Facility,
    FacilityAddress,
    Prisoner,
    PrisonerImport,
    PrisonerImportRow,
    RowOutcome,
    RowVerdict,
)

MOST_NAMESAKES, MOST_NEAR = 80, 12
NAMES_A_QUERY = 100


class PlaceLine(NamedTuple):
    """What finding a facility needs of it."""

    id: uuid.UUID
    code: str
    code_key: str
    names: tuple[str, str]
    kind: str
    region: str
    postal_index: str

    @property
    def label(self) -> str:
        """As staff call it."""
        return self.code or self.names[0]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What comparing a row with somebody needs of them."""

    id: uuid.UUID
    slug: str
    last_ru: str
    first_ru: str
    patronymic_ru: str
    last_latin: str
    first_latin: str
    aliases: tuple[str, ...]
    born_on: date | None
    born_precision: str | None

    @property
    def label(self) -> str:
        """Name and year of birth."""
        name = " ".join(filter(None, (self.last_ru, self.first_ru, self.patronymic_ru)))
        name = name or f"{self.first_latin} {self.last_latin}".strip()
        return f"{name}, {self.born_on.year}" if self.born_on else name


_COLUMNS = (
    Prisoner.id, Prisoner.slug, Prisoner.last_ru, Prisoner.first_ru, Prisoner.patronymic_ru, Prisoner.last_latin,
    Prisoner.first_latin, Prisoner.aliases.cast(Text), Prisoner.born_on, Prisoner.born_precision,
)  # fmt: skip
# Whoever has all trigrams of the last name and the initial; then, since one slip of the pen spoils one half of a name
# at most, whoever has the other half. Each is answered by the index; comparing exactly is left to the caller.
_NEAR = text(
    """
    SELECT wanted.place, near.prisoner_id
    FROM unnest(CAST(:whole AS text[]), CAST(:heads AS text[]), CAST(:tails AS text[]))
        WITH ORDINALITY AS wanted(whole, head, tail, place)
    CROSS JOIN LATERAL (
        (SELECT prisoner_id FROM prisoner_search WHERE grams @> string_to_array(wanted.whole, '|') LIMIT :most)
        UNION ALL
        (SELECT prisoner_id FROM prisoner_search WHERE grams @> string_to_array(wanted.head, '|') LIMIT :near)
        UNION ALL
        (SELECT prisoner_id FROM prisoner_search WHERE grams @> string_to_array(wanted.tail, '|') LIMIT :near)
    ) AS near
    """
).bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("whole", "heads", "tails")))


def list_places() -> Sequence[PlaceLine]:
    """Every facility with the index of its present address."""
    present = (FacilityAddress.facility_id == Facility.id) & FacilityAddress.until_on.is_(None)
    columns = (
        Facility.id, Facility.code, Facility.code_key, Facility.name_ru, Facility.name_latin, Facility.kind,
        Facility.region, FacilityAddress.postal_index,
    )  # fmt: skip
    statement = select(*columns).outerjoin(FacilityAddress, present).order_by(Facility.code_key, Facility.id)
    return [
        PlaceLine(each.id, each.code, each.code_key, (each.name_ru, each.name_latin), each.kind, each.region,
                  each.postal_index or "")
        for each in session.execute(statement)
    ]  # fmt: skip


def find_near(names: Sequence[tuple[str, str, str]]) -> list[list[uuid.UUID]]:
    """For each name, given as trigrams joined by "|" (all of them, its first half, its second): people with a like one.

    Those who have all of it come first, so that a common half crowds nobody out.
    """
    found: list[list[uuid.UUID]] = [[] for _ in names]
    if names:
        # With so few rows a table is read through, once for each name; the index is what this query is made for.
        session.execute(text("SET LOCAL enable_seqscan = off"))
        for start in range(0, len(names), NAMES_A_QUERY):
            whole, heads, tails = (list(side) for side in zip(*names[start : start + NAMES_A_QUERY], strict=True))
            values = {"whole": whole, "heads": heads, "tails": tails, "most": MOST_NAMESAKES, "near": MOST_NEAR}
            for place, prisoner_id in session.execute(_NEAR, values).all():
                found[start + place - 1].append(prisoner_id)
        session.execute(text("SET LOCAL enable_seqscan = on"))
    return found


def list_candidates(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Candidate]:
    """People to compare with, by id; thousands at once, so they come as one parameter and hardly parsed."""
    if not ids:
        return {}
    wanted = bindparam("ids", list(set(ids)), type_=ARRAY(Uuid))
    found = session.execute(select(*_COLUMNS).where(Prisoner.id == any_(wanted))).all()
    return {row[0]: Candidate(*row[:7], _aliases(row[7]), *row[8:]) for row in found}  # type: ignore[call-arg]


def _aliases(text_of_list: str) -> tuple[str, ...]:
    """Most people have none, which needs no JSON to tell."""
    return () if text_of_list == "[]" else tuple(json.loads(text_of_list))


def list_born_on(days: Sequence[date]) -> dict[date, list[uuid.UUID]]:
    """Who was born on one of these very days: people whose last name changed are found by it."""
    found: dict[date, list[uuid.UUID]] = {}
    if days:
        statement = select(Prisoner.born_on, Prisoner.id)
        exact = statement.where(Prisoner.born_on.in_(set(days)), Prisoner.born_precision == "day")
        for day, prisoner_id in session.execute(exact):
            if day is not None:
                found.setdefault(day, []).append(prisoner_id)
    return found


def list_ids_of_slugs(slugs: Sequence[str]) -> dict[str, uuid.UUID]:
    """Ids of people by the last part of their addresses."""
    if not slugs:
        return {}
    found = session.execute(select(Prisoner.slug, Prisoner.id).where(Prisoner.slug.in_(slugs))).all()
    return {row.slug: row.id for row in found}


def list_earlier(import_id: uuid.UUID, keys: Sequence[str], before: int) -> dict[str, list[PrisonerImportRow]]:
    """Rows above `before` of the same import that may name the same people, a few for each key."""
    rank = func.row_number().over(partition_by=PrisonerImportRow.match_key, order_by=PrisonerImportRow.row_number)
    ranked = (
        select(PrisonerImportRow.id, rank.label("rank"))
        .where(
            PrisonerImportRow.import_id == import_id,
            PrisonerImportRow.match_key.in_(set(keys) - {""}),
            PrisonerImportRow.row_number < before,
            PrisonerImportRow.verdict.not_in([RowVerdict.INVALID, RowVerdict.DUPLICATE, RowVerdict.SKIP]),
        )
        .subquery()
    )
    statement = select(PrisonerImportRow).join(ranked, ranked.c.id == PrisonerImportRow.id)
    found: dict[str, list[PrisonerImportRow]] = {}
    for row in session.scalars(statement.where(ranked.c.rank <= 20).order_by(PrisonerImportRow.row_number)):
        found.setdefault(row.match_key, []).append(row)
    return found


def get_import(import_id: uuid.UUID, *, locked: bool = False, with_content: bool = False) -> PrisonerImport:
    """One import; raises NotFound."""
    statement = select(PrisonerImport).where(PrisonerImport.id == import_id)
    if locked:
        statement = statement.with_for_update()
    if with_content:
        statement = statement.options(undefer(PrisonerImport.content))
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def find_import_of(digest: str) -> PrisonerImport | None:
    """The last import of the very same file that has not been taken back or given up."""
    over = ("reverted", "cancelled", "failed")
    statement = select(PrisonerImport).where(
        PrisonerImport.file_digest == digest, PrisonerImport.state.not_in(over)
    )  # fmt: skip
    return session.scalars(statement.order_by(PrisonerImport.made_at.desc()).limit(1)).first()


def imports() -> Select[PrisonerImport]:
    """Every import, the newest first."""
    return select(PrisonerImport).order_by(PrisonerImport.made_at.desc())


def rows(
    import_id: uuid.UUID, *, verdict: str = "", outcome: str = "", field: str = "", words: str = ""
) -> Select[Any]:
    """Rows of one import in the file's order, narrowed by verdict, outcome, a field with a problem, and words."""
    statement = select(PrisonerImportRow).where(PrisonerImportRow.import_id == import_id)
    if verdict:
        statement = statement.where(PrisonerImportRow.verdict == verdict)
    if outcome:
        statement = statement.where(PrisonerImportRow.outcome == outcome)
    if field:
        statement = statement.where(PrisonerImportRow.problems.contains([{"field": field}]))
    if words:
        matches = [column.cast(Text).icontains(words, autoescape=True)
                   for column in (PrisonerImportRow.raw, PrisonerImportRow.edited)]  # fmt: skip
        statement = statement.where(or_(*matches))
    return statement.order_by(PrisonerImportRow.row_number)


def get_row(import_id: uuid.UUID, number: int, *, locked: bool = False) -> PrisonerImportRow:
    """One row by its number; raises NotFound."""
    statement = select(PrisonerImportRow).where(
        PrisonerImportRow.import_id == import_id, PrisonerImportRow.row_number == number
    )
    found = session.scalar(statement.with_for_update() if locked else statement)
    if found is None:
        raise NotFound
    return found


def count_verdicts(import_id: uuid.UUID) -> dict[str, int]:
    """How many rows have each verdict."""
    return _count(import_id, PrisonerImportRow.verdict)


def count_outcomes(import_id: uuid.UUID) -> dict[str, int]:
    """How many rows have each outcome; those without one stand under the empty word."""
    return _count(import_id, PrisonerImportRow.outcome)


def count_problems(import_id: uuid.UUID) -> list[tuple[str, str, int]]:
    """How often each field has problems, as (field, level, rows), the most first."""
    problem = func.jsonb_array_elements(PrisonerImportRow.problems).table_valued("value")
    name, level = problem.c.value.op("->>")("field"), problem.c.value.op("->>")("level")
    statement = (
        select(name, level, func.count(PrisonerImportRow.id.distinct()))
        .select_from(PrisonerImportRow)
        .join(problem, text("true"))
        .where(PrisonerImportRow.import_id == import_id)
        .group_by(name, level)
        .order_by(func.count().desc(), name)
    )
    return [(field, severity, int(count)) for field, severity, count in session.execute(statement)]


def count_changes(import_id: uuid.UUID) -> list[tuple[str, int]]:
    """How many rows would change each field of people who are known already, the most first."""
    change = func.jsonb_array_elements(PrisonerImportRow.changes).table_valued("value")
    name = change.c.value.op("->>")("field")
    statement = (
        select(name, func.count())
        .select_from(PrisonerImportRow)
        .join(change, text("true"))
        .where(PrisonerImportRow.import_id == import_id, PrisonerImportRow.verdict == RowVerdict.UPDATE)
        .group_by(name)
        .order_by(func.count().desc(), name)
    )
    return [(field, int(count)) for field, count in session.execute(statement)]


def count_waiting(actor: uuid.UUID) -> int:
    """Changes of published people that this person may look at as the second."""
    statement = (
        select(func.count())
        .select_from(PrisonerImportRow)
        .join(PrisonerImport, PrisonerImport.id == PrisonerImportRow.import_id)
        .where(PrisonerImportRow.outcome == RowOutcome.WAITS, PrisonerImport.applied_by != actor)
    )
    return session.scalar(statement) or 0


def _count(import_id: uuid.UUID, column: Any) -> dict[str, int]:
    statement = select(column, func.count()).where(PrisonerImportRow.import_id == import_id).group_by(column)
    return {value: int(count) for value, count in session.execute(statement)}
