"""A batch of rows looked at together: read, matched, compared, and given a verdict each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from campaign.kernel.errors import N_
from campaign.kernel.tables.cells import WARNING, Problems
from campaign.kernel.tables.table import looks_like_formula
from campaign.prisoners.models import PrisonerImport, RowVerdict
from campaign.prisoners.queries.imported import Known, read_known, vocabulary
from campaign.prisoners.queries.imports import list_earlier
from campaign.prisoners.service.imports.changes import list_changes
from campaign.prisoners.service.imports.match import Match, find_matches, is_same_within, match_key
from campaign.prisoners.service.imports.parse import Knowledge, parse
from campaign.prisoners.service.imports.places import Places


@dataclass(frozen=True, slots=True)
class Given:
    """One row as it came, with what somebody has corrected or confirmed since."""

    number: int
    raw: Mapping[str, str]
    edited: Mapping[str, str] = field(default_factory=dict)
    confirmed: Sequence[str] = ()
    has_more: bool = False


@dataclass(slots=True)
class Judged:
    """What came of looking at it."""

    number: int
    parsed: dict[str, Any]
    problems: Problems
    match_key: str
    verdict: RowVerdict = RowVerdict.NEW
    candidates: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    prisoner_id: uuid.UUID | None = None

    def columns(self) -> dict[str, Any]:
        """For the row in the database."""
        return {
            "parsed": self.parsed, "problems": self.problems.found, "match_key": self.match_key,
            "verdict": self.verdict.value, "candidates": self.candidates, "changes": self.changes,
            "prisoner_id": self.prisoner_id,
        }  # fmt: skip


def read_knowledge() -> Knowledge:
    """What reading rows needs from the database."""
    return Knowledge(Places.read(), vocabulary())


def evaluate(import_: PrisonerImport, rows: Sequence[Given], knowledge: Knowledge) -> list[Judged]:
    """Look at rows of one import, in the order of the file; writes nothing."""
    judged = [_read(import_.mapping, row, knowledge) for row in rows]
    whole = [each for each in judged if not each.problems.has_errors]
    _find_twins(import_.id, whole)
    singles = [each for each in whole if each.verdict is RowVerdict.NEW]
    for each, matches in zip(singles, find_matches([each.parsed for each in singles]), strict=True):
        _match(each, matches)
    known = read_known(each.prisoner_id for each in singles if each.prisoner_id)
    for each in singles:
        compare_with(each, known)
    return judged


def compare_with(judged: Judged, known: Mapping[uuid.UUID, Known]) -> None:
    """List what a row would change of the person it is matched to."""
    person = known.get(judged.prisoner_id) if judged.prisoner_id else None
    if person is not None and judged.verdict is RowVerdict.UPDATE:
        judged.changes = list_changes(person, judged.parsed, judged.problems)
        judged.verdict = RowVerdict.UPDATE if judged.changes else RowVerdict.UNCHANGED


def _read(mapping: Mapping[str, str], row: Given, knowledge: Knowledge) -> Judged:
    cells = {field_name: row.edited.get(heading, row.raw.get(heading, "")) for heading, field_name in mapping.items()}
    formulas = frozenset(name for name, text in cells.items() if looks_like_formula(text))
    parsed, problems = parse(cells, knowledge, confirmed=frozenset(row.confirmed), formulas=formulas)
    parsed.setdefault("person", {})
    if row.has_more:
        problems.add(WARNING, "", N_("There is more in this row than there are headings: a separator inside a value?"))
    judged = Judged(row.number, parsed, problems, match_key(parsed["person"]))
    if problems.has_errors:
        judged.verdict = RowVerdict.INVALID
    return judged


def _find_twins(import_id: uuid.UUID, rows: Sequence[Judged]) -> None:
    """Mark rows that name somebody whom a row above names already, in this batch or before it."""
    if not rows:
        return
    stored = list_earlier(import_id, [each.match_key for each in rows], rows[0].number)
    above: dict[str, list[tuple[int, Mapping[str, Any]]]] = {
        key: [(row.row_number, row.parsed) for row in found] for key, found in stored.items()
    }
    for each in rows:
        if not each.match_key:
            continue
        earlier = above.setdefault(each.match_key, [])
        twin = next(((number, match) for number, parsed in earlier if (match := _twin(each.parsed, parsed))), None)
        if twin is not None:
            each.verdict = RowVerdict.DUPLICATE
            each.candidates = [{"row": twin[0], "score": twin[1].score, "why": list(twin[1].why)}]
        elif len(earlier) < 20:
            earlier.append((each.number, each.parsed))


def _twin(parsed: Mapping[str, Any], other: Mapping[str, Any]) -> Match | None:
    if parsed.get("id") or other.get("id"):
        same = parsed.get("id") == other.get("id")
        return Match(100, ("id",), is_sure=True) if same else None
    return is_same_within(parsed["person"], other["person"])


def _match(judged: Judged, matches: Sequence[tuple[uuid.UUID, Match]]) -> None:
    """The verdict by the matches: one sure match is an update, anything else that is near needs a person."""
    judged.candidates = [
        {"prisoner": str(each), "score": match.score, "why": list(match.why)} for each, match in matches
    ]
    sure = [each for each, match in matches if match.is_sure]
    if len(sure) == 1:
        judged.verdict, judged.prisoner_id = RowVerdict.UPDATE, sure[0]
    elif matches:
        judged.verdict = RowVerdict.UNSURE
