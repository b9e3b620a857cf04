"""After the wipe nothing tells who signed, not even with yesterday's backup; and every table is thought of."""

import pytest
import redis
from sqlalchemy import LargeBinary

from campaign.kernel.crypto.keyring import Keyring
from campaign.kernel.db import Base
from campaign.kernel.operations.wipe import supporter_tables
from config import Config

# What is binary and yet says nothing about anybody.
HARMLESS = {
    ("audit_entry", "digest"),
    ("audit_entry", "previous"),
    ("canary", "address_index"),  # an address that belongs to nobody
    ("petition_picture_rendition", "content"),
    ("petition_hand_in", "receipt_picture"),
}
PETITION = """
INSERT INTO petition (id, slug, state, audience, goal, is_demo, alias, created_at, keys_days, version)
VALUES ('08000000-0000-0000-0000-000000000000', 'made-up', 'open', 'anywhere', 10, true, 'abcdefgh', now(), 30, 1)
RETURNING 1
"""
SIGN = """
INSERT INTO signature (bucket, id, petition_id, address_index, state, is_quarantined, visibility, wants_updates,
    language, token_version, signed_on)
SELECT 7, '07000000-0000-0000-0000-000000000000', id, decode(repeat('07', 32), 'hex'), 'confirmed', false, 'count',
    false, 'en', 1, current_date FROM petition LIMIT 1 RETURNING 1
"""


def test_every_table_with_something_sealed_or_a_blind_index_is_wiped(app):
    sealed = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and (table.name, column.name) not in HARMLESS
    }
    assert sealed <= {table.name for table in supporter_tables()}


def test_whatever_names_a_person_or_a_signature_is_wiped(app):
    wiped = {table.name for table in supporter_tables()}
    pointing = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in wiped
    }
    assert pointing <= wiped, "TRUNCATE … CASCADE would empty these without a word"


@pytest.mark.slow
def test_a_wipe_destroys_keys_rows_and_caches_and_can_be_repeated(doomed):
    config = Config.from_env(doomed.environ)
    ring = Keyring()
    ring.open(config.keyring_url, config.master_key)
    ring.ensure("petition:made-up")
    doomed.query(PETITION)
    doomed.query(SIGN)
    (doomed.data_dir / "mailbox").mkdir()
    (doomed.data_dir / "backups").mkdir()
    (doomed.data_dir / "backups" / "database").write_text("any other file")
    (doomed.data_dir / "keyring-backups").mkdir()
    copy = doomed.data_dir / "keyring-backups" / "keyring"
    assert doomed.flask("backup", "--keyring", str(copy)).returncode == 0
    mine = redis.from_url(config.redis_url)
    others = redis.from_url(config.redis_url.replace("/7", "/8"))
    mine.set("x", 1)
    others.set("x", 1)

    refused = doomed.flask("emergency", "wipe", "--phrase", "wipe elsewhere")
    assert refused.returncode == 2
    assert doomed.query("SELECT count(*) FROM signature") == [(1,)]

    # Redis is away at first: everything else is done, and the next run ends it.
    partly = doomed.flask("emergency", "wipe", "--phrase", "wipe localhost", REDIS_URL="redis://127.0.0.1:1/0")
    assert partly.returncode == 1
    assert "redis: FAILED" in partly.stderr
    done = doomed.flask("emergency", "wipe", "--phrase", "wipe localhost")
    assert done.returncode == 0, done.stderr
    assert "What remains:" in done.stdout

    for table in supporter_tables():
        assert doomed.query(f"TABLE {table.name}") == [], table.name
    assert doomed.query("SELECT count(*) > 0 FROM petition") == [(True,)]
    assert ring.scopes() == []
    assert ring.destroyed("petition:")
    ring.close()
    assert (mine.exists("x"), others.exists("x")) == (0, 1)
    assert not (doomed.data_dir / "mailbox").exists()
    assert [path.name for path in (doomed.data_dir / "backups").iterdir()] == ["database"]
    assert list((doomed.data_dir / "keyring-backups").iterdir()) == []
    assert "emergency.wipe" in {row[0] for row in doomed.query("SELECT action FROM audit_entry")}
    for server in (mine, others):
        server.flushdb()
        server.close()
