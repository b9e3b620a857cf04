"""How many automatic mails one person gets a day: MOST_A_DAY, and what is above waits for the next day.

Only kinds that say so (`MailKind.counts`) count and wait: never what answers somebody's own act of a moment ago, nor
what warns in time. Nobody's address is kept: rows are found by an index under the key of the day, each mail by a mark
under the same key, so that trying again does not count twice. The rows go the day after, the key with the quota's.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ARRAY, CheckConstraint, LargeBinary, delete
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import clock
from campaign.kernel.addresses import canonical_address
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import SUPPORTER, Base, execute_alone, session
from campaign.kernel.mail.quota import open_day
from campaign.kernel.mail.rows import EXPIRES_AFTER, Claim

MOST_A_DAY = 5
NEXT_HOUR = time(6, tzinfo=UTC)
"""When what had to wait is due on its next day: nine in the morning in Moscow, eight in Berlin."""
MARK_BYTES = 8


class MailShare(Base):
    """Which mails of a day counted for an address, unknown by name."""

    __tablename__ = "mail_share"
    __table_args__ = (
        CheckConstraint(f"cardinality(marks) BETWEEN 1 AND {MOST_A_DAY}", name="marks_in_range"),
        {"info": SUPPORTER},
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    marks: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))


_TAKE = """
    INSERT INTO mail_share AS share (day, address_index, marks)
    SELECT %(day)s, found.address_index, ARRAY[found.mark]
    FROM unnest(%(indexes)s::bytea[], %(marks)s::bytea[]) AS found (address_index, mark)
    ORDER BY found.address_index
    ON CONFLICT (day, address_index) DO UPDATE
    SET marks = CASE WHEN share.marks @> EXCLUDED.marks THEN share.marks ELSE share.marks || EXCLUDED.marks END
    WHERE cardinality(share.marks) < %(most)s OR share.marks @> EXCLUDED.marks
    RETURNING address_index
"""


def take_shares(recipients: Mapping[uuid.UUID, str]) -> set[uuid.UUID]:
    """Count these mails for the day; gives those that may leave today.

    By mail's row the address it goes to. One statement, and one more for each further mail to an address among them.
    """
    today = clock.today()
    scope = open_day(today)
    waiting = {row: blind_index(scope, canonical_address(address)) for row, address in recipients.items()}
    marks = {row: keyring.digest(scope, "mail-mark", row.bytes)[:MARK_BYTES] for row in waiting}
    free: set[uuid.UUID] = set()
    while waiting:
        turn = {index: row for row, index in reversed(waiting.items())}
        values = {
            "day": today, "most": MOST_A_DAY, "indexes": list(turn), "marks": [marks[row] for row in turn.values()],
        }  # fmt: skip
        free |= {turn[bytes(index)] for (index,) in execute_alone(_TAKE, values)}
        for row in turn.values():
            del waiting[row]
    return free


_PUT_OFF = """
    UPDATE mail SET state = 'retry', due_at = %(due_at)s, expires_at = greatest(expires_at, %(expires_at)s),
        lease_until = NULL, error = 'share-used', attempts = %(keep)s
    WHERE id = %(id)s AND state = 'claimed' AND attempts = %(attempts)s
"""


def put_off(claim: Claim) -> None:
    """Give an untried claim back until the next day; its time begins then, so that waiting loses no mail."""
    due_at = datetime.combine(clock.today() + timedelta(days=1), NEXT_HOUR)
    values = {
        "id": claim.id, "attempts": claim.attempts, "keep": max(claim.attempts - 1, 0), "due_at": due_at,
        "expires_at": due_at + EXPIRES_AFTER,
    }  # fmt: skip
    execute_alone(_PUT_OFF, values)


def forget_shares(today: date) -> int:
    """Delete the rows of days that are over; gives how many."""
    gone = delete(MailShare).where(MailShare.day < today).returning(MailShare.day)
    return len(session.execute(gone).all())
