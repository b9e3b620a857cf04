"""How fast mails of batches leave: caps of hosts, a new sender's plan, and a host that has had enough."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaign.kernel import clock
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import batches, claiming, delivery, pace, rows
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail, Text
from campaign.kernel.mail.pace import MailPace, WarmUp
from campaign.kernel.mail.providers import PROVIDERS
from campaign.kernel.mail.rows import Lane, MailRow, MailState
from campaign.kernel.switches import Switch, set_switch
from tests.mail.test_batches import KIND, owe, owe_single
from tests.support import make

ACTOR = uuid.uuid4()


@pytest.fixture(autouse=True)
def _kind(monkeypatch):
    def build(claims):
        return {claim.id: Mail(f"m{claim.id.hex}@example.org", Text("News", "Hello\n")) for claim in claims}

    monkeypatch.setitem(mail_kinds._items, KIND, MailKind(build, switch=Switch.BULK_MAIL, resend_unknown=False))


def cap(**caps: int | None) -> None:
    with transaction():
        pace.set_caps(caps, actor=ACTOR)


def warm_up(*totals: int, days_ago: int = 0, is_on: bool = True) -> None:
    with transaction():
        pace.set_warm_up(WarmUp(is_on, clock.today() - timedelta(days=days_ago), totals), actor=ACTOR)


def counted() -> dict[str, tuple[int, int]]:
    session.remove()
    return {each.provider: (each.in_hour, each.in_day) for each in pace.list_paces() if each.in_day}


def drain(app) -> int:
    total = 0
    while sent := delivery.deliver_lane(Lane.BULK, in_context=app.app_context, threads=4):
        total += sent
    return total


def an_hour_later() -> None:
    """As the clock will show: what is counted belongs to the hour before."""
    session.execute(update(MailPace).values(hour=MailPace.hour - timedelta(hours=1)))
    session.commit()


def test_a_cap_holds_for_its_host_over_all_threads_and_the_others_go_on(app, mailserver):
    batch, second = owe(70, provider="gmail"), owe(30, provider="gmail")
    owe(40, batch, "yandex")
    cap(gmail=25)
    assert drain(app) == 65
    assert counted() == {"gmail": (25, 25), "yandex": (40, 40)}
    an_hour_later()
    assert drain(app) == 25
    assert counted() == {"gmail": (25, 50), "yandex": (0, 40)}
    assert sum(batches.count_batch(each).get(("gmail", "sent"), 0) for each in (batch, second)) == 50


def test_many_workers_at_once_take_no_more_than_the_cap(app):
    for _ in range(3):
        owe(60, provider="gmail")
    cap(gmail=47)
    taken: list[int] = []
    start = threading.Barrier(8)

    def work() -> None:
        with app.app_context():
            start.wait()
            taken.extend(len(claiming.claim_due(Lane.BULK, 20)) for _ in range(4))
            session.remove()

    crew = [threading.Thread(target=work) for _ in range(8)]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    assert sum(taken) == 47


def test_nought_is_nothing_and_none_is_no_cap(app, mailserver):
    owe(5, provider="gmail")
    cap(gmail=0)
    assert drain(app) == 0
    cap(gmail=None)
    assert drain(app) == 5


def test_a_new_sender_sends_no_more_a_day_than_the_plan_says(app, mailserver):
    owe(30, provider="gmail")
    owe(30, provider="other")
    warm_up(10, 25)
    assert drain(app) == 10
    warm_up(10, 25, days_ago=1)
    assert drain(app) == 15, "what left today counts"
    warm_up(10, 25, days_ago=40)
    assert drain(app) == 0, "the last number holds on"
    warm_up(10, 25, is_on=False)
    assert drain(app) == 35


def test_a_plan_of_next_week_limits_nothing_today(app, mailserver):
    owe(20)
    warm_up(1, days_ago=-7)
    assert drain(app) == 20


def test_confirmations_and_single_mails_wait_for_no_cap(app, mailserver):
    from campaign.signatures.service.sign import sign

    owe(5)
    owe_single(3)
    warm_up(1)
    cap(**dict.fromkeys(PROVIDERS, 0))
    sign(make.petition().id, make.signature_draft(), quarantined=False)
    assert delivery.deliver_lane(Lane.FAST, in_context=app.app_context) == 1
    assert delivery.deliver_lane(Lane.BULK, in_context=app.app_context) == 3


def test_what_was_given_back_is_not_counted(app, mailserver):
    batch = owe(10, provider="gmail")
    with transaction():
        set_switch(Switch.BULK_MAIL, on=False, reason="test")
    delivery.deliver_batch(Lane.BULK)
    assert counted() == {}
    with transaction():
        set_switch(Switch.BULK_MAIL, on=True, reason="test")
        session.execute(update(MailRow).values(due_at=clock.now()))
    claims = claiming.claim_due(Lane.BULK, 20)
    assert counted() == {"gmail": (10, 10)}
    with transaction():
        batches.hold(batch)
    claiming.release_held(claims)
    assert counted() == {}


def test_what_lost_its_reason_is_not_counted(app, monkeypatch):
    owe(4, provider="gmail")
    monkeypatch.setitem(mail_kinds._items, KIND, MailKind(lambda claims: {}))
    delivery.deliver_batch(Lane.BULK)
    assert counted() == {}
    assert rows.count_by_state() == {("bulk", "suppressed"): 4}


@pytest.mark.parametrize(("verb", "reply"), [("RCPT", "450 4.7.1 too many"), ("DOT", "421 4.7.0 rate limited")])
def test_a_host_that_has_had_enough_rests_and_no_mail_loses_a_try(app, mailserver, verb, reply):
    batch = owe(12, provider="gmail")
    mailserver.answer = lambda at, _recipient: reply if at == verb else None
    delivery.deliver_batch(Lane.BULK)
    session.remove()
    waiting = session.execute(select(MailRow.state, MailRow.attempts, MailRow.due_at)).all()
    assert {(state, attempts) for state, attempts, _due in waiting} == {(MailState.RETRY, 0)}
    assert all(timedelta(minutes=9) < due - clock.now() < timedelta(minutes=11) for _s, _a, due in waiting)
    assert counted() == {}
    owe(5, batch, "gmail")
    owe(5, batch, "yandex")
    mailserver.clear()
    assert drain(app) == 5, "the others are not concerned"
    with transaction():
        assert pace.end_rest("gmail", actor=ACTOR)
        assert not pace.end_rest("gmail", actor=ACTOR)
    assert drain(app) == 5


def test_one_small_host_that_has_had_enough_rests_alone(app, mailserver):
    owe(6)
    mailserver.answer = lambda at, recipient: "450 4.7.1 greylisted" if at == "RCPT" and recipient < "m4" else None
    delivery.deliver_batch(Lane.BULK)
    session.remove()
    assert pace.list_paces()[-1].rests_until is None
    assert len(mailserver.mails) == sum(
        state == MailState.SENT for state in session.scalars(select(MailRow.state))
    )  # fmt: skip


def test_changes_are_on_record_once(app):
    cap(gmail=5, yandex=None)
    cap(gmail=5, yandex=None)
    warm_up(1, 2)
    found = session.execute(select(AuditEntry.action, AuditEntry.object, AuditEntry.amount).order_by(AuditEntry.id))
    assert [tuple(row) for row in found] == [
        ("mail.cap_set", "mail-host:gmail", 5), ("mail.cap_lifted", "mail-host:yandex", 0),
        ("mail.warm_up_on", "mail-warm-up", 2),
    ]  # fmt: skip
