"""Codes of campaigns: made, ended, and what counts by them."""

import secrets
import string
import uuid

from sqlalchemy import func, select, text

from campaign.kernel import audit, clock
from campaign.kernel.arrivals import known_codes
from campaign.kernel.db import after_commit, execute_alone, session
from campaign.kernel.errors import N_, DomainError
from campaign.sharing.models import ShareCode

MOST_OPEN = 200
"""They are held in memory by every process that answers visitors."""

_CODES = "SELECT code FROM share_code WHERE ended_on IS NULL"
_NOTE = text("""
INSERT INTO share_act (code_id, kind, day, amount)
SELECT id, :kind, :today, :amount FROM share_code WHERE code = :code AND ended_on IS NULL
ON CONFLICT (code_id, kind, day) DO UPDATE SET amount = share_act.amount + excluded.amount
""")


class TooMany(DomainError):
    """There are as many codes as may be."""


def make_code(name: str, *, actor: uuid.UUID | None) -> ShareCode:
    """Make a code for a campaign; raises TooMany."""
    in_use = select(func.count()).select_from(ShareCode).where(ShareCode.ended_on.is_(None))
    if (session.scalar(in_use) or 0) >= MOST_OPEN:
        raise TooMany(N_("There are 200 codes in use. End one first."))
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(8))
    made = ShareCode(id=uuid.uuid4(), code=letters, name=name, made_by=actor, made_on=clock.today())
    session.add(made)
    session.flush()
    audit.record("sharing.code_made", actor=actor, about=f"share_code:{made.id}", reason=name)
    after_commit(known_codes.forget)
    return made


def end_code(code: ShareCode, *, actor: uuid.UUID | None) -> None:
    """Let a code count no more; its links go on leading to our pages. Doing it twice changes nothing more."""
    if code.ended_on is None:
        code.ended_on = clock.today()
        session.flush()
        audit.record("sharing.code_ended", actor=actor, about=f"share_code:{code.id}")
        after_commit(known_codes.forget)


def list_codes() -> frozenset[str]:
    """The codes in use."""
    return frozenset(code for (code,) in execute_alone(_CODES, {}))


def note(code: str, kind: str, amount: int) -> None:
    """Count something for today, in the open transaction; a code that is not in use counts for nothing."""
    given = {"code": code, "kind": kind, "today": clock.today(), "amount": amount}
    session.execute(_NOTE, given)
