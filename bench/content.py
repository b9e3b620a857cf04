"""Petitions and signatures to measure with."""

import time
import uuid

from flask import Flask

from bench.stage import Stage
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.petitions.models import Audience, PetitionState, petition_scope
from campaign.petitions.service import TextDraft, change_state, create_petition
from campaign.signatures.models import NAME

BODY = "A made-up paragraph of a made-up petition, about as long as such a paragraph is in life. " * 4


def make_petitions(app: Flask, count: int, prefix: str = "made-up") -> list[str]:
    """Open petitions, made through the services; gives their slugs."""
    slugs = [f"{prefix}-{number}" for number in range(count)]
    with app.app_context():
        for slug in slugs:
            _make(slug)
        session.remove()
    return slugs


def _make(slug: str) -> None:
    text = TextDraft("en", "Open the windows", "A made-up summary.", f"{BODY}\n\n{BODY}", "The made-up council")
    with transaction():
        petition = create_petition(
            slug=slug, goal=100_000, audience=Audience.ANYWHERE, texts=[text], author=uuid.uuid4()
        )
        for step in (PetitionState.REVIEW, PetitionState.OPEN):
            change_state(petition, step, actor=uuid.uuid4())


def petition_id(on: Stage, slug: str) -> uuid.UUID:
    """The id of a petition."""
    with on.connect() as connection:
        row = connection.execute("SELECT id FROM petition WHERE slug = %s", [slug]).fetchone()
    if row is None:
        raise LookupError(slug)
    found: uuid.UUID = row[0]
    return found


# Shapes as signing and confirming leave them: id and blind index begin with the bucket; nine in ten are confirmed and
# hold no address, one in ten waits; one in ten is named, one in ten by initials.
_SIGNATURES = """
INSERT INTO signature (bucket, id, petition_id, address_index, state, is_quarantined, email_sealed, name_sealed,
    mail_domain, country, visibility, wants_updates, consent_version, language, token_version, signed_on, confirmed_on)
SELECT get_byte(h, 0), encode(substr(h, 1, 16), 'hex')::uuid, %(petition)s, h,
    CASE WHEN n %% 10 = 0 THEN 'pending' ELSE 'confirmed' END, false,
    CASE WHEN n %% 10 = 0 THEN h || h || substr(h, 1, 17) END,
    CASE WHEN n %% 10 IN (1, 2) THEN h || h || substr(h, 1, 1) END,
    CASE WHEN n %% 3 = 0 THEN 'gmail.com' ELSE '~' || encode(substr(h, 1, 4), 'hex') END,
    (ARRAY['DE', 'RU', 'FR', NULL, 'GB', 'PL', NULL, 'US'])[n %% 8 + 1],
    CASE WHEN n %% 10 = 1 THEN 'name' WHEN n %% 10 = 2 THEN 'initials' ELSE 'count' END,
    false, NULL, 'en', 1, current_date - (n %% 6)::int, CASE WHEN n %% 10 > 0 THEN current_date - (n %% 6)::int END
FROM (SELECT n, sha256(convert_to(%(salt)s || n, 'UTF8')) AS h FROM generate_series(1, %(count)s) AS n) AS numbered
"""
# A week of mail rows stays (kernel/mail/retention.py), so every signature has its own here.
_MAILS = """
INSERT INTO mail (id, lane, kind, language, ref, dedupe_key, state, queued_at, due_at, expires_at, finished_at,
    attempts, error)
SELECT gen_random_uuid(), 'fast', 'signature.confirm', 'en', id, sha256(address_index), 'sent', now(), now(),
    now() + interval '3 days', now(), 1, '' FROM signature
"""
_QUOTAS = "INSERT INTO mail_quota (day, address_index, used) SELECT current_date, sha256(dedupe_key), 1 FROM mail"
_TOTALS = (
    "INSERT INTO signature_total SELECT petition_id, count(*) FROM signature WHERE state = 'confirmed' GROUP BY 1",
    "INSERT INTO signature_day SELECT petition_id, confirmed_on, coalesce(country, ''), count(*) FROM signature "
    "WHERE state = 'confirmed' GROUP BY 1, 2, 3",
)


def fill(on: Stage, app: Flask, slug: str, count: int) -> None:
    """Make `count` signatures of one petition with their mail rows and totals, and take stock for the planner."""
    petition = petition_id(on, slug)
    with on.connect() as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute(_SIGNATURES, {"petition": petition, "count": count, "salt": slug})
        for statement in (_MAILS, _QUOTAS, *_TOTALS):
            connection.execute(statement)
        _seal_first_names(app, connection, petition)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _seal_first_names(app: Flask, connection: "object", petition: uuid.UUID) -> None:
    """Give those names that the page shows a true seal; the rest only have the size of one."""
    shown = (
        "SELECT bucket, id FROM signature WHERE petition_id = %s AND state = 'confirmed' AND visibility <> 'count' "
        "ORDER BY bucket, id LIMIT 250"
    )
    with app.app_context():
        scope = petition_scope(petition)
        keyring.ensure(scope)
        for bucket, row in connection.execute(shown, [petition]).fetchall():  # type: ignore[attr-defined]
            sealed = NAME.seal(scope, row, "Anna Example")
            connection.execute(  # type: ignore[attr-defined]
                "UPDATE signature SET name_sealed = %s WHERE bucket = %s AND id = %s", [sealed, bucket, row]
            )


def empty(on: Stage) -> None:
    """Take away what signing wrote, so that each round begins alike; dead rows would slow the later ones."""
    # wrk leaves requests behind that are still being answered.
    time.sleep(0.5)
    on.run(
        "TRUNCATE signature, mail, mail_quota, signature_delta, signature_total, signature_day",
        "CHECKPOINT",
    )
