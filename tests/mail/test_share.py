"""What one person gets of automatic mails on a day: a few, the rest on the next morning, none lost, no address kept."""

import secrets
import threading
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import delivery, retention, share, tally
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail, Text
from campaign.kernel.mail.rows import EXPIRES_AFTER, Claim, Lane, MailRow, MailState, queue_mail
from campaign.kernel.mail.share import MOST_A_DAY, MailShare, take_shares
from tests.support.smtp import Mailserver

SCOPE = "made-up"


def build(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    return {claim.id: Mail(claim.recipient(), Text("A subject", "A text\n")) for claim in claims}


@pytest.fixture
def kinds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind that counts and one that does not."""
    known = {**dict(mail_kinds.items()), "made.up": MailKind(build, counts=True), "made.act": MailKind(build)}
    monkeypatch.setattr(mail_kinds, "_items", known)
    keyring.ensure(SCOPE)


def owe(amount: int, address: str = "anna@example.org", kind: str = "made.up") -> None:
    with transaction():
        for _each in range(amount):
            queue_mail(
                kind, lane=Lane.LETTERS, language="en", dedupe=uuid.uuid4().bytes, recipient=address, scope=SCOPE
            )


def empty_lane() -> None:
    while delivery.deliver_batch(Lane.LETTERS).claimed:
        pass


def states() -> dict[tuple[str, str], int]:
    session.remove()
    rows = session.execute(select(MailRow.state, MailRow.error, func.count()).group_by(MailRow.state, MailRow.error))
    return {(state, error): count for state, error, count in rows}


@pytest.mark.usefixtures("kinds")
def test_what_is_above_the_share_waits_for_the_next_morning(mailserver: Mailserver, monkeypatch) -> None:
    owe(MOST_A_DAY + 2)
    owe(1, "boris@example.org")
    owe(3, kind="made.act")
    empty_lane()
    assert states() == {("sent", ""): MOST_A_DAY + 1 + 3, ("retry", "share-used"): 2}
    waiting = session.scalars(select(MailRow).where(MailRow.state == MailState.RETRY)).all()
    tomorrow = clock.today() + timedelta(days=1)
    assert {each.due_at.date() for each in waiting} == {tomorrow}
    assert all(each.expires_at == each.due_at + EXPIRES_AFTER and each.attempts == 0 for each in waiting)

    later = max(each.due_at for each in waiting) + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(clock, "today", later.date)
    empty_lane()
    assert states() == {("sent", ""): MOST_A_DAY + 6}
    assert len([mail for mail in mailserver.mails if mail.recipients == ["anna@example.org"]]) == MOST_A_DAY + 5


@pytest.mark.usefixtures("kinds")
def test_one_mailbox_in_several_spellings_is_one_person(mailserver: Mailserver) -> None:
    owe(MOST_A_DAY - 1, "anna.b@gmail.com")
    owe(3, "AnnaB+letters@googlemail.com")
    empty_lane()
    assert states() == {("sent", ""): MOST_A_DAY, ("retry", "share-used"): 2}


@pytest.mark.usefixtures("kinds")
def test_a_relay_that_is_down_uses_nobodys_share_twice(mailserver: Mailserver) -> None:
    owe(MOST_A_DAY)
    mailserver.answer = lambda verb, _recipient: "451 later" if verb == "RCPT" else None
    for _each in range(4):
        empty_lane()
        with transaction():
            session.execute(update(MailRow).values(due_at=clock.now()))
    mailserver.clear()
    empty_lane()
    assert states() == {("sent", ""): MOST_A_DAY}
    assert session.scalar(select(func.cardinality(MailShare.marks))) == MOST_A_DAY


@pytest.mark.usefixtures("kinds")
def test_a_batch_costs_one_statement_and_no_address_is_kept(monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(
        share, "execute_alone", lambda *args, known=share.execute_alone: (asked.append(1), known(*args))[1]
    )
    people = {uuid.uuid4(): f"person-{number}@example.org" for number in range(20)}
    assert take_shares(people) == set(people)
    assert asked == [1]
    # Again for the same mails: nothing more is counted.
    assert take_shares(people) == set(people)
    rows = session.scalars(select(MailShare)).all()
    assert len(rows) == 20
    assert all(len(row.address_index) == 32 and [len(mark) for mark in row.marks] == [8] for row in rows)
    same = {uuid.uuid4(): "one@example.org" for _each in range(MOST_A_DAY + 3)}
    assert len(take_shares(same)) == MOST_A_DAY


def test_workers_at_once_give_nobody_more(app: Flask) -> None:
    together = threading.Barrier(4)

    def take(_number: int) -> int:
        with app.app_context():
            together.wait(10)
            return sum(len(take_shares({uuid.uuid4(): "one@example.org"})) for _each in range(5))

    with ThreadPoolExecutor(4) as crew:
        assert sum(crew.map(take, range(4))) == MOST_A_DAY


def test_rows_go_the_day_after_and_the_key_with_the_quota(app: Flask, monkeypatch) -> None:
    today = date(2020, 1, 1) + timedelta(days=secrets.randbelow(1000))  # a day whose key no other test needs
    monkeypatch.setattr(clock, "today", lambda: today)
    take_shares({uuid.uuid4(): "one@example.org"})
    with transaction():
        assert retention.forget_days(today) == 0
        assert retention.forget_days(today + timedelta(days=1)) == 1
        retention.forget_days(today + timedelta(days=2))
    assert f"day:{today.isoformat()}" not in keyring.scopes("day:")
    # A clock that was set back meets a key that is gone, and counting begins again.
    row = uuid.uuid4()
    assert take_shares({row: "one@example.org"}) == {row}
    assert f"day:{today.isoformat()}" in keyring.scopes("day:")


@pytest.mark.usefixtures("kinds")
def test_how_many_were_sent_outlives_the_rows(mailserver: Mailserver) -> None:
    owe(3)
    empty_lane()
    today = clock.today()
    assert tally.count_sent(today, 30) == {"made.up": 3}
    with transaction():
        session.execute(update(MailRow).values(finished_at=clock.now() - timedelta(days=9)))
        assert retention.delete_old_rows(today) == 3
        assert retention.delete_old_rows(today) == 0
    assert session.scalar(select(func.count()).select_from(MailRow)) == 0
    assert tally.count_sent(today, 30) == {"made.up": 3}
    assert tally.count_sent(today, 5) == {}
    owe(2)
    empty_lane()
    with transaction():
        session.execute(update(MailRow).values(finished_at=clock.now() - timedelta(days=9)))
        assert retention.delete_old_rows(today) == 2
    assert tally.count_sent(today, 30) == {"made.up": 5}
