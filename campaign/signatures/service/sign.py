"""Signing: one SQL statement that stores the signature and owes its mail, the same for every address.

Whether the address is new, known, confirmed, blocked or suppressed is decided inside the statement, so that neither the
answer nor its time tells (SAFETY.md 20), and so that any number of parallel requests with one address make one row and
one mail. No petition row is written and nothing is counted.
"""

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from campaign.kernel import clock
from campaign.kernel.addresses import Mailbox
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.doorbell import doorbell
from campaign.kernel.mail.quota import MAILS_A_DAY, open_day
from campaign.kernel.mail.rows import EXPIRES_AFTER, RECIPIENT, Lane, dedupe_key
from campaign.kernel.mail.suppression import index_of_canonical
from campaign.kernel.prepared import BYTES, DAY, FLAG, ID, MOMENT, SMALL, TEXT, Prepared
from campaign.petitions.models import petition_scope
from campaign.signatures.models import EMAIL, NAME, OPTINS, Visibility
from campaign.signatures.providers import domain_mark
from campaign.signatures.service.passing_on import write_ticks

# Parallel and hasty repeats within this time get no second mail; a later one does, within the three a day.
REPEAT_AFTER = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class SignatureDraft:
    """What a signer sent, checked for shape."""

    mailbox: Mailbox
    display_name: str
    country: str | None
    visibility: Visibility
    wants_updates: bool
    consent_version: str | None
    language: str
    arrived_by: str | None = None
    """The code of the mailing that brought them; kept until they confirm."""
    ticks: Mapping[uuid.UUID, int] = field(default_factory=dict)
    """Partner > number of the terms they read; whom they let have their address."""
    from_outside: bool = False
    """Whether they said that they are outside Russia."""


_SIGN = Prepared(
    """
WITH known AS (
    SELECT id, state, is_quarantined FROM signature
    WHERE bucket = %(bucket)s AND petition_id = %(petition)s AND address_index = %(address_index)s
), written AS (
    INSERT INTO signature (
        bucket, id, petition_id, address_index, state, is_quarantined, email_sealed, name_sealed, mail_domain, country,
        visibility, wants_updates, consent_version, language, token_version, signed_on, arrived_by,
        optins_sealed)
    SELECT %(bucket)s, %(id)s, %(petition)s, %(address_index)s, 'pending', %(quarantined)s, %(email)s, %(name)s,
        %(domain)s, %(country)s, %(visibility)s, %(updates)s, %(consent)s, %(language)s, 1, %(today)s,
        %(arrived)s, %(optins)s
    WHERE NOT EXISTS (
        SELECT FROM signature_block WHERE petition_id = %(petition)s AND address_index = %(address_index)s)
    ON CONFLICT (bucket, petition_id, address_index) DO UPDATE SET
        id = excluded.id, state = 'pending', is_quarantined = excluded.is_quarantined,
        email_sealed = excluded.email_sealed, name_sealed = excluded.name_sealed, mail_domain = excluded.mail_domain,
        country = excluded.country, visibility = excluded.visibility, wants_updates = excluded.wants_updates,
        consent_version = excluded.consent_version, language = excluded.language, token_version = 1,
        signed_on = excluded.signed_on, confirmed_on = NULL, reminded_on = NULL,
        arrived_by = excluded.arrived_by, optins_sealed = excluded.optins_sealed
    WHERE signature.state = 'withdrawn'
        OR (signature.state = 'pending' AND signature.is_quarantined AND NOT excluded.is_quarantined)
    RETURNING id, is_quarantined
), owed AS (
    SELECT id, 'signature.confirm' AS kind, CAST(%(confirm_key)s AS bytea) AS dedupe_key,
        CAST(NULL AS bytea) AS recipient
    FROM (
        SELECT id, is_quarantined FROM written
        UNION ALL
        SELECT id, is_quarantined FROM known WHERE state = 'pending' AND NOT EXISTS (SELECT FROM written)
    ) AS pending WHERE NOT is_quarantined
    UNION ALL
    SELECT id, 'signature.already', CAST(%(already_key)s AS bytea), CAST(%(recipient)s AS bytea)
    FROM known WHERE state = 'confirmed'
), due AS (
    SELECT owed.* FROM owed
    WHERE NOT EXISTS (
        SELECT FROM suppression
        WHERE address_index = %(suppression_index)s AND (expires_on IS NULL OR expires_on > %(today)s)
    ) AND NOT EXISTS (
        SELECT FROM mail WHERE mail.dedupe_key = owed.dedupe_key
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
SELECT %(mail)s, 'fast', kind, %(language)s, id, dedupe_key, recipient,
    CASE WHEN recipient IS NOT NULL THEN %(scope)s END,
    'pending', %(now)s, %(now)s, %(expires)s, 0, ''
FROM due CROSS JOIN allowed
ON CONFLICT (dedupe_key) DO UPDATE SET
    id = excluded.id, language = excluded.language, ref = excluded.ref, recipient_sealed = excluded.recipient_sealed,
    recipient_scope = excluded.recipient_scope, state = 'pending', queued_at = excluded.queued_at,
    due_at = excluded.due_at, expires_at = excluded.expires_at, attempts = 0, lease_until = NULL, finished_at = NULL,
    error = ''
WHERE mail.finished_at < %(repeat_before)s
""",
    {
        "bucket": SMALL, "id": ID, "petition": ID, "address_index": BYTES, "quarantined": FLAG, "email": BYTES,
        "name": BYTES, "domain": TEXT, "country": TEXT, "visibility": TEXT, "updates": FLAG, "consent": TEXT,
        "language": TEXT, "today": DAY, "now": MOMENT, "expires": MOMENT, "repeat_before": MOMENT,
        "confirm_key": BYTES, "already_key": BYTES, "recipient": BYTES, "scope": TEXT, "mails_a_day": SMALL,
        "mail": ID, "suppression_index": BYTES, "day_index": BYTES, "arrived": TEXT, "optins": BYTES,
    },
)  # fmt: skip


def sign(petition: uuid.UUID, draft: SignatureDraft, *, quarantined: bool) -> None:
    """Take a signature and owe its mail, as a transaction of its own.

    A new address gets a confirmation, a pending one the same again, a confirmed one "you already signed"; a blocked or
    suppressed one gets nothing; at most three mails a day. Nothing tells the caller which it was.
    """
    _SIGN.execute(_parameters(petition, draft, quarantined=quarantined))
    doorbell.press(Lane.FAST.queue)


def _parameters(petition: uuid.UUID, draft: SignatureDraft, *, quarantined: bool) -> dict[str, Any]:
    scope, moment = petition_scope(petition), clock.now()
    address, canonical = draft.mailbox.address, draft.mailbox.canonical
    index = blind_index(scope, canonical)
    bucket = index[0]
    signature, mail = _id_in_bucket(bucket), uuid.uuid4()
    name = shown_name(draft.display_name, draft.visibility)
    return {
        "bucket": bucket,
        "id": signature,
        "petition": petition,
        "address_index": index,
        "quarantined": quarantined,
        "email": EMAIL.seal(scope, signature, address),
        "name": NAME.seal(scope, signature, name) if name else None,
        "domain": domain_mark(petition, draft.mailbox.domain),
        "country": draft.country,
        "visibility": draft.visibility.value,
        "updates": draft.wants_updates,
        "consent": draft.consent_version if draft.wants_updates else None,
        "language": draft.language,
        "arrived": draft.arrived_by,
        "optins": OPTINS.seal(scope, signature, _passed_on(draft)) if draft.ticks else None,
        "today": moment.date(),
        "now": moment,
        "expires": moment + EXPIRES_AFTER,
        "repeat_before": moment - REPEAT_AFTER,
        "confirm_key": dedupe_key(scope, "confirm", index),
        "already_key": dedupe_key(scope, "already", index),
        "recipient": RECIPIENT.seal(scope, mail, address),
        "scope": scope,
        "mails_a_day": MAILS_A_DAY,
        "mail": mail,
        "suppression_index": index_of_canonical(canonical),
        "day_index": blind_index(open_day(moment.date()), canonical),
    }


def _passed_on(draft: SignatureDraft) -> str:
    """What they ticked, with their name only if they want to be known by one."""
    name = "" if draft.visibility is Visibility.COUNT else draft.display_name
    return write_ticks(draft.ticks, name=name, from_outside=draft.from_outside)


def shown_name(name: str, visibility: Visibility) -> str:
    """What is stored of a display name: all, the initials, or (counted only) nothing."""
    if visibility is Visibility.NAME:
        return name
    if visibility is Visibility.INITIALS:
        return " ".join(f"{part[0].upper()}." for part in name.split()[:3])
    return ""


def _id_in_bucket(bucket: int) -> uuid.UUID:
    """A random id whose first byte is the bucket, so that a link in a mail leads to the right partition."""
    return uuid.UUID(bytes=bytes([bucket]) + os.urandom(15))
