"""Keeping how mails of mailings ended and what came back, before the mails' own rows go."""

from datetime import datetime

from sqlalchemy import text

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.mail.batches import STOPPED
from campaign.kernel.mail.returns.follow import Returned
from campaign.kernel.mail.rows import FINAL
from campaign.mailings.models import RETURNS

_LOCK = 0x_54_41_4C_59
_ENDED = f"""
FROM mail JOIN mailing ON mailing.id = mail.batch LEFT JOIN mailing_recipient ON mailing_recipient.id = mail.ref
WHERE mail.batch IS NOT NULL AND mail.finished_at < :before
    AND mail.state IN ({", ".join(f"'{each}'" for each in sorted(FINAL))})
"""
OUTCOME_SQL = f"CASE WHEN mail.state = 'suppressed' AND mail.error = '{STOPPED}' THEN 'stopped' ELSE mail.state END"
_KEEP = text(f"""
INSERT INTO mailing_tally (mailing_id, outcome, variant, language, provider, hour, amount)
SELECT mail.batch, {OUTCOME_SQL}, coalesce(mailing_recipient.variant, 'a'), mail.language, mail.provider,
    date_trunc('hour', mail.finished_at), count(*)
{_ENDED}
GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (mailing_id, outcome, variant, language, provider, hour)
DO UPDATE SET amount = mailing_tally.amount + excluded.amount
""")
_TELL = text(f"""
UPDATE mailing_recipient SET outcome = ended.outcome
FROM (SELECT mail.ref, {OUTCOME_SQL} AS outcome {_ENDED}) AS ended
WHERE mailing_recipient.id = ended.ref
""")  # noqa: S608
_RETURNED = text("""
INSERT INTO mailing_tally (mailing_id, outcome, variant, language, provider, hour, amount)
SELECT mail.batch, :outcome, coalesce(mailing_recipient.variant, 'a'), mail.language, mail.provider,
    date_trunc('hour', CAST(:now AS timestamptz)), 1
FROM mail JOIN mailing ON mailing.id = mail.batch LEFT JOIN mailing_recipient ON mailing_recipient.id = mail.ref
WHERE mail.id = :mail
ON CONFLICT (mailing_id, outcome, variant, language, provider, hour)
DO UPDATE SET amount = mailing_tally.amount + 1
""")


def keep_endings(before: datetime) -> None:
    """Count the mails of mailings that ended before, in the open transaction, which deletes their rows afterwards.

    One at a time: a second run waits here and finds the rows gone, so that nothing is counted twice.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    session.execute(_KEEP, {"before": before})
    session.execute(_TELL, {"before": before})


def note_returned(returned: Returned) -> None:
    """Count one mail of a mailing that came back, told once for each way; one that never left counts as failed."""
    if not returned.at_door and returned.kind.value in RETURNS:
        session.execute(
            _RETURNED, {"outcome": returned.kind.value, "mail": returned.mail, "now": clock.now()}
        )  # fmt: skip
