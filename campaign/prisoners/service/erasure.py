"""Erasing somebody entirely, because the person or the family asks: two persons, and nothing is left but a number.

What stays names nobody: the audit's lines about an id, and the withdrawal by which copies of the site know what to take
down and a restored backup what not to bring back.
"""

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.registry import PersonEraser, person_erasers
from campaign.prisoners.models import (
    ErasureRequest,
    Fact,
    Prisoner,
    PrisonerImportRow,
    PrisonerState,
    RowVerdict,
    Withdrawal,
)
from campaign.prisoners.service.gone import remember_withdrawal
from campaign.prisoners.service.situation import lock_prisoner

LAPSES_AFTER = timedelta(days=30)
# Whatever a file said of the person, also in rows that were applied long ago.
_BLANK: dict[str, Any] = {
    "raw": {},
    "edited": {},
    "parsed": {},
    "before": {},
    "problems": [],
    "candidates": [],
    "changes": [],
}


class SecondPersonNeeded(DomainError):
    """Whoever asks does not do it."""


class WrongName(DomainError):
    """What was typed is not the name of the person."""


def ask_erasure(prisoner: Prisoner, reason: str, *, actor: uuid.UUID) -> ErasureRequest:
    """Ask that somebody be erased. Raises Conflict where it is asked for already."""
    lock_prisoner(prisoner.id)
    if session.get(ErasureRequest, prisoner.id) is not None:
        raise Conflict(N_("Somebody has asked for this already."))
    request = ErasureRequest(prisoner_id=prisoner.id, asked_by=actor, asked_on=clock.today(), reason=reason)
    session.add(request)
    session.flush()
    audit.record("prisoner.erasure_asked", actor=actor, about=f"prisoner:{prisoner.id}", reason=reason)
    return request


def drop_erasure(prisoner: Prisoner, *, actor: uuid.UUID) -> None:
    """Take the request back, or refuse it; twice changes nothing more."""
    request = session.get(ErasureRequest, prisoner.id)
    if request is not None:
        session.delete(request)
        session.flush()
        audit.record("prisoner.erasure_dropped", actor=actor, about=f"prisoner:{prisoner.id}")


def erase_prisoner(prisoner: Prisoner, typed_name: str, *, actor: uuid.UUID) -> None:
    """Delete a person and all that belongs to them, for good.

    Raises NotFound where nobody asked, SecondPersonNeeded for whoever did, and WrongName.
    """
    lock_prisoner(prisoner.id)
    request = session.get(ErasureRequest, prisoner.id)
    if request is None:
        raise NotFound
    if request.asked_by == actor:
        raise SecondPersonNeeded(N_("You asked for it; somebody else has to do it."))
    if not _is_name(prisoner, typed_name):
        raise WrongName(N_("This is not the name of the person. Nothing was erased."))
    was_public = prisoner.state == PrisonerState.PUBLISHED or prisoner.withdrawn_on is not None
    remember_withdrawal(prisoner, is_erased=True)
    rows = erase_rows(prisoner.id)
    audit.record(
        "prisoner.erased", actor=actor, about=f"prisoner:{prisoner.id}", amount=rows,
        reason="was public" if was_public else "",
    )  # fmt: skip


def erase_rows(prisoner_id: uuid.UUID) -> int:
    """Delete what every feature holds about a person, then the person; gives how many rows, those of the database's own
    cascade not counted."""
    rows = sum(each.erase(prisoner_id) for each in person_erasers)
    session.execute(delete(Prisoner).where(Prisoner.id == prisoner_id))
    session.expire_all()
    return rows + 1


def forget_requests(today: date) -> int:
    """Drop requests that nobody has acted on for thirty days; gives how many."""
    old = delete(ErasureRequest).where(ErasureRequest.asked_on <= today - LAPSES_AFTER)
    return len(session.execute(old.returning(ErasureRequest.prisoner_id)).all())


def set_right() -> None:
    """After a restore: what was withdrawn or erased since the backup is so again. Safe to repeat."""
    back = select(Prisoner, Withdrawal).join(Withdrawal, Withdrawal.prisoner_id == Prisoner.id)
    for prisoner, withdrawal in session.execute(back).all():
        if withdrawal.is_erased:
            erase_rows(prisoner.id)
        elif prisoner.state == PrisonerState.PUBLISHED:
            prisoner.state, prisoner.publisher_id = PrisonerState.HIDDEN, None
            prisoner.withdrawn_on = withdrawal.since_on
    session.flush()


def _is_name(prisoner: Prisoner, typed: str) -> bool:
    names = {prisoner.full_name_ru, prisoner.name_in("ru"), prisoner.name_in("en")}
    return " ".join(typed.split()).casefold() in {name.casefold() for name in names if name}


def _count_facts(prisoner_id: uuid.UUID) -> int:
    return session.scalar(select(func.count()).select_from(Fact).where(Fact.prisoner_id == prisoner_id)) or 0


def _erase_facts(prisoner_id: uuid.UUID) -> int:
    gone = delete(Fact).where(Fact.prisoner_id == prisoner_id).returning(Fact.id)
    return len(session.execute(gone).all())


def _count_import_rows(prisoner_id: uuid.UUID) -> int:
    mine = PrisonerImportRow.prisoner_id == prisoner_id
    return session.scalar(select(func.count()).select_from(PrisonerImportRow).where(mine)) or 0


def _blank_import_rows(prisoner_id: uuid.UUID) -> int:
    blanked = (
        update(PrisonerImportRow)
        .where(PrisonerImportRow.prisoner_id == prisoner_id)
        .values(match_key="", verdict=RowVerdict.SKIP, **_BLANK)
        .returning(PrisonerImportRow.id)
    )
    return len(session.execute(blanked).all())


FACTS = PersonEraser(N_("Facts with their history and sources: %(count)s"), _count_facts, _erase_facts)
IMPORT_ROWS = PersonEraser(N_("Rows of imported files, emptied: %(count)s"), _count_import_rows, _blank_import_rows)
