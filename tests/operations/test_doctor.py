"""The doctor says what is unsafe, and production does not start on it."""

import json
from dataclasses import replace

import pytest

from campaign.kernel.db import session, transaction
from campaign.kernel.operations.doctor import examine, files, network, settings
from campaign.kernel.registry import Finding, Level, doctor_checks
from config import Config, UnsafeSetting
from config_safety import unsafe_settings
from tests.support.smtp import free_port
from workers.schedule import run_due_lines

SAFE = {
    "ENVIRONMENT": "production",
    "DATABASE_URL": "postgresql://u:p@127.0.0.1/unforgotten",
    "REDIS_URL": "redis://127.0.0.1/0",
    "SMTP_URL": "smtps://mail.example.org",
    "MAIL_FROM": "Unforgotten <petitions@example.org>",
    "PUBLIC_URL": "https://example.org",
    "SECRET_KEY": "one-secret-0123456789-abcdefghijklmnop",
    "MASTER_KEY": "two-secret-0123456789-abcdefghijklmnop",
    "TRUSTED_PROXIES": "1",
}


@pytest.fixture
def safe(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return {**SAFE, "DATA_DIR": str(folder)}


def test_production_starts_on_safe_settings(safe):
    config = Config.from_env(safe)
    assert list(unsafe_settings(config)) == []
    assert {finding.level for finding in settings.check_settings(config)} == {Level.OK}
    assert {finding.level for finding in settings.check_proxies(config)} == {Level.OK}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"DEMO": "1"}, "DEMO"),
        ({"RATE_LIMITS": "0"}, "RATE_LIMITS"),
        ({"PUBLIC_URL": "http://example.org"}, "PUBLIC_URL"),
        ({"SMTP_URL": ""}, "SMTP_URL"),
        ({"SMTP_URL": "smtp://mail.example.org"}, "TLS"),
        ({"MASTER_KEY": SAFE["SECRET_KEY"]}, "same"),
        ({"KEYRING_URL": "postgresql+psycopg://k:k@127.0.0.1/keyring"}, "KEYRING_URL"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"MASTER_KEY": ""}, "MASTER_KEY"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
    ],
)
def test_production_refuses_what_is_unsafe_and_says_what(safe, change, told):
    with pytest.raises(UnsafeSetting, match=told):
        Config.from_env(safe | change)


def test_all_faults_are_told_at_once(safe):
    with pytest.raises(UnsafeSetting) as refusal:
        Config.from_env(safe | {"DEMO": "1", "RATE_LIMITS": "0"})
    assert len(str(refusal.value).splitlines()) == 2


def test_an_open_data_folder_or_key_file_stops_production(safe, tmp_path):
    key = tmp_path / "master_key"
    key.write_text(safe.pop("MASTER_KEY"))
    key.chmod(0o644)
    with pytest.raises(UnsafeSetting, match="chmod 600"):
        Config.from_env({**safe, "MASTER_KEY_FILE": str(key)})
    key.chmod(0o600)
    (tmp_path / "data").chmod(0o755)
    with pytest.raises(UnsafeSetting, match="chmod 700"):
        Config.from_env({**safe, "MASTER_KEY_FILE": str(key)})


def test_a_server_elsewhere_is_spoken_to_encrypted(safe):
    away = safe | {"DATABASE_URL": "postgresql://u:p@db.example.org/unforgotten"}
    levels = {finding.name: finding.level for finding in settings.check_settings(Config.from_env(away))}
    assert levels["DATABASE_URL"] is Level.FAIL
    away["DATABASE_URL"] += "?sslmode=verify-full"
    assert settings.check_settings(Config.from_env(away))[0].level is Level.OK


@pytest.mark.slow
def test_a_deployment_that_works_passes(flask, app):
    run_due_lines()
    outcome = flask("doctor", "--json")
    found = {each["name"]: each for each in map(json.loads, outcome.stdout.splitlines())}
    assert outcome.exit_code == 0, outcome.stdout
    assert {found[name]["level"] for name in ("database", "migrations", "keyring", "redis", "worker", "SMTP_URL")} == {
        "ok"
    }


@pytest.mark.slow
def test_what_is_broken_is_named_and_the_rest_is_still_checked(app, config, monkeypatch):
    monkeypatch.setitem(doctor_checks._items, "test", lambda: [Finding(Level.WARN, "test", "of a feature")])
    broken = replace(
        config,
        environment="production", demo=True, redis_url="redis://127.0.0.1:1/0",
        smtp_url=f"smtp://127.0.0.1:{free_port()}", trusted_proxies=0, public_url="https://example.org",
    )  # fmt: skip
    found = list(examine(broken))
    failed = {finding.name for finding in found if finding.level is Level.FAIL}
    assert {"DEMO", "redis", "SMTP_URL", "TRUSTED_PROXIES", "backup"} <= failed
    assert {finding.name for finding in found if finding.level is Level.OK} >= {"database", "migrations", "keyring"}
    assert found[-1].name == "test"


@pytest.mark.slow
def test_a_missing_migration_is_found(app, config):
    from sqlalchemy import text

    head = session.scalar(text("SELECT version_num FROM alembic_version"))
    with transaction():
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        levels = {finding.name: finding.level for finding in examine(config)}
        assert levels["migrations"] is Level.FAIL
    finally:
        with transaction():
            session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})


def test_an_open_keyring_file_is_found(safe, tmp_path):
    config = Config.from_env(safe)
    folder = config.data_dir / "keyring"
    folder.mkdir(mode=0o700)
    file = folder / "keyring.sqlite"
    file.touch(0o600)
    assert [finding.level for finding in files.check_keyring_files(config)] == [Level.OK]
    file.chmod(0o640)
    assert [finding.level for finding in files.check_keyring_files(config)] == [Level.FAIL]


def test_a_relay_in_clear_on_another_machine_is_refused_even_when_it_answers(config, monkeypatch, mailserver_process):
    monkeypatch.setattr(network, "LOOPBACK", frozenset())
    assert [finding.level for finding in network.check_mail(config)] == [Level.FAIL]
