"""The lines of a run as they leave the house: audited, and read in pages."""

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from campaign.kernel import audit
from campaign.kernel.db import end_read, session
from campaign.penpals.queries.matching import get_run, lines

PAGE = 500


def begin_download(run_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Audit a download before its first byte leaves. Raises NotFound."""
    run = get_run(run_id)
    audit.record("matching.exported", actor=actor, about=f"match_run:{run.id}")


def rows_of(run_id: uuid.UUID) -> Iterator[Row[*tuple[Any, ...]]]:
    """Every line with whom it is about, in pages between which nothing is held open."""
    first = 0
    while page := session.execute(lines(run_id).limit(PAGE).offset(first)).all():
        end_read()
        yield from page
        first += len(page)
