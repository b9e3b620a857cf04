"""Mails owed by the thousand: held, let go and stopped as one, and never in the way of a single mail."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.mail import batches, claiming, delivery, rows
from campaign.kernel.mail.batches import Owed
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail, Text
from campaign.kernel.mail.providers import PROVIDERS, provider_of
from campaign.kernel.mail.retention import delete_old_rows
from campaign.kernel.mail.rows import Lane, MailRow, MailState, queue_mail
from campaign.kernel.operations.restore_sql import after_rows

KIND = "test.batch"
TEXT = Text("News", "Hello\n")


@pytest.fixture(autouse=True)
def _kind(monkeypatch):
    """Mails to made-up addresses, one for each row."""
    kind = MailKind(
        lambda claims: {claim.id: Mail(f"m{claim.id.hex}@example.org", TEXT) for claim in claims}, None, False
    )
    monkeypatch.setitem(mail_kinds._items, KIND, kind)


def owe(count: int, batch: uuid.UUID | None = None, provider: str = "other", *, due_at=None) -> uuid.UUID:
    batch = batch or uuid.uuid4()
    mails = [
        Owed(uuid.uuid4(), uuid.uuid4(), "en", uuid.uuid4().bytes, provider, due_at or clock.now())
        for _ in range(count)
    ]
    with transaction():
        batches.open_batch(batch)
        assert batches.owe_many(batch, KIND, mails) == count
    return batch


def owe_single(count: int) -> None:
    with transaction():
        for _ in range(count):
            queue_mail(KIND, lane=Lane.BULK, language="en", dedupe=uuid.uuid4().bytes, ref=uuid.uuid4())


def states() -> dict[str, int]:
    session.remove()
    return {state: count for (_lane, state), count in rows.count_by_state().items()}


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("a@GMAIL.com", "gmail"), ("a@googlemail.com", "gmail"), ("a@hotmail.fr", "outlook"),
        ("a@yahoo.co.uk", "yahoo"), ("a@bk.ru", "mailru"), ("a@ya.ru", "yandex"), ("a@web.de", "gmx"),
        ("a@gmx.at", "gmx"), ("a@pm.me", "proton"), ("a@example.org", "other"), ("a@yahoo", "other"),
        ("a@mail.ru.example.org", "other"), ("", "other"), ("a@live.some.company.example", "other"),
    ],
)  # fmt: skip
def test_a_host_is_told_by_its_domains(address, provider):
    assert provider_of(address) == provider
    assert provider in PROVIDERS


def test_a_batch_is_owed_once(app):
    mail = Owed(uuid.uuid4(), uuid.uuid4(), "en", b"x" * 32, "gmail", clock.now())
    again = Owed(uuid.uuid4(), uuid.uuid4(), "en", b"x" * 32, "gmail", clock.now())
    batch = uuid.uuid4()
    with transaction():
        batches.open_batch(batch)
        batches.open_batch(batch)
        assert batches.owe_many(batch, KIND, [mail]) == 1
        assert batches.owe_many(batch, KIND, [again, mail]) == 0
        assert batches.owe_many(batch, KIND, []) == 0
    assert batches.count_batch(batch) == {("gmail", "pending"): 1}


def test_a_batch_leaves_and_is_counted_by_host(app, mailserver):
    batch = owe(25)
    owe(10, batch, "gmail")
    assert delivery.deliver_lane(Lane.BULK, in_context=app.app_context, threads=2) == 35
    assert len({mail.recipients[0] for mail in mailserver.mails}) == 35
    session.remove()
    assert batches.count_batch(batch) == {("other", "sent"): 25, ("gmail", "sent"): 10}


def test_nothing_of_a_held_batch_is_claimed_and_all_of_it_once_it_goes_on(app, mailserver):
    batch, other = owe(30), owe(3)
    with transaction():
        batches.hold(batch)
    assert rows.lanes_with_due_mail() == [Lane.BULK]
    delivery.deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
    assert len(mailserver.mails) == 3
    assert batches.count_batch(other) == {("other", "sent"): 3}
    assert rows.lanes_with_due_mail() == [], "nobody is called for what is held"
    assert batches.is_held(batch)
    with transaction():
        batches.go_on(batch)
    assert delivery.deliver_lane(Lane.BULK, in_context=app.app_context, threads=1) == 30


def test_a_hold_stops_a_worker_within_the_mail_that_is_on_its_way(app, mailserver):
    batch = owe(20)
    held = threading.Event()

    def hold_after_three(verb: str, _recipient: str) -> None:
        if verb == "DOT" and len(mailserver.mails) >= 2 and not held.is_set():
            held.set()
            with app.app_context(), transaction():
                batches.hold(batch)

    mailserver.answer = hold_after_three
    delivery.deliver_batch(Lane.BULK)
    session.remove()
    assert len(mailserver.mails) <= 4
    assert batches.count_batch(batch) == {
        ("other", "sent"): len(mailserver.mails), ("other", "retry"): 20 - len(mailserver.mails),
    }  # fmt: skip
    waiting = session.execute(select(MailRow.attempts, MailRow.error).where(MailRow.state == MailState.RETRY)).all()
    assert {tuple(row) for row in waiting} == {(0, "held")}
    with transaction():
        batches.go_on(batch)
    delivery.deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
    assert len({mail.recipients[0] for mail in mailserver.mails}) == len(mailserver.mails) == 20


def test_a_held_batch_keeps_back_its_own_mails_alone(app, mailserver):
    batch = owe(5)
    owe_single(5)
    claims = claiming.claim_due(Lane.BULK, 20)
    with transaction():
        batches.hold(batch)
    assert claiming.release_held(claims) == {claim.id for claim in claims if claim.batch == batch}
    assert states() == {"retry": 5, "claimed": 5}


def test_stopping_ends_what_waits_in_pieces(app, mailserver):
    batch, other = owe(25), owe(2)
    with transaction():
        batches.hold(batch)
    pieces = []
    while not pieces or pieces[-1]:
        with transaction():
            pieces.append(batches.stop(batch, 10))
    assert pieces == [10, 10, 5, 0]
    assert batches.count_batch(batch) == {("other", "suppressed"): 25}
    assert batches.count_batch(other) == {("other", "pending"): 2}
    assert set(session.scalars(select(MailRow.error).where(MailRow.batch == batch))) == {batches.STOPPED}


def test_what_was_never_opened_is_not_found(app):
    for act in (batches.hold, batches.go_on):
        with pytest.raises(NotFound), transaction():
            act(uuid.uuid4())


def test_single_mails_and_batches_share_the_lane(app):
    owe(100)
    owe_single(100)
    claims = claiming.claim_due(Lane.BULK, 20)
    assert sum(claim.batch is None for claim in claims) == 10
    assert len(claims) == 20


def test_single_mails_alone_fill_a_claim(app):
    owe_single(30)
    assert len(claiming.claim_due(Lane.BULK, 20)) == 20


def test_mails_of_a_batch_wait_for_their_hour(app):
    owe(5, due_at=clock.now() + timedelta(hours=1))
    assert claiming.claim_due(Lane.BULK, 20) == []
    assert rows.lanes_with_due_mail() == []


def test_the_days_of_a_mail_begin_with_its_first_try(app, mailserver):
    batch = owe(1)
    due = text("SELECT expires_at - now() FROM mail")
    assert session.execute(due).scalar_one() > timedelta(days=29)
    session.rollback()
    mailserver.answer = lambda verb, _recipient: "451 later" if verb == "RCPT" else None
    delivery.deliver_batch(Lane.BULK)
    assert timedelta(hours=71) < session.execute(due).scalar_one() < timedelta(hours=73)
    session.rollback()
    with transaction():
        session.execute(update(MailRow).values(expires_at=clock.now() - timedelta(seconds=1)))
    delivery.sweep()
    assert batches.count_batch(batch) == {("other", "expired"): 1}


def test_a_bulk_mail_cut_after_the_body_waits_for_a_person(app, mailserver):
    owe(1)
    mailserver.answer = lambda verb, _recipient: "cut" if verb == "DOT" else None
    delivery.deliver_batch(Lane.BULK)
    assert states() == {"unknown": 1}


def test_a_restored_backup_sends_none_of_it(app):
    owe(3)
    for statement in after_rows().split("UPDATE public.job")[0].split("UPDATE public.mail")[1:]:
        session.execute(text("UPDATE public.mail" + statement))
    session.commit()
    assert states() == {"unknown": 3}


def test_a_batch_goes_once_none_of_its_mails_is_left(app, mailserver):
    sent, empty = owe(2), uuid.uuid4()
    delivery.deliver_batch(Lane.BULK)
    with transaction():
        batches.open_batch(empty)
        session.execute(text("UPDATE mail SET finished_at = now() - interval '9 days'"))
        session.execute(
            text("UPDATE mail_batch SET opened_at = now() - interval '9 days' WHERE id = :id"), {"id": sent}
        )
        assert delete_old_rows(clock.today()) == 2
    left = session.scalars(select(batches.MailBatch.id)).all()
    assert left == [empty], "one that was opened today is still being filled"


def test_a_turn_ends_so_that_other_work_has_its_turn(app, mailserver, monkeypatch):
    monkeypatch.setattr(delivery, "TURN_SECONDS", 0)
    monkeypatch.setattr(delivery, "BULK_BATCH", 20)
    owe(60)
    assert delivery.deliver_lane(Lane.BULK, in_context=app.app_context, threads=2) == 20
    assert rows.lanes_with_due_mail() == [Lane.BULK]
