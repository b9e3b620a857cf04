"""What becomes of quarantined signatures: a group is released, and its mails are owed, or it is discarded."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import delete, select, text

from campaign.kernel import audit, clock, jobs
from campaign.kernel.addresses import canonical_address
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.errors import KeyDestroyed
from campaign.kernel.db import session
from campaign.kernel.doorbell import press_after_commit
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.mail.quota import MAILS_A_DAY, open_day
from campaign.kernel.mail.rows import EXPIRES_AFTER, Lane, dedupe_key
from campaign.kernel.mail.suppression import index_of_canonical
from campaign.petitions.models import Petition, PetitionState, petition_scope
from campaign.signatures.jobs import ReleaseQuarantined
from campaign.signatures.models import EMAIL, Signature
from campaign.signatures.queries.staff import QUARANTINED, Criteria, count_by_state

BATCH = 500


def release_group(
    petition: Petition, group: Criteria, *, actor: uuid.UUID, reason: str
) -> int:  # fmt: skip
    """Take a group (one day, mark and country) out of quarantine; gives how many. Their mails leave in the background.

    Raises Conflict when the petition collects no signatures, so that nobody is mailed a link that leads nowhere, or
    when nothing of the group is left.
    """
    if petition.state not in {PetitionState.OPEN, PetitionState.PAUSED}:
        raise Conflict(N_("The petition is closed, so nobody could confirm any more. These can only be discarded."))
    count = _count(petition.id, group)
    _note("signatures.released", petition.id, count, actor, reason)
    jobs.enqueue(
        ReleaseQuarantined(
            str(petition.id), str(group.day_from), group.mail_domain or "", group.country or "", left=count
        )
    )
    return count


def discard_group(petition: Petition, group: Criteria, *, actor: uuid.UUID, reason: str) -> int:
    """Delete a quarantined group; gives how many. Its addresses may sign again. Raises Conflict when none is left."""
    _count(petition.id, group)
    found = delete(Signature).where(*_quarantined(group).conditions(petition.id)).returning(Signature.id)
    gone = len(session.execute(found).all())
    _note("signatures.discarded", petition.id, gone, actor, reason)
    return gone


# The quota, the suppression list and the mails that are owed already are asked inside the statement, as in signing:
# any number of these and of signings at once give an address three mails a day and no more.
_RELEASE = text("""
WITH chosen AS (
    SELECT * FROM unnest(
        CAST(:buckets AS smallint[]), CAST(:ids AS uuid[]), CAST(:mails AS uuid[]), CAST(:keys AS bytea[]),
        CAST(:suppressions AS bytea[]), CAST(:days AS bytea[])
    ) AS given (bucket, id, mail, dedupe_key, suppression_index, day_index)
), released AS (
    UPDATE signature SET is_quarantined = false FROM chosen
    WHERE signature.bucket = chosen.bucket AND signature.id = chosen.id
        AND signature.state = 'pending' AND signature.is_quarantined
    RETURNING chosen.*, signature.language
), due AS (
    SELECT * FROM released
    WHERE NOT EXISTS (
        SELECT FROM suppression WHERE address_index = released.suppression_index
        AND (expires_on IS NULL OR expires_on > :today)
    ) AND NOT EXISTS (
        SELECT FROM mail WHERE mail.dedupe_key = released.dedupe_key AND mail.finished_at IS NULL
    )
), allowed AS (
    INSERT INTO mail_quota (day, address_index, used) SELECT :today, day_index, 1 FROM due ORDER BY day_index
    ON CONFLICT (day, address_index) DO UPDATE SET used = mail_quota.used + 1 WHERE mail_quota.used < :mails_a_day
    RETURNING address_index
), owed AS (
    INSERT INTO mail (
        id, lane, kind, language, ref, dedupe_key, state, queued_at, due_at, expires_at, attempts, error)
    SELECT mail, 'fast', 'signature.confirm', language, id, dedupe_key, 'pending', :now, :now, :expires, 0, ''
    FROM due JOIN allowed ON allowed.address_index = due.day_index
    ON CONFLICT (dedupe_key) DO UPDATE SET
        id = excluded.id, language = excluded.language, ref = excluded.ref, state = 'pending',
        queued_at = excluded.queued_at, due_at = excluded.due_at, expires_at = excluded.expires_at, attempts = 0,
        lease_until = NULL, finished_at = NULL, error = ''
    WHERE mail.finished_at IS NOT NULL
    RETURNING id
)
SELECT (SELECT count(*) FROM released), (SELECT count(*) FROM owed)
""")


def release_batch(job: ReleaseQuarantined) -> int:
    """Release up to BATCH signatures of the group and ask for the next batch; gives how many mails are owed now."""
    petition = uuid.UUID(job.petition)
    day = date.fromisoformat(job.day)
    group = Criteria(day_from=day, day_to=day, mail_domain=job.mail_domain, country=job.country)
    statement = (
        select(Signature)
        .where(*_quarantined(group).conditions(petition), Signature.email_sealed.is_not(None))
        .order_by(Signature.bucket, Signature.id)
        .limit(min(BATCH, job.left))
        .with_for_update(skip_locked=True)
    )
    signatures = session.scalars(statement).all()
    if not signatures:
        return 0
    try:
        parameters = _parameters(petition, list(signatures))
    except KeyDestroyed:
        return 0  # the petition's keys are gone, and with them everybody who could be written to
    _released, owed = session.execute(_RELEASE, parameters).one()
    session.expire_all()
    press_after_commit(Lane.FAST.queue)
    if job.left > len(signatures):
        jobs.enqueue(
            ReleaseQuarantined(job.petition, job.day, job.mail_domain, job.country, job.left - len(signatures))
        )
    return int(owed)


def _parameters(petition: uuid.UUID, signatures: list[Signature]) -> dict[str, Any]:
    scope, moment = petition_scope(petition), clock.now()
    today = open_day(moment.date())
    canonical = [canonical_address(EMAIL.unseal(scope, each.id, each.email_sealed or b"")) for each in signatures]
    return {
        "buckets": [each.bucket for each in signatures],
        "ids": [each.id for each in signatures],
        "mails": [uuid.uuid4() for _ in signatures],
        "keys": [dedupe_key(scope, "confirm", each.address_index) for each in signatures],
        "suppressions": [index_of_canonical(address) for address in canonical],
        "days": [blind_index(today, address) for address in canonical],
        "today": moment.date(),
        "now": moment,
        "expires": moment + EXPIRES_AFTER,
        "mails_a_day": MAILS_A_DAY,
    }


def _quarantined(group: Criteria) -> Criteria:
    return Criteria(
        day_from=group.day_from, day_to=group.day_to, mail_domain=group.mail_domain or "",
        country=group.country or "", states=(QUARANTINED,),
    )  # fmt: skip


def _count(petition: uuid.UUID, group: Criteria) -> int:
    count = sum(count_by_state(petition, _quarantined(group)).values())
    if not count:
        raise Conflict(N_("Nothing of this group is quarantined any more; somebody was there before you."))
    return count


def _note(action: str, petition: uuid.UUID, amount: int, actor: uuid.UUID, reason: str) -> None:
    audit.record(action, actor=actor, about=f"petition:{petition}", amount=amount, reason=reason)
