"""Counting what readers of a mailing did on our pages: numbers a day, nobody's name."""

from datetime import timedelta

from sqlalchemy import text

from campaign.kernel import clock
from campaign.kernel.db import execute_alone, session

COUNTED_DAYS = 90
"""For so long after a mailing began its links count."""

_CODES = """
SELECT code, ab_share > 0 FROM mailing WHERE state = 'approved' OR started_at > %(since)s
"""
_NOTE = text("""
INSERT INTO mailing_action (mailing_id, variant, kind, day, amount)
SELECT id, :variant, :kind, :today, :amount FROM mailing
WHERE code = :code AND started_at > :since AND (:variant = 'a' OR ab_share > 0)
ON CONFLICT (mailing_id, variant, kind, day) DO UPDATE SET amount = mailing_action.amount + excluded.amount
""")


def list_codes() -> frozenset[str]:
    """The codes that links of present mailings carry, one for each subject that is tried."""
    rows = execute_alone(_CODES, {"since": clock.now() - timedelta(days=COUNTED_DAYS)})
    return frozenset(code + variant for code, is_trial in rows for variant in (("", "b") if is_trial else ("",)))


def note(code: str, kind: str, amount: int) -> None:
    """Count something for today, in the open transaction; a code that no present mailing has counts for nothing.

    One row a day is written, so it comes last in its transaction: whoever comes at the same moment waits for it.
    """
    moment = clock.now()
    given = {
        "code": code[:8], "variant": "b" if len(code) > 8 else "a", "kind": kind, "today": moment.date(),
        "amount": amount, "since": moment - timedelta(days=COUNTED_DAYS),
    }  # fmt: skip
    session.execute(_NOTE, given)
