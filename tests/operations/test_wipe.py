"""After the wipe nothing tells who signed, not even with yesterday's backup; and every table is thought of."""

from secrets import token_urlsafe

import pytest
import redis
from sqlalchemy import LargeBinary

from campaign.kernel.crypto.errors import KeyDestroyed
from campaign.kernel.crypto.keycopy import export_rows, merge_rows
from campaign.kernel.crypto.keyring import Keyring, keyring
from campaign.kernel.db import Base
from campaign.kernel.operations.anew import NotWiped, begin_anew
from campaign.kernel.operations.wipe import supporter_columns, supporter_tables
from config import Config

PASSPHRASE = "violet harbour ladder quietly\n"
# What is binary and yet says nothing about anybody.
HARMLESS = {
    ("audit_entry", "digest"),
    ("audit_entry", "previous"),
    ("canary", "address_index"),  # an address that belongs to nobody
    ("ledger_entry", "digest"),
    ("ledger_entry", "previous"),
    ("ledger_month", "last_digest"),
    ("petition_picture_rendition", "content"),
    ("petition_hand_in", "receipt_picture"),
    ("prisoner_picture_rendition", "content"),  # what the public page shows
    ("prisoner_withdrawal", "slug_digest"),  # of a former public page, for copies of the site to take down
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

# A published prisoner whose page rests on a consent with a note, somebody close to them, and an import.
PEOPLE = """
import uuid
from datetime import date
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.prisoners.models import (
    ConsentEvidence, ConsentGiver, ConsentKind, ImportState, Prisoner, PrisonerImport, PrisonerImportRow, Relative,
    RowVerdict,
)
from campaign.prisoners.service.consent import ConsentDraft, record_consent
from tests.support import make
from wsgi import app

with app.app_context():
    make.petition(slug="windows")
    who = make.public_prisoner()
    with transaction():
        found = session.get_one(Prisoner, who.id)
        given = ConsentDraft(ConsentKind.PUBLICITY, ConsentGiver.RELATIVE, date(2026, 3, 1), ConsentEvidence.LETTER)
        record_consent(found, given, actor=None).note_sealed = b"a sister"
        session.add(Relative(
            id=uuid.uuid4(), prisoner_id=who.id, relation="sibling", details_sealed=b"x", added_on=clock.today()
        ))
        brought = PrisonerImport(
            id=uuid.uuid4(), state=ImportState.STAGED, file_name="list.csv", file_digest="0" * 64, content=b"names",
            headers=[], mapping={}, source_title="made up", made_at=clock.now(),
        )
        session.add(brought)
        session.flush()
        session.add(PrisonerImportRow(
            import_id=brought.id, row_number=2, raw={}, parsed={}, problems=[], candidates=[],
            verdict=RowVerdict.UPDATE, prisoner_id=who.id, before={},
        ))
"""
VISIT = """
from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner
from wsgi import app

with app.app_context():
    slug = session.query(Prisoner).one().slug
client = app.test_client()
assert client.get(f"/prisoners/{slug}").status_code == 200
assert "Open the windows" in client.get("/petitions/windows").text
"""


def test_every_table_with_something_sealed_or_a_blind_index_is_wiped(app):
    erased = {(column.table.name, column.name) for column in supporter_columns()}
    sealed = {
        table.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and (table.name, column.name) not in HARMLESS | erased
    }
    assert sealed <= {table.name for table in supporter_tables()}
    assert all(column.nullable for column in supporter_columns()), "the wipe sets them to NULL"


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
    stood = doomed.python(PEOPLE)
    assert stood.returncode == 0, stood.stderr
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
    assert doomed.query("SELECT count(*) FROM petition") == [(2,)]
    assert doomed.query(
        "SELECT state, note_sealed, given_by FROM prisoner JOIN prisoner_consent c ON c.id = publicity_consent_id"
    ) == [("published", None, "relative")]
    visited = doomed.python(VISIT)
    assert visited.returncode == 0, visited.stderr
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


STAND_UP = """
import sys, time, uuid
from campaign.kernel.db import session, transaction
from campaign.kernel.switches import Switch, set_switch
from campaign.petitions.models import Audience, PetitionState
from campaign.petitions.service import TextDraft, change_state, create_petition
from workers.drain import drain
from wsgi import app

with app.app_context():
    with transaction():
        for switch in (Switch.SIGNING, Switch.CONFIRM_MAIL):
            set_switch(switch, on=True, reason="made up")
        text = TextDraft("en", "Open the windows again", "Made up.", "Made up.", "The made-up council")
        made = create_petition(
            slug="anew", goal=10, audience=Audience.ANYWHERE, texts=[text], author=uuid.uuid4()
        )
        change_state(made, PetitionState.REVIEW, actor=uuid.uuid4())
        change_state(made, PetitionState.OPEN, actor=uuid.uuid4())
    session.remove()
    client = app.test_client()
    page = client.get("/petitions/anew").text
    stamp = page.partition('name="stamp" value="')[2].partition('"')[0]
    answer = client.post("/petitions/anew/sign", data={
        "email": "anna@example.org", "visibility": "count", "stamp": stamp, "seconds": "60", "website": "",
    })
    assert answer.status_code == 303, answer.text
    drain(app, threads=1)
"""


@pytest.mark.slow
def test_after_a_wipe_the_runbook_leads_to_a_signature_that_counts(doomed, mailserver_process):
    mailserver_process.clear()
    doomed.query(PETITION)
    config = Config.from_env(doomed.environ)
    ring = Keyring()
    ring.open(config.keyring_url, config.master_key)
    for scope in ("petition:08000000-0000-0000-0000-000000000000", "accounts", "suppression"):
        ring.ensure(scope)
    wiped = doomed.flask("emergency", "wipe", "--phrase", "wipe localhost")
    assert "3. flask emergency begin-anew" in wiped.stdout

    fresh = {"MASTER_KEY": token_urlsafe(40), "SECRET_KEY": token_urlsafe(40)}
    begun = doomed.flask("emergency", "begin-anew", **fresh)
    assert begun.returncode == 0, begun.stderr
    assert "new key\taccounts" in begun.stdout
    assert doomed.flask("emergency", "begin-anew", **fresh).returncode == 2, "once is enough"
    added = doomed.flask("staff", "add", "--username", "after", "--role", "admin", stdin=PASSPHRASE, **fresh)
    assert added.returncode == 0, added.stderr

    stood = doomed.python(STAND_UP, **fresh)
    assert stood.returncode == 0, stood.stderr
    link = mailserver_process.mails[0].link("/confirm/")
    confirmed = doomed.python(
        f"from wsgi import app; assert app.test_client().post('{link}').status_code == 303", **fresh
    )
    assert confirmed.returncode == 0, confirmed.stderr
    assert doomed.query("SELECT state FROM signature") == [("confirmed",)]
    assert doomed.query("SELECT state, keys_destroyed_on IS NULL FROM petition WHERE slug = 'made-up'") == [
        ("closed", False)
    ]
    old = {scope for scope in ring.destroyed() if scope.startswith("petition:")}
    assert old == {"petition:08000000-0000-0000-0000-000000000000"}
    ring.close()


def test_nothing_begins_anew_where_keys_are_in_use(app):
    keyring.ensure("accounts")
    with pytest.raises(NotWiped):
        begin_anew()
    assert "accounts" in keyring.scopes()


def test_a_copy_of_the_keyring_from_before_the_wipe_opens_nothing_new(tmp_path):
    ring, before = Keyring(), tmp_path / "keyring.db"
    ring.open(f"sqlite:///{before}", b"k" * 32)
    ring.ensure("accounts")
    former, rows = ring.current_key_id("accounts"), list(export_rows(ring.store))
    assert not ring.begin_anew("accounts"), "only where all keys are destroyed"
    ring.destroy_all()
    with pytest.raises(KeyDestroyed):
        ring.ensure("accounts")
    assert ring.begin_anew("accounts")
    assert ring.current_key_id("accounts") != former
    assert merge_rows(ring.store, rows) == 0
    with pytest.raises(KeyDestroyed):
        ring.key("accounts", "fields", former)
    stranger = {**rows[0], "id": rows[0]["id"] % 1000 + 1}
    assert merge_rows(ring.store, [stranger]) == 1, "a key of that scope that was never known here"
    with pytest.raises(KeyDestroyed):
        ring.key("accounts", "fields", stranger["id"])
    assert ring.current_key_id("accounts") not in {former, stranger["id"]}
    ring.close()
