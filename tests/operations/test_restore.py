"""Yesterday's database comes back, and nobody is mailed, signed in or readable because of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text, update

from campaign.kernel import audit, clock, jobs
from campaign.kernel.crypto.errors import KeyDestroyed
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import suppression
from campaign.kernel.mail.rows import MailRow, MailState
from campaign.kernel.mail.suppression import Suppression, SuppressionReason
from campaign.kernel.operations import restore_sql
from campaign.kernel.registry import after_restore
from campaign.petitions.models import Petition, PetitionState
from campaign.signatures.models import Signature, SignatureState
from campaign.signatures.service import expire
from campaign.signatures.service.sign import sign
from tests.support import make

pytestmark = pytest.mark.slow


def sign_as(petition: Petition, email: str) -> None:
    sign(petition.id, make.signature_draft(email), quarantined=False)


def test_after_a_restore_nothing_is_sent_again_and_nobody_suppressed_is_forgotten(
    flask, client, mailserver, run_work, tmp_path
):
    petition, file = make.petition(), str(tmp_path / "b")
    sign_as(petition, "anna@example.org")
    sign_as(petition, "boris@example.org")
    assert flask("backup", file).exit_code == 0
    run_work()
    assert len(mailserver.mails) == 2
    client.post(mailserver.mails[0].link("/confirm/"))
    sign_as(petition, "vera@example.org")
    with transaction():
        suppression.suppress("boris@example.org", SuppressionReason.ASKED)
        audit.record("test.later")

    outcome = flask("restore", "--yes", file)
    assert outcome.exit_code == 0, outcome.stderr
    assert session.scalars(select(Signature.state)).all() == [SignatureState.PENDING] * 2
    assert set(session.scalars(select(MailRow.state))) == {MailState.UNKNOWN}
    with transaction():
        session.execute(update(Signature).values(signed_on=clock.today() - timedelta(days=3)))
    run_work()
    assert len(mailserver.mails) == 2, "neither the confirmation nor a reminder goes again"

    assert suppression.suppressed_among(["boris@example.org"])
    assert list(audit.verify()) == []
    actions = session.scalars(select(audit.AuditEntry.action)).all()
    assert "test.later" in actions, "what happened after the backup stays in the trail"
    assert actions[-1] == "backup.restored"

    with transaction():
        session.execute(update(MailRow).values(finished_at=clock.now() - timedelta(minutes=1)))
    sign_as(petition, "anna@example.org")
    run_work()
    assert len(mailserver.mails) == 3, "who signs again is mailed again"


def test_the_newer_word_about_a_suppression_wins(flask, app, tmp_path):
    with transaction():
        suppression.suppress("anna@example.org", SuppressionReason.BOUNCED, expires_on=date(2030, 1, 1))
    assert flask("backup", str(tmp_path / "b")).exit_code == 0
    with transaction():
        suppression.suppress("anna@example.org", SuppressionReason.ASKED)
    assert flask("restore", "--yes", str(tmp_path / "b")).exit_code == 0
    assert session.scalars(select(Suppression.expires_on)).all() == [None]


def test_destroyed_keys_stay_destroyed_on_either_side(flask, app, tmp_path):
    petition = make.petition()
    sign_as(petition, "anna@example.org")
    database, keys = str(tmp_path / "database"), str(tmp_path / "keys")
    assert flask("backup", database).exit_code == 0
    assert flask("backup", "--keyring", keys).exit_code == 0
    with transaction():
        expire.destroy_keys(session.get(Petition, petition.id), clock.today())

    assert flask("restore", "--yes", database).exit_code == 0
    again = session.get(Petition, petition.id)
    assert (again.state, again.keys_destroyed_on) == (PetitionState.CLOSED, clock.today())
    assert session.scalar(select(func.count()).select_from(Signature)) == 0

    assert flask("restore", "--yes", keys).exit_code == 0
    with pytest.raises(KeyDestroyed):
        keyring.key(petition.scope, "fields")


def test_work_that_was_under_way_waits_for_a_person(flask, app, tmp_path):
    with transaction():
        session.execute(
            text("INSERT INTO job (kind, payload, payload_key, state, due_at, attempts, error, created_at)"
                 " VALUES ('made.up', '{}', '{}', 'pending', now(), 0, '', now())")
        )  # fmt: skip
    assert flask("backup", str(tmp_path / "b")).exit_code == 0
    assert flask("restore", "--yes", str(tmp_path / "b")).exit_code == 0
    assert jobs.count_by_state() == {"failed": 1}
    assert "made.up" in flask("jobs", "failed").stdout
    assert flask("jobs", "retry", "--all").exit_code == 0
    assert jobs.count_by_state() == {"pending": 1}
    assert flask("jobs", "retry", "--all").exit_code == 2


def test_features_are_told_once_the_old_state_is_back(flask, app, tmp_path, monkeypatch):
    told: list[int] = []
    monkeypatch.setitem(after_restore._items, "test", lambda: told.append(audit.count_entries()))
    assert flask("backup", str(tmp_path / "b")).exit_code == 0
    assert flask("restore", "--yes", str(tmp_path / "b")).exit_code == 0
    assert len(told) == 1


def test_a_wrong_phrase_or_a_damaged_file_changes_nothing(flask, app, tmp_path):
    file = tmp_path / "b"
    assert flask("backup", str(file)).exit_code == 0
    later = make.petition()
    assert flask("restore", str(file), typed="yes\n").exit_code == 2
    file.write_bytes(file.read_bytes()[:-1])
    damaged = flask("restore", "--yes", str(file))
    assert damaged.exit_code == 2
    assert "cut off" in damaged.stderr
    assert session.get(Petition, later.id) is not None


def test_a_restore_that_fails_at_its_very_end_leaves_everything_as_it_was(flask, app, tmp_path, monkeypatch):
    file = str(tmp_path / "b")
    assert flask("backup", file).exit_code == 0
    later = make.petition()
    monkeypatch.setattr(restore_sql, "_QUIETEN", "SELECT no_such_column FROM public.mail;")
    outcome = flask("restore", "--yes", file)
    assert outcome.exit_code == 2
    assert "refused" in outcome.stderr
    assert session.get(Petition, later.id) is not None
    monkeypatch.undo()
    assert flask("restore", "--yes", file).exit_code == 0
    assert session.get(Petition, later.id) is None


def test_a_backup_of_newer_code_is_refused(flask, app, tmp_path, config):
    file = str(tmp_path / "b")
    head = session.scalar(text("SELECT version_num FROM alembic_version"))
    with transaction():
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        assert flask("backup", file).exit_code == 0
    finally:
        with transaction():
            session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
    outcome = flask("restore", "--yes", file)
    assert outcome.exit_code == 2
    assert "newer version" in outcome.stderr
