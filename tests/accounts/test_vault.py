"""The staff screen and the command that open the vault."""

import uuid

import pytest
from sqlalchemy import select

from campaign.accounts.service import vault
from campaign.kernel import audit
from campaign.kernel.actors import Role
from campaign.kernel.allowance import DECRYPTING
from campaign.kernel.crypto.vault import seal_to_vault
from campaign.kernel.crypto.vault_door import Box, VaultClosed, vault_door
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Forbidden
from campaign.web.settings import settings
from tests.support import accounts
from tests.support.pages import field_values


@pytest.fixture(autouse=True)
def closed(app):
    vault_door.close()
    yield
    vault_door.stop()


def key():
    return settings().vault_private_key_file.read_text()


def load(client, text):
    html = client.get("/staff/vault").get_data(as_text=True)
    return client.post("/staff/vault", data={"csrf_token": field_values(html, "/close")["csrf_token"]
                                             if "/close" in html else _token(html), "text": text})  # fmt: skip


def _token(html):
    return html.partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]


def actions():
    return [entry.action for entry in session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.id))]


def box(text="a made-up mother"):
    row = uuid.uuid4()
    sealed = seal_to_vault(vault_door.public_key, text, table="made_up", column="sealed", row=row)
    return Box("made_up", "sealed", row, sealed)


def test_two_coordinators_open_it_on_the_screen(sign_in):
    first, second = sign_in(Role.COORDINATOR), sign_in(Role.ADMIN)
    assert load(first, key()).status_code == 303
    assert "Waits for a second person" in first.get("/staff/vault").get_data(as_text=True)
    assert "The vault waits for a second person" in second.get("/staff").get_data(as_text=True)
    assert load(second, key()).status_code == 303
    assert "Opened by" in second.get("/staff/vault").get_data(as_text=True)
    assert [name for name in actions() if name.startswith("vault.")] == ["vault.key_loaded", "vault.opened"]


def test_a_wrong_key_is_refused_on_record_and_never_shown_again(sign_in):
    first = sign_in(Role.COORDINATOR)
    answer = load(first, "ab" * 32)
    assert answer.status_code == 422
    assert "This is not the key of this vault." in answer.get_data(as_text=True)
    assert "ab" * 32 not in answer.get_data(as_text=True)
    assert load(first, "no key").status_code == 422
    assert actions().count("vault.wrong_key") == 2


def test_others_do_not_come_near_it(sign_in):
    for role in (Role.ORGANISER, Role.DATA_EDITOR, Role.MODERATOR, Role.VOLUNTEER):
        assert sign_in(role).get("/staff/vault").status_code == 403


def test_each_read_is_on_record_before_it_happens(app):
    reader = accounts.person(Role.COORDINATOR).signed_in()
    with pytest.raises(VaultClosed), transaction():
        vault.record_reading(reader, 1, about="prisoner:made-up", reason="the family asked")
    for _ in range(2):
        vault_door.load(uuid.uuid4(), bytes.fromhex(key().split()[0]))
    boxes = [box(), box("a made-up aunt")]
    with transaction():
        on_record = vault.record_reading(reader, 2, about="prisoner:made-up", reason="the family asked")
    assert vault.open_boxes(on_record, boxes) == ["a made-up mother", "a made-up aunt"]
    with pytest.raises(Forbidden):
        vault.open_boxes(on_record, [*boxes, box()])
    entry = session.scalar(select(audit.AuditEntry).where(audit.AuditEntry.action == "vault.read"))
    assert (entry.actor, entry.amount, entry.object) == (reader.id, 2, "prisoner:made-up")


def test_nobody_reads_without_end(app):
    reader = accounts.person(Role.COORDINATOR).signed_in()
    for _ in range(2):
        vault_door.load(uuid.uuid4(), bytes.fromhex(key().split()[0]))
    with pytest.raises(vault.ReadEnough), transaction():
        vault.record_reading(reader, DECRYPTING.most + 1, about="everything", reason="curious")


def test_the_command_opens_it_for_two_and_closes_it(app, monkeypatch):
    first, second = accounts.person(Role.ADMIN, app=True), accounts.person(Role.COORDINATOR)
    monkeypatch.setattr(vault_door, "serve_until_over", lambda tell: seen.append(vault_door.state().is_open))
    seen = []
    lines = f"{accounts.PASSPHRASE}\n{first.code()}\n{accounts.PASSPHRASE}\n"
    arguments = ["vault", "open", "--first", first.username, "--second", second.username]
    outcome = app.test_cli_runner().invoke(args=arguments, input=lines)
    assert outcome.exit_code == 0, outcome.output
    assert seen == [True]
    assert vault_door.state().first is None
    assert app.test_cli_runner().invoke(args=["vault", "close"]).exit_code == 2


def test_the_command_refuses_one_person_twice_and_strangers(app):
    one = accounts.person(Role.ADMIN)
    runner = app.test_cli_runner()
    twice = runner.invoke(args=["vault", "open", "--first", one.username, "--second", one.username],
                          input=f"{accounts.PASSPHRASE}\n" * 2)  # fmt: skip
    assert twice.exit_code == 2
    assert "second person" in twice.output
    vault_door.close()
    stranger = accounts.person(Role.MODERATOR)
    refused = runner.invoke(args=["vault", "open", "--first", stranger.username, "--second", one.username],
                            input=f"{accounts.PASSPHRASE}\n" * 2)  # fmt: skip
    assert refused.exit_code == 2
    assert vault_door.state().first is None
