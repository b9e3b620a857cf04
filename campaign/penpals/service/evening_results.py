"""What came of a letter evening, by the codes on its cards: read line by line, recorded all at once or not at all."""

import csv
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from campaign.activities.service.events import mark_held
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.penpals.models import AttentionSource, Counted, EveningState, Reservation, ReservationState
from campaign.penpals.queries import evenings as queries
from campaign.penpals.queries.evenings import Planned, get_evening
from campaign.penpals.service import attention, posted
from campaign.penpals.service.codes import BadCode, read_code
from campaign.penpals.service.evenings import NotPossible

MOST_LINES = 1000


class Result(StrEnum):
    """What became of one card."""

    WRITTEN = "written"
    NOT_WRITTEN = "not_written"
    TAKEN_HOME = "taken_home"


WORDS = {
    Result.WRITTEN: ("", "written", "yes", "y", "+", "w", "написано", "да", "geschrieben", "ja"),
    Result.NOT_WRITTEN: ("not written", "not_written", "no", "n", "-", "не написано", "нет", "nicht geschrieben"),
    Result.TAKEN_HOME: ("taken home", "taken_home", "home", "h", "взято домой", "домой", "mitgenommen", "zu hause"),
}  # fmt: skip
_RESULT_OF = {word: result for result, words in WORDS.items() for word in words}
_HEADINGS = frozenset({"code", "код"})
STATE_OF = {
    Result.WRITTEN: ReservationState.WRITTEN,
    Result.NOT_WRITTEN: ReservationState.RELEASED,
    Result.TAKEN_HOME: ReservationState.LIVE,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line that was typed, with what it means or what is wrong with it."""

    number: int
    text: str
    code: str = ""
    result: Result = Result.WRITTEN
    problem: str = ""
    """Marked with N_; empty where nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording did."""

    changed: int
    unchanged: int
    """Lines that said what is recorded already."""
    released: int
    """Those of whom the list said nothing, and who were given back."""


class TooManyLines(DomainError):
    """More than an evening can have."""


def read_lines(event_id: uuid.UUID, typed: str) -> list[Line]:
    """Read a list of codes, each with an optional result after a tab, comma, semicolon or space; a CSV file as well.

    Every line is checked against this evening: what is wrong stands with the line. Empty lines and a line of headings
    are passed over. Raises TooManyLines.
    """
    rows = [(number, text) for number, text in enumerate(typed.splitlines(), start=1) if text.strip(" \t,;\ufeff")]
    if len(rows) > MOST_LINES:
        raise TooManyLines(N_("More than 1,000 lines are not read at once."))
    read = [_read(number, text) for number, text in rows if not (number == 1 and _is_heading(text))]
    known = queries.find_by_codes([each.code for each in read if each.code])
    seen: dict[str, int] = {}
    return [_checked(each, event_id, known, seen) for each in read]


def record(
    event_id: uuid.UUID, lines: Iterable[Line], *, is_whole: bool, actor: uuid.UUID
) -> Recorded:  # fmt: skip
    """Record what the lines without a problem say; the evening counts as held.

    With `is_whole`, everybody still held of whom nothing was said is given back, and the evening is recorded; from
    then on a later list changes only whom it names, so that cards taken home stay held until their time is over. The
    same list twice changes nothing. Raises NotPossible before the evening's day or when it was called off.
    """
    planned = _held_evening(event_id, actor=actor)
    evening, wanted = planned.evening, {each.code: each.result for each in lines if not each.problem}
    mine = {each.code: each for each in queries.list_reservations(event_id, lock=True)}
    listed = [(mine[code], result) for code, result in wanted.items() if code in mine]
    first_time = evening.state != EveningState.RECORDED
    changed = [(row, result) for row, result in listed if not _is_so(row, result, is_news=first_time)]
    for result in Result:
        _set(planned, [row for row, given in changed if given == result], result)
    silent = [row for code, row in mine.items() if row.state == ReservationState.LIVE and code not in wanted]
    silent = silent if is_whole and first_time else []
    _set(planned, silent, Result.NOT_WRITTEN)
    if is_whole and first_time:
        evening.state, evening.recorded_on = EveningState.RECORDED, clock.today()
    session.flush()
    if changed or silent or (is_whole and first_time):
        audit.record("evening.record", actor=actor, about=f"event:{event_id}", amount=len(changed) + len(silent))
    return Recorded(len(changed), len(listed) - len(changed), len(silent))


def undo_line(event_id: uuid.UUID, reservation_id: uuid.UUID, *, actor: uuid.UUID) -> Reservation:
    """Take back what was recorded for one card: it is held again, or over if its time has run out.

    Raises NotPossible when nothing is recorded for it (any more).
    """
    planned = get_evening(event_id, lock=True)
    row = session.get(Reservation, reservation_id, with_for_update=True, populate_existing=True)
    done = {ReservationState.WRITTEN, ReservationState.RELEASED}
    if row is None or row.evening_id != planned.event.id or row.state not in done:
        raise NotPossible(N_("Nothing is recorded for this card."))
    if row.state == ReservationState.RELEASED and row.expires_at <= clock.now():
        raise NotPossible(N_("Its time is over, so it is not held again. A letter can still be recorded by its code."))
    posted.forget_codes([row])
    row.written_on = None
    if row.expires_at > clock.now():
        _hold(row)
    else:
        row.state = ReservationState.EXPIRED
    session.flush()
    audit.record("evening.undo", actor=actor, about=f"event:{event_id}")
    return row


def _held_evening(event_id: uuid.UUID, *, actor: uuid.UUID) -> Planned:
    planned = get_evening(event_id, lock=True)
    if planned.evening.state == EveningState.CANCELLED:
        raise NotPossible(N_("This evening was called off."))
    if planned.event.held_on > clock.today():
        raise NotPossible(N_("This evening is still ahead. What came of it is recorded on its day or afterwards."))
    mark_held(planned.event, actor=actor)
    return planned


def _is_heading(text: str) -> bool:
    return _cells(text)[0].casefold() in _HEADINGS


def _cells(text: str) -> list[str]:
    mark = next((each for each in "\t;," if each in text), None)
    cells = next(csv.reader([text.strip("\ufeff")], delimiter=mark)) if mark else [text]
    return [cell.strip() for cell in cells]


def _read(number: int, text: str) -> Line:
    shown = text.strip()[:100]
    cells = _cells(text)
    words = " ".join(cells[1:]).strip()
    code, words = (cells[0], words) if len(cells) > 1 else _split(cells[0])
    result = _RESULT_OF.get(re.sub(r"\s+", " ", words).casefold().strip('"'))
    if result is None:
        return Line(
            number, shown, problem=N_("What stands after the code is none of: written, not written, taken home.")
        )
    try:
        return Line(number, shown, read_code(code), result)
    except BadCode as problem:
        return Line(number, shown, problem=problem.message)


def _split(text: str) -> tuple[str, str]:
    """A code that may itself hold spaces, and the words after it."""
    for word in sorted(_RESULT_OF, key=len, reverse=True):
        if word and re.search(rf"\s{re.escape(word)}\s*$", text, re.IGNORECASE):
            head = text.rstrip()[: -len(word)].rstrip()
            if _looks_whole(head):
                return head, word
    return text, ""


def _looks_whole(text: str) -> bool:
    try:
        read_code(text)
    except BadCode:
        return sum(each.isalnum() for each in text) >= 10
    return True


def _checked(line: Line, event_id: uuid.UUID, known: dict[str, Reservation], seen: dict[str, int]) -> Line:
    if line.problem:
        return line
    row = known.get(line.code)
    if row is None:
        problem = N_("No card has this code. Compare it with the paper once more.")
    elif row.evening_id != event_id:
        problem = N_("This code belongs to no card of this evening.")
    elif line.code in seen:
        problem = N_("This code stands in the list twice.")
    else:
        seen[line.code] = line.number
        return line
    return Line(line.number, line.text, line.code, line.result, problem)


def _is_so(row: Reservation, result: Result, *, is_news: bool) -> bool:
    """Whether this is recorded already; of a card that is held, that it was taken home is news until the evening is."""
    if result is Result.TAKEN_HOME and is_news:
        return False
    gone = {ReservationState.RELEASED, ReservationState.EXPIRED}
    return row.state == STATE_OF[result] or (result is Result.NOT_WRITTEN and row.state in gone)


def _set(planned: Planned, rows: Sequence[Reservation], result: Result) -> None:
    ids, day = [row.id for row in rows], planned.event.held_on
    if result is Result.TAKEN_HOME:
        posted.forget_codes(rows)
        for row in rows:
            _hold(row)
        return
    attention.forget_many(AttentionSource.RESERVATION, ids)
    if result is Result.NOT_WRITTEN:
        posted.forget_codes(rows)
    for row in rows:
        row.state = STATE_OF[result]
        row.written_on = day if result is Result.WRITTEN else None
    if result is Result.WRITTEN:
        posted.record_codes(rows, day)


def _hold(row: Reservation) -> None:
    """Held until its time is over; what is over already is not held again."""
    row.written_on = None
    if row.expires_at <= clock.now():
        row.state = ReservationState.EXPIRED
        return
    row.state = ReservationState.LIVE
    attention.record(
        row.prisoner_id, AttentionSource.RESERVATION, row.id, Counted.RESERVED, clock.today(), row.expires_at
    )
