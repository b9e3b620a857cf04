"""What a relay can do wrong, and what becomes of the mail (SAFETY.md, "Mail")."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import claiming, delivery, rows, suppression
from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.kinds import mail_kinds
from campaign.kernel.mail.returns.follow import HARD_DAYS
from campaign.kernel.mail.rows import Lane, MailRow, MailState
from campaign.kernel.mail.senders import SmtpTransport
from campaign.kernel.mail.suppression import SuppressionReason
from campaign.kernel.switches import Switch, set_switch
from campaign.signatures.service.sign import sign
from tests.support import make
from tests.support.smtp import free_port


@pytest.fixture
def owed(app):
    """One confirmation that is owed to anna@example.org."""
    sign(make.petition().id, make.signature_draft(), quarantined=False)


def the_mail() -> MailRow:
    session.remove()
    return session.scalars(select(MailRow)).one()


def make_due() -> None:
    session.execute(update(MailRow).values(due_at=clock.now()))
    session.commit()


def let_leases_end() -> None:
    session.execute(text("UPDATE mail SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL"))
    session.commit()


@pytest.mark.usefixtures("owed")
@pytest.mark.parametrize("verb", ["RCPT", "DOT"])
def test_a_temporary_refusal_is_tried_again_later(mailserver, verb):
    mailserver.answer = lambda at, _recipient: "451 later" if at == verb else None
    delivery.deliver_batch(Lane.FAST)
    mail = the_mail()
    assert (mail.state, mail.error, mail.attempts) == (MailState.RETRY, "451", 1)
    assert timedelta(seconds=40) < mail.due_at - clock.now() < timedelta(seconds=80)

    mailserver.clear()
    make_due()
    delivery.deliver_batch(Lane.FAST)
    assert the_mail().state == MailState.SENT
    assert len(mailserver.mails) == 1


@pytest.mark.usefixtures("owed")
@pytest.mark.parametrize("verb", ["RCPT", "DOT"])
def test_a_final_refusal_fails_the_mail_and_keeps_only_the_code(mailserver, verb):
    mailserver.answer = lambda at, recipient: f"550 no such user {recipient}" if at == verb else None
    delivery.deliver_batch(Lane.FAST)
    assert (the_mail().state, the_mail().error) == (MailState.FAILED, "550")


@pytest.mark.usefixtures("owed")
@pytest.mark.parametrize(
    ("verb", "reply", "is_suppressed"),
    [
        ("RCPT", "550 5.1.1 no such user", True), ("RCPT", "550 5.2.1 disabled", True),
        ("RCPT", "550 5.7.1 denied", False), ("RCPT", "552 5.2.2 mailbox full", False),
        ("RCPT", "550 5.1.8 bad sender", False), ("RCPT", "450 4.1.1 not yet", False),
        ("MAIL", "550 5.1.0 sender refused", False), ("DOT", "550 5.1.1 no such user", False),
    ],
)  # fmt: skip
def test_a_mailbox_that_does_not_exist_is_written_to_no_more(mailserver, verb, reply, is_suppressed):
    mailserver.answer = lambda at, _recipient: reply if at == verb else None
    delivery.deliver_batch(Lane.FAST)
    assert the_mail().state == (MailState.RETRY if reply.startswith("4") else MailState.FAILED)
    until = session.scalar(select(suppression.Suppression.expires_on))
    assert until == (clock.today() + timedelta(days=HARD_DAYS) if is_suppressed else None)


@pytest.mark.usefixtures("owed")
def test_a_connection_cut_before_the_body_costs_nothing(mailserver):
    mailserver.answer = lambda at, _recipient: "cut" if at == "RCPT" else None
    delivery.deliver_batch(Lane.FAST)
    assert (the_mail().state, the_mail().error) == (MailState.RETRY, "connection-lost")
    assert mailserver.mails == []


@pytest.mark.usefixtures("owed")
@pytest.mark.parametrize("kind_of_cut", ["cut", "cut-after"])
def test_a_cut_after_the_body_is_sent_again_under_the_same_message_id(mailserver, kind_of_cut):
    mailserver.answer = lambda at, _recipient: kind_of_cut if at == "DOT" else None
    delivery.deliver_batch(Lane.FAST)
    assert (the_mail().state, the_mail().error) == (MailState.RETRY, "connection-lost")
    arrived = {mail.message["Message-ID"] for mail in mailserver.mails}
    before = len(mailserver.mails)
    mailserver.answer = lambda _at, _recipient: None
    make_due()
    delivery.deliver_batch(Lane.FAST)
    assert the_mail().state == MailState.SENT
    assert len(mailserver.mails) == before + 1
    assert {mail.message["Message-ID"] for mail in mailserver.mails} == (
        arrived or {mailserver.mails[-1].message["Message-ID"]}
    )


@pytest.mark.usefixtures("owed")
def test_a_relay_that_is_down_costs_the_mail_none_of_its_tries(mailserver, monkeypatch):
    dead = SmtpTransport([f"smtp://127.0.0.1:{free_port()}"], "localhost")
    monkeypatch.setattr(post_office, "transport", dead)
    for _ in range(5):
        make_due()
        assert delivery.deliver_batch(Lane.FAST).relay_down
    assert (the_mail().state, the_mail().attempts) == (MailState.RETRY, 0)
    assert dead.relays[0].breaker.is_open


@pytest.mark.usefixtures("owed")
def test_the_second_relay_serves_while_the_first_is_down(mailserver, monkeypatch):
    both = SmtpTransport([f"smtp://127.0.0.1:{free_port()}", mailserver.url], "localhost")
    monkeypatch.setattr(post_office, "transport", both)
    delivery.deliver_batch(Lane.FAST)
    both.close()
    assert the_mail().state == MailState.SENT


@pytest.mark.usefixtures("owed")
def test_a_worker_that_dies_before_the_body_loses_nothing(mailserver):
    claiming.claim_due(Lane.FAST, 10)
    assert delivery.deliver_batch(Lane.FAST).claimed == 0, "a claimed mail belongs to its worker"
    let_leases_end()
    delivery.sweep()
    assert (the_mail().state, the_mail().error) == (MailState.RETRY, "worker-lost")
    delivery.deliver_batch(Lane.FAST)
    assert len(mailserver.mails) == 1


@pytest.mark.usefixtures("owed")
def test_a_worker_that_dies_after_the_handoff_leads_to_the_same_mail_again(mailserver):
    claim = claiming.claim_due(Lane.FAST, 10)[0]
    assert claiming.hand_off(claim, sent_before=None)
    let_leases_end()
    delivery.sweep()
    assert (the_mail().state, the_mail().error) == (MailState.RETRY, "fate-unknown")
    delivery.deliver_batch(Lane.FAST)
    assert post_office.sender is not None
    assert mailserver.mails[0].message["Message-ID"] == post_office.sender.message_id(claim.id)


@pytest.mark.usefixtures("owed")
def test_a_worker_that_lost_its_lease_sends_nothing(mailserver):
    late = claiming.claim_due(Lane.FAST, 10)[0]
    let_leases_end()
    delivery.sweep()
    current = claiming.claim_due(Lane.FAST, 10)[0]
    assert not claiming.hand_off(late, sent_before=None)
    claiming.finish(late, MailState.FAILED, "late")
    assert the_mail().state == MailState.CLAIMED
    assert claiming.hand_off(current, sent_before=None)


@pytest.mark.usefixtures("owed")
def test_who_asked_never_to_be_mailed_is_not_mailed_though_it_was_owed_before(mailserver):
    with transaction():
        suppression.suppress("Anna@example.org", SuppressionReason.ASKED)
    delivery.deliver_batch(Lane.FAST)
    assert the_mail().state == MailState.SUPPRESSED
    assert mailserver.mails == []


@pytest.mark.usefixtures("owed")
def test_the_switch_holds_mail_back_and_loses_none(mailserver):
    with transaction():
        set_switch(Switch.CONFIRM_MAIL, on=False, reason="test")
    delivery.deliver_batch(Lane.FAST)
    assert (the_mail().state, the_mail().attempts) == (MailState.RETRY, 0)
    with transaction():
        set_switch(Switch.CONFIRM_MAIL, on=True, reason="test")
    make_due()
    delivery.deliver_batch(Lane.FAST)
    assert len(mailserver.mails) == 1


@pytest.mark.usefixtures("owed")
def test_a_clock_that_was_set_back_holds_no_mail(mailserver):
    back = {"queued_at": MailRow.queued_at, "due_at": MailRow.due_at, "expires_at": MailRow.expires_at}
    session.execute(update(MailRow).values({name: column + timedelta(hours=2) for name, column in back.items()}))
    session.commit()
    assert delivery.deliver_batch(Lane.FAST).claimed == 0
    delivery.sweep()
    assert delivery.deliver_batch(Lane.FAST).sent == 1
    assert len(mailserver.mails) == 1


@pytest.mark.usefixtures("owed")
def test_a_mail_that_waits_for_its_hour_is_not_hurried(mailserver):
    session.execute(update(MailRow).values(due_at=MailRow.due_at + timedelta(hours=2)))
    session.commit()
    delivery.sweep()
    assert delivery.deliver_batch(Lane.FAST).claimed == 0


@pytest.mark.usefixtures("owed")
def test_mail_that_could_not_leave_in_three_days_expires(app):
    session.execute(update(MailRow).values(expires_at=clock.now() - timedelta(seconds=1)))
    session.commit()
    delivery.sweep()
    assert the_mail().state == MailState.EXPIRED


def test_a_batch_goes_over_one_connection_and_each_mail_once(app, mailserver):
    petition = make.petition()
    for number in range(45):
        sign(petition.id, make.signature_draft(f"signer{number}@example.org"), quarantined=False)
    assert delivery.deliver_lane(Lane.FAST, in_context=app.app_context, threads=3) == 45
    assert len({mail.recipients[0] for mail in mailserver.mails}) == len(mailserver.mails) == 45
    session.remove()
    assert rows.count_by_state() == {("fast", "sent"): 45}


@pytest.mark.usefixtures("owed")
def test_the_return_path_names_the_mail_and_not_the_person(mailserver):
    delivery.deliver_batch(Lane.FAST)
    path = mailserver.mails[0].return_path
    assert path.startswith("b+")
    assert "anna" not in path
    assert post_office.sender is not None
    assert path == post_office.sender.return_path(the_mail().id, "anna@example.org")


def test_a_header_never_takes_a_line_break(app):
    from campaign.kernel.mail.message import Mail, Text, compose

    assert post_office.sender is not None
    mail = Mail("anna@example.org", Text("Hello", "Body"))
    row = make.petition().id
    for broken in (
        replace(mail, recipient="a@example.org\r\nBcc: b@example.org"),
        replace(mail, text=Text("Hello\r\nBcc: b@example.org", "Body")),
        replace(mail, text=Text("Hello", "Body", {"List-Id": "x\nBcc: b@example.org"})),
    ):
        with pytest.raises(ValueError, match="line break"):
            compose(broken, sender=post_office.sender, row=row, language="en", moment=clock.now(), eight_bit=True)


@pytest.mark.parametrize("recipient", ["a@example.org> <b@example.org", "a b@example.org", "почта@example.org"])
def test_an_address_never_leaves_its_brackets(app, recipient):
    from campaign.kernel.mail.message import Mail, Text, compose

    assert post_office.sender is not None
    mail, row = Mail(recipient, Text("Hello", "Body")), make.petition().id
    with pytest.raises((ValueError, UnicodeError)):
        compose(mail, sender=post_office.sender, row=row, language="en", moment=clock.now(), eight_bit=True)


def test_a_suppressed_mailbox_is_left_out_however_it_is_spelled(app):
    with transaction():
        suppression.suppress("anna.example@gmail.com", SuppressionReason.ASKED)
    spellings = ["Anna.Example@gmail.com", "annaexample+news@googlemail.com", "annaexample@gmail.com"]
    assert suppression.suppressed_among([*spellings, "bert@gmail.com"]) == set(spellings)


def test_a_mail_whose_keys_are_destroyed_holds_up_no_other(app, client, mailserver):
    gone, other = make.petition(), make.petition()
    sign(gone.id, make.signature_draft("gone@example.org"), quarantined=False)
    delivery.deliver_batch(Lane.FAST)
    client.post(mailserver.mails[0].link("/confirm/"))
    session.execute(text("UPDATE mail SET finished_at = finished_at - interval '1 minute'"))
    session.commit()
    sign(gone.id, make.signature_draft("gone@example.org"), quarantined=False)
    sign(other.id, make.signature_draft("other@example.org"), quarantined=False)
    keyring.destroy(gone.scope)
    delivery.deliver_batch(Lane.FAST)
    assert [mail.recipients for mail in mailserver.mails[1:]] == [["other@example.org"]]
    session.remove()
    states = dict(session.execute(select(MailRow.kind, MailRow.state).where(MailRow.ref.is_not(None))).all())
    assert states["signature.already"] == MailState.SUPPRESSED


@pytest.mark.usefixtures("owed")
def test_a_mail_that_we_cannot_make_is_tried_again_once_we_can(mailserver, monkeypatch):
    def broken(_claims):
        raise KeyError("a mistake of ours")

    kind = mail_kinds["signature.confirm"]
    monkeypatch.setitem(mail_kinds._items, "signature.confirm", replace(kind, build=broken))
    delivery.deliver_batch(Lane.FAST)
    assert (the_mail().state, the_mail().error) == (MailState.RETRY, "not-made")
    monkeypatch.delitem(mail_kinds._items, "signature.confirm")
    make_due()
    delivery.deliver_batch(Lane.FAST)
    assert (the_mail().state, the_mail().error) == (MailState.RETRY, "unknown-kind")
    monkeypatch.setitem(mail_kinds._items, "signature.confirm", kind)
    make_due()
    delivery.deliver_batch(Lane.FAST)
    assert the_mail().state == MailState.SENT
