"""Whatever a relay says at whatever verb, in groups or one by one: no mail is lost, and none is sent twice."""

import uuid

import pytest
from sqlalchemy import select, text, update

from campaign.kernel import clock
from campaign.kernel.db import db, session, transaction
from campaign.kernel.mail import claiming, delivery, senders
from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail, Text
from campaign.kernel.mail.rows import Lane, MailRow, MailState, queue_mail
from campaign.kernel.mail.senders import MailboxTransport, SmtpTransport
from tests.support.talk import Talker

KIND = "test.talk"
MAILS = 6
ODD = "who2@example.org"
"""The mail with which something is wrong; others stand before and after it."""


@pytest.fixture(params=[True, False], ids=["in groups", "one by one"])
def talker(app, request, monkeypatch):
    server = Talker(pipelining=request.param)
    transport = SmtpTransport([server.url], "localhost")
    monkeypatch.setattr(post_office, "transport", transport)
    monkeypatch.setattr(senders, "TIMEOUT", 0.5)
    yield server
    transport.close()
    server.stop()


@pytest.fixture
def owed(app, monkeypatch):
    """Six mails, of which the third is odd, of a kind that must not be repeated; gives who gets which."""
    recipients = {uuid.uuid4(): f"who{number}@example.org" for number in range(MAILS)}

    def build(claims):
        return {claim.id: Mail(recipients[claim.ref], Text("Hello", ".dot\nA line.\n")) for claim in claims}

    monkeypatch.setitem(mail_kinds._items, KIND, MailKind(build, resend_unknown=False))
    with transaction():
        for ref in recipients:
            queue_mail(KIND, lane=Lane.FAST, language="en", dedupe=ref.bytes, ref=ref)
    # One after the other, as they are numbered.
    order = {ref: number for number, ref in enumerate(recipients)}
    monkeypatch.setattr(
        delivery.claiming, "claim_due",
        lambda lane, limit, claim=claiming.claim_due: sorted(claim(lane, limit), key=lambda each: order[each.ref]),
    )  # fmt: skip
    return recipients


def states(recipients) -> dict[str, tuple[str, str]]:
    session.remove()
    rows = session.execute(select(MailRow.ref, MailRow.state, MailRow.error))
    return {recipients[ref]: (state, error) for ref, state, error in rows}


def deliver_all() -> None:
    for _ in range(4):
        delivery.deliver_batch(Lane.FAST)
        session.execute(update(MailRow).where(MailRow.state == MailState.RETRY).values(due_at=clock.now()))
        session.commit()


def once(verb: str, reply: str):
    """Say `reply` at `verb` of the odd mail, the first time only. MAIL does not name whose it is: the third is."""
    said: list[str] = []
    asked: list[str] = []

    def answer(at: str, who: str) -> str | None:
        if at != verb:
            return None
        asked.append(who)
        if (who == ODD or (verb == "MAIL" and len(asked) == 3)) and not said:
            said.append(reply)
            return reply
        return None

    return answer


FATES = [
    ("MAIL", "451 later", "retry", "451"), ("MAIL", "550 no", "failed", "550"),
    ("MAIL", "421 4.3.2 closing", "retry", "421"), ("MAIL", "cut", "retry", "connection-lost"),
    ("MAIL", "silent", "retry", "connection-lost"), ("MAIL", "220 what", "retry", "unexpected-reply"),
    ("RCPT", "450 later", "retry", "450"), ("RCPT", "550 5.1.1 nobody", "failed", "550 5.1.1"),
    ("RCPT", "421 closing", "retry", "421"), ("RCPT", "cut", "retry", "connection-lost"),
    ("RCPT", "silent", "retry", "connection-lost"), ("RCPT", "354 what", "retry", "unexpected-reply"),
    ("DATA", "451 later", "retry", "451"), ("DATA", "554 no", "failed", "554"),
    ("DATA", "421 closing", "retry", "421"), ("DATA", "cut", "retry", "connection-lost"),
    ("DATA", "silent", "retry", "connection-lost"), ("DATA", "250 ok", "retry", "unexpected-reply"),
    ("DOT", "451 later", "retry", "451"), ("DOT", "554 no", "failed", "554"), ("DOT", "421 closing", "retry", "421"),
    ("BODY", "cut", "unknown", "connection-lost"), ("DOT", "cut", "unknown", "connection-lost"),
    ("DOT", "cut-after", "unknown", "connection-lost"), ("DOT", "silent", "unknown", "connection-lost"),
    ("DOT", "354 what", "unknown", "unexpected-reply"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "reply", "state", "error"), FATES, ids=[f"{f[0]} {f[1]}" for f in FATES])
def test_one_mail_meets_trouble_and_the_others_do_not_feel_it(talker, owed, verb, reply, state, error):
    talker.answer = once(verb, reply)
    delivery.deliver_batch(Lane.FAST)
    after = states(owed)
    assert after.pop(ODD) == (state, error)
    assert set(after.values()) == {("sent", "")}
    assert sorted(each for each in talker.accepted if each != ODD) == sorted(after)
    assert talker.empty == 0

    deliver_all()
    expected = "sent" if state == "retry" else state
    assert states(owed)[ODD][0] == expected
    taken = talker.accepted.count(ODD)
    assert taken == (state == "retry" or reply == "cut-after")


@pytest.mark.parametrize("reply", ["550 nobody", "450 later"])
def test_a_server_that_waits_for_a_body_that_nobody_gets_is_given_a_lone_dot(talker, owed, reply):
    refuse = once("RCPT", reply)
    talker.answer = lambda verb, who: "354 go on" if verb == "DATA" and not who else refuse(verb, who)
    delivery.deliver_batch(Lane.FAST)
    after = states(owed)
    assert after.pop(ODD) == ("failed" if reply.startswith("5") else "retry", reply[:3])
    assert set(after.values()) == {("sent", "")}
    assert (talker.connections, talker.empty) == (1, 0)
    assert ODD not in talker.accepted


def test_a_refusal_stands_though_the_connection_breaks_after_it(talker, owed):
    refuse = once("RCPT", "550 nobody")
    talker.answer = lambda verb, who: "cut" if verb == "DATA" and not who else refuse(verb, who)
    delivery.deliver_batch(Lane.FAST)
    assert states(owed)[ODD] == ("failed", "550")


@pytest.mark.parametrize(
    "odd", [Mail(ODD, Text("Hello", "[[nobody]]")), Mail(ODD, Text("Hello", "[[x]]"), {"x": 7})], ids=["slot", "type"]
)
def test_a_mail_that_cannot_be_composed_fails_alone(talker, owed, monkeypatch, odd):
    made = mail_kinds[KIND].build
    monkeypatch.setitem(
        mail_kinds._items, KIND,
        MailKind(lambda claims: {row: odd if mail.recipient == ODD else mail for row, mail in made(claims).items()},
                 resend_unknown=False),
    )  # fmt: skip
    delivery.deliver_batch(Lane.FAST)
    after = states(owed)
    assert after.pop(ODD) == ("failed", "not-composable")
    assert set(after.values()) == {("sent", "")}
    assert sorted(talker.accepted) == sorted(after)


def test_every_mail_refused_leaves_nothing_behind(talker, owed):
    talker.answer = lambda verb, _who: "550 nobody" if verb == "RCPT" else None
    delivery.deliver_batch(Lane.FAST)
    assert set(states(owed).values()) == {("failed", "550")}
    assert (talker.accepted, talker.connections) == ([], 1)


def test_a_group_is_one_write_and_its_body_waits_for_the_handoff(talker, owed):
    handed_off_at_body, engine = [], db.engine

    def look(verb: str, who: str) -> None:
        if verb == "DOT":
            with engine.connect() as connection:
                states = connection.execute(text("SELECT state FROM mail")).scalars().all()
            handed_off_at_body.append(sorted(states))

    talker.answer = look
    delivery.deliver_batch(Lane.FAST)
    assert len(talker.accepted) == MAILS
    assert [each.count("handoff") for each in handed_off_at_body] == [1] * MAILS, "of one mail only, and before its dot"
    assert [each.count("sent") for each in handed_off_at_body] == list(range(MAILS))
    bodies = [chunk for chunk in talker.chunks if chunk.endswith((b"DATA\r\n", b".\r\n"))]
    in_groups = [chunk for chunk in bodies if b"\r\n.\r\nMAIL" in chunk and chunk.endswith(b"DATA\r\n")]
    assert len(in_groups) == (MAILS - 1 if talker.pipelining else 0)


def test_a_relay_that_announces_groups_and_falls_silent_over_them_gets_none_any_more(talker, owed):
    seen: list[str] = []

    def answer(verb: str, who: str) -> str | None:
        seen.append(verb)
        return "silent" if seen.count("RCPT") == 2 and verb == "RCPT" else None

    talker.answer = answer
    delivery.deliver_batch(Lane.FAST)
    deliver_all()
    assert {state for state, _error in states(owed).values()} == {"sent"}
    assert sorted(talker.accepted) == sorted(owed.values())
    transport = post_office.transport
    assert isinstance(transport, SmtpTransport)
    assert transport.relays[0].pipelines != talker.pipelining


def test_what_a_worker_loses_before_the_body_is_not_sent_by_it(talker, owed, monkeypatch):
    """The claim of the third is taken away while the second is on its way."""
    engine = db.engine

    def take_away(verb: str, who: str) -> None:
        if verb == "DOT" and who == "who1@example.org":
            with engine.connect() as connection:
                connection.execute(
                    text("UPDATE mail SET attempts = attempts + 1 WHERE ref = :ref"),
                    {"ref": next(ref for ref, address in owed.items() if address == ODD)},
                )
                connection.commit()

    talker.answer = take_away
    delivery.deliver_batch(Lane.FAST)
    after = states(owed)
    assert after.pop(ODD) == ("claimed", "")
    assert set(after.values()) == {("sent", "")}
    assert ODD not in talker.accepted


def test_the_last_mail_that_a_connection_carries_brings_no_following_one(talker, owed, monkeypatch):
    from campaign.kernel.mail import smtp

    monkeypatch.setattr(smtp, "MAILS_PER_CONNECTION", 2)
    delivery.deliver_batch(Lane.FAST)
    assert {state for state, _error in states(owed).values()} == {"sent"}
    assert (len(talker.accepted), talker.connections) == (MAILS, MAILS // 2)


def test_the_mailbox_of_development_gets_each_mail_once(owed, monkeypatch, tmp_path):
    monkeypatch.setattr(post_office, "transport", MailboxTransport(tmp_path / "mailbox"))
    assert delivery.deliver_batch(Lane.FAST).sent == MAILS
    assert {state for state, _error in states(owed).values()} == {"sent"}
    assert len(list((tmp_path / "mailbox" / "new").iterdir())) == MAILS
