"""Files of an answer as somebody scanned them: pictures become pages at once, the pages of a PDF are drawn by a job.

Drawing takes seconds and much memory, so a PDF waits for it, sealed (SAFETY.md 26: nothing of the file itself is ever
shown), and whatever is added behind it waits too, so that pages keep the order in which they were scanned.
"""

import base64
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Select, delete, select, text

from campaign.kernel import audit, clock, jobs
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.images import BadPicture, Encoded, check_file_size, read_picture
from campaign.kernel.pdf_pages import draw_pages, is_pdf
from campaign.letters.jobs import DrawScans
from campaign.letters.models import SCOPE, Reply, ReplyScan, ScanState
from campaign.letters.models.incoming import SCAN
from campaign.letters.queries.replies import count_waiting_scans, list_page_rows
from campaign.letters.service.reply_moves import UNSCREENED, locked, note
from campaign.letters.service.reply_pages import TooManyPages, check_room, draw, open_for_scans, store_pages

DAYS = 7
"""A file whose pages nobody could draw in so long is deleted."""
BATCH = 200
# Forty pages on a busy machine take longer than any other transaction may lie idle; the job's own limit bounds it.
PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = '6min'")


class Added(NamedTuple):
    """What became of some files."""

    pages: int
    """Pages that are there now."""
    waiting: int
    """Files whose pages a job draws."""


def add_files(reply_id: uuid.UUID, files: Sequence[bytes], *, actor: uuid.UUID) -> Added:
    """Add scans behind what is there, all or none. Raises BadPicture, TooManyPages, NotThatStep once screened."""
    drawn, later = _at_once(files)
    reply = open_for_scans(reply_id)
    waiting = count_waiting_scans(reply.id)
    if waiting:
        drawn, later = [], [*files]
    check_room(len(list_page_rows(reply.id)) + waiting + len(drawn) + len(later))
    if drawn:
        store_pages(reply, drawn, actor=actor)
    for raw in later:
        _keep(reply, raw, actor)
    if later:
        audit.record("reply.scan_kept", actor=actor, about=f"reply:{reply.id}", amount=len(later))
        jobs.enqueue(DrawScans(str(reply.id)))
    return Added(len(drawn), len(later))


def draw_next(reply_id: uuid.UUID) -> None:
    """Draw the file that has waited longest and put its pages behind the others; what cannot be drawn is deleted too.

    Draws before it takes the answer's lock, so that nobody waits for a PDF; then looks whether it is still wanted.
    """
    session.execute(PATIENCE)
    found = session.scalar(_waiting(reply_id).limit(1))
    if found is None or found.content_sealed is None:
        return
    drawn, problem = _drawn(base64.b64decode(SCAN.unseal(SCOPE, found.id, found.content_sealed)))
    reply = locked(reply_id)
    scan = session.get(ReplyScan, found.id, with_for_update=True, populate_existing=True)
    if scan is not None and scan.state == ScanState.WAITING:
        if reply.state not in UNSCREENED or reply.body_erased_on is not None:
            session.delete(scan)
            session.flush()
        elif problem:
            _fail(reply, scan, problem)
        else:
            _store(reply, scan, drawn)
    if count_waiting_scans(reply_id):
        jobs.enqueue(DrawScans(str(reply_id)))


def remove_file(reply_id: uuid.UUID, scan_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Delete a file that waits, or the line about one that could not be drawn; twice is once. Raises NotFound."""
    reply = locked(reply_id)
    scan = session.get(ReplyScan, scan_id, with_for_update=True, populate_existing=True)
    if scan is None:
        return
    if scan.reply_id != reply.id:
        raise NotFound
    session.delete(scan)
    session.flush()
    audit.record("reply.scan_removed", actor=actor, about=f"reply:{reply.id}")


def drop_files(reply: Reply) -> None:
    """Delete every file that waits: nobody needs its pages any more. The caller holds the answer's lock."""
    session.execute(delete(ReplyScan).where(ReplyScan.reply_id == reply.id))


def drop_old(today: date) -> int:
    """Delete files that have waited too long, and say so on the answer's page; gives how many."""
    old = (ReplyScan.state == ScanState.WAITING) & (ReplyScan.added_on <= today - timedelta(days=DAYS))
    statement = select(ReplyScan).where(old).order_by(ReplyScan.number).limit(BATCH).with_for_update(skip_locked=True)
    found = session.scalars(statement.execution_options(populate_existing=True)).all()
    for scan in found:
        _empty(scan, N_("Its pages could not be drawn within seven days. Add it again."))
    return len(found)


def _at_once(files: Sequence[bytes]) -> tuple[list[Encoded], list[bytes]]:
    """Pictures drawn, up to the first PDF; and what waits from there on, pictures among it read all the same."""
    drawn: list[Encoded] = []
    later: list[bytes] = []
    for raw in files:
        check_file_size(raw)
        if is_pdf(raw):
            later.append(raw)
        elif later:
            read_picture(raw)
            later.append(raw)
        else:
            drawn.append(draw(raw))
    return drawn, later


def _keep(reply: Reply, raw: bytes, actor: uuid.UUID) -> None:
    keyring.ensure(SCOPE)
    row = uuid.uuid4()
    scan = ReplyScan(
        id=row, reply_id=reply.id, state=ScanState.WAITING, added_by=actor, added_on=clock.today(),
        content_sealed=SCAN.seal(SCOPE, row, base64.b64encode(raw).decode()),
    )  # fmt: skip
    session.add(scan)
    session.flush()


def _waiting(reply_id: uuid.UUID) -> Select[ReplyScan]:
    mine = select(ReplyScan).where(ReplyScan.reply_id == reply_id, ReplyScan.state == ScanState.WAITING)
    return mine.order_by(ReplyScan.number).execution_options(populate_existing=True)


def _drawn(raw: bytes) -> tuple[list[Encoded], str]:
    """Its pages as they are stored, or why there are none."""
    try:
        drawn = [draw(each) for each in (draw_pages(raw) if is_pdf(raw) else [raw])]
    except BadPicture as problem:
        return [], problem.message
    return drawn, "" if drawn else N_("This PDF has no pages.")


def _store(reply: Reply, scan: ReplyScan, drawn: Sequence[Encoded]) -> None:
    try:
        store_pages(reply, drawn, actor=scan.added_by)
    except TooManyPages as problem:
        _fail(reply, scan, problem.message)
    else:
        session.delete(scan)
        session.flush()


def _fail(reply: Reply, scan: ReplyScan, problem: str) -> None:
    _empty(scan, problem)
    note(reply, "scan_failed", actor=scan.added_by)


def _empty(scan: ReplyScan, problem: str) -> None:
    scan.state, scan.content_sealed, scan.problem = ScanState.FAILED, None, problem
    session.flush()
