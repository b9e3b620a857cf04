"""Lists that leave: asked for by one person, approved by another, open to the asker for a day (SAFETY.md 13, 14)."""

import csv
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from campaign.kernel import canaries, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden
from campaign.kernel.spreadsheets import neutral

OPEN_FOR = timedelta(hours=24)
WAITS_FOR = timedelta(days=7)
RECORDS_A_PART = 2_000
MOST_PARTS = 256


class ByTwoPersons:
    """The columns of an export that one person asks for and another approves; the constraints are the table's."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    is_approved: Mapped[bool]

    @declared_attr
    def parts(cls) -> Mapped[int]:  # noqa: N805 - SQLAlchemy hands the class over
        """Into how many files it is cut, so that one fits the hourly allowance."""
        return mapped_column(SmallInteger)


Export = TypeVar("Export", bound=ByTwoPersons)


def lock_to_decide(model: type[Export], export_id: uuid.UUID, *, actor: uuid.UUID) -> Export:
    """The export under the lock of its row, if `actor` may decide on it now.

    Raises Forbidden for the asker, Conflict when it was decided or asked for too long ago.
    """
    row = session.get(model, export_id, with_for_update=True, populate_existing=True)
    if row is None or row.decided_at is not None:
        raise Conflict(N_("Somebody else has decided on this export already."))
    if row.asked_by == actor:
        raise Forbidden(N_("Who asks for an export does not approve it. A second person must."))
    if clock.now() - row.asked_at > WAITS_FOR:
        raise Conflict(N_("This was asked for more than a week ago. Let it be asked for again."))
    return row


def is_open(export: ByTwoPersons) -> bool:
    """Whether the asker may download it now."""
    return export.is_approved and export.decided_at is not None and clock.now() < export.decided_at + OPEN_FOR


def check_download(export: ByTwoPersons, part: int, *, actor: uuid.UUID) -> None:
    """Raise Forbidden for anybody but the asker, Conflict when the export is not open or has no such part."""
    if export.asked_by != actor:
        raise Forbidden(N_("Only who asked for an export may download it."))
    if not is_open(export) or not 0 <= part < export.parts:
        raise Conflict(N_("This export is not open. An approved export can be downloaded for 24 hours."))


def parts_for(count: int) -> int:
    """Into how many parts so many records are cut."""
    return min(-(-count // RECORDS_A_PART) or 1, MOST_PARTS)


Line = Sequence[str]


def with_canaries(
    lines: Iterable[Line], export: ByTwoPersons, part: int, *, expected: int, host: str
) -> Iterator[tuple[Line, str]]:  # fmt: skip
    """The lines, each with "", and between them canaries: the line before or after, with an address to put into it.

    They stand at the same places at each download, after as many of the `expected` lines as the export's key says.
    """
    traps: dict[int, list[str]] = {}
    for number, address in enumerate(canaries.canaries_of(export.id, part, host)):
        traps.setdefault(canaries.place_of(export.id, part, number, expected), []).append(address)
    line: Line = ()
    for written, line in enumerate(lines):
        yield from ((line, trap) for trap in traps.pop(written, ()))
        yield line, ""
    yield from ((line, trap) for left in traps.values() for trap in left)


def csv_lines(rows: Iterable[Line]) -> Iterator[str]:
    """Rows as lines of CSV behind a mark of UTF-8, without which Excel shows noise for Cyrillic; it runs no cell."""
    yield "\ufeff"
    for cells in rows:
        made = io.StringIO()
        csv.writer(made).writerow([neutral(cell) for cell in cells])
        yield made.getvalue()
