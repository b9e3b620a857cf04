"""Whether one address signed: asked by its owner, who gets the answer by mail, or by staff (SAFETY.md 14).

The owner's question is one SQL statement, the same for every address, so that neither the answer nor its time tells.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.addresses import Mailbox
from campaign.kernel.allowance import Allowance, take
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.errors import KeyDestroyed
from campaign.kernel.db import execute_alone, session
from campaign.kernel.doorbell import doorbell
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.mail.quota import MAILS_A_DAY, open_day
from campaign.kernel.mail.rows import EXPIRES_AFTER, RECIPIENT, Lane, dedupe_key
from campaign.kernel.mail.suppression import index_of_canonical
from campaign.petitions.models import Petition, petition_scope
from campaign.signatures.models import Signature, SignatureState
from campaign.signatures.queries.staff import QUARANTINED
from campaign.signatures.service.sign import REPEAT_AFTER

LOOK_UPS = Allowance("looking-up", 5, timedelta(days=1))


class NoLookUpsLeft(DomainError):
    """This account has looked up five addresses today."""


@dataclass(frozen=True, slots=True)
class Found:
    """What staff are told: that an address signed, in which state it is, and since which day."""

    state: str
    day: date


def look_up(petition: Petition, mailbox: Mailbox, *, actor: uuid.UUID, reason: str) -> Found | None:
    """Say whether one address signed, audited and counted. The address is compared in memory and stored nowhere.

    Raises NoLookUpsLeft after five a day, whatever the answers were, and Conflict when the petition's keys are
    destroyed.
    """
    if not take(LOOK_UPS, actor):
        raise NoLookUpsLeft(N_("You have looked up five addresses today. That is the limit for one account and day."))
    try:
        index = blind_index(petition_scope(petition.id), mailbox.canonical)
    except KeyDestroyed as problem:
        raise Conflict(
            N_("This petition's keys are destroyed, so nobody can tell any more whether an address signed.")
        ) from problem
    audit.record("signature.looked_up", actor=actor, about=f"petition:{petition.id}", reason=reason)
    signature = session.scalar(
        select(Signature).where(
            Signature.bucket == index[0], Signature.petition_id == petition.id, Signature.address_index == index
        )
    )
    if signature is None:
        return None
    quarantined = signature.state == SignatureState.PENDING and signature.is_quarantined
    return Found(QUARANTINED if quarantined else signature.state, signature.confirmed_on or signature.signed_on)


_ASK = """
WITH known AS (
    SELECT id FROM signature
    WHERE bucket = %(bucket)s AND petition_id = %(petition)s AND address_index = %(address_index)s
        AND state IN ('pending', 'confirmed', 'invalidated')
), due AS (
    SELECT (SELECT id FROM known) AS ref
    WHERE NOT %(silent)s AND NOT EXISTS (
        SELECT FROM signature_block WHERE petition_id = %(petition)s AND address_index = %(address_index)s
    ) AND NOT EXISTS (
        SELECT FROM suppression
        WHERE address_index = %(suppression_index)s AND (expires_on IS NULL OR expires_on > %(today)s)
    ) AND NOT EXISTS (
        SELECT FROM mail WHERE mail.dedupe_key = %(dedupe_key)s
        AND (mail.finished_at IS NULL OR mail.finished_at > %(repeat_before)s)
    )
), allowed AS (
    INSERT INTO mail_quota (day, address_index, used) SELECT %(today)s, %(day_index)s, 1 FROM due
    ON CONFLICT (day, address_index) DO UPDATE SET used = mail_quota.used + 1 WHERE mail_quota.used < %(mails_a_day)s
    RETURNING used
)
INSERT INTO mail (
    id, lane, kind, language, ref, dedupe_key, recipient_sealed, recipient_scope, state, queued_at, due_at, expires_at,
    attempts, error)
SELECT %(mail)s, 'fast', 'signature.lookup', %(language)s, ref, %(dedupe_key)s, %(recipient)s, %(scope)s, 'pending',
    %(now)s, %(now)s, %(expires)s, 0, ''
FROM due CROSS JOIN allowed
ON CONFLICT (dedupe_key) DO UPDATE SET
    id = excluded.id, language = excluded.language, ref = excluded.ref, recipient_sealed = excluded.recipient_sealed,
    recipient_scope = excluded.recipient_scope, state = 'pending', queued_at = excluded.queued_at,
    due_at = excluded.due_at, expires_at = excluded.expires_at, attempts = 0, lease_until = NULL, finished_at = NULL,
    error = ''
WHERE mail.finished_at < %(repeat_before)s
"""


def ask_about_own(petition: uuid.UUID, mailbox: Mailbox, *, language: str, silent: bool) -> None:
    """Owe a mail to `mailbox` that says whether it signed, as a transaction of its own; counts in the three a day.

    `silent`: the form was not one of ours, so nothing is owed; the caller answers alike. A suppressed or blocked
    address gets nothing. Raises KeyDestroyed when nobody can tell any more.
    """
    execute_alone(_ASK, _parameters(petition, mailbox, language=language, silent=silent))
    doorbell.press(Lane.FAST.queue)


def _parameters(petition: uuid.UUID, mailbox: Mailbox, *, language: str, silent: bool) -> dict[str, Any]:
    scope, moment, mail = petition_scope(petition), clock.now(), uuid.uuid4()
    index = blind_index(scope, mailbox.canonical)
    today = open_day(moment.date())
    return {
        "bucket": index[0],
        "petition": petition,
        "address_index": index,
        "silent": silent,
        "language": language,
        "dedupe_key": dedupe_key(scope, "lookup", index),
        "recipient": RECIPIENT.seal(scope, mail, mailbox.address),
        "scope": scope,
        "mail": mail,
        "suppression_index": index_of_canonical(mailbox.canonical),
        "day_index": blind_index(today, mailbox.canonical),
        "today": moment.date(),
        "now": moment,
        "expires": moment + EXPIRES_AFTER,
        "repeat_before": moment - REPEAT_AFTER,
        "mails_a_day": MAILS_A_DAY,
    }
