"""What follows from a message that comes in: once, to the right address, and nothing from one that is forged."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from campaign.kernel import alarms, clock
from campaign.kernel.alarms import AlarmKind
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import delivery, suppression
from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.returns import rates
from campaign.kernel.mail.returns.accept import Flooded, TooLong, accept, is_ours
from campaign.kernel.mail.returns.classes import BOUNCES, ReturnKind
from campaign.kernel.mail.returns.models import MailReturn, MailReturned, ReturnState
from campaign.kernel.mail.returns.retention import delete_old
from campaign.kernel.mail.rows import Lane, MailRow
from campaign.kernel.mail.suppression import Suppression, SuppressionReason
from campaign.people.models import Consent, PersonIdentity
from campaign.people.service.consents import record_consent
from campaign.signatures.service.sign import sign
from tests.mail.corpus import BY_NAME, SAMPLES
from tests.support import make
from workers.run_jobs import run_due_jobs

ANNA = "anna@example.org"


@pytest.fixture
def sent(app, mailserver) -> str:
    """A confirmation that left for anna@example.org; gives its return path."""
    sign(make.petition().id, make.signature_draft(), quarantined=False)
    return send(mailserver)


def send(mailserver) -> str:
    delivery.deliver_batch(Lane.FAST)
    return mailserver.mails[-1].return_path


def come_in(name: str, recipient: str, *, told: str = ANNA) -> MailReturn:
    text = BY_NAME[name].content(recipient)
    for written in (b"nobody@example.net", b"anna@example.net", b"anna@example.com", b"nobody@example.com"):
        text = text.replace(written, told.encode())
    return take_in(text, recipient)


def take_in(content: bytes, recipient: str) -> MailReturn:
    before = set(session.scalars(select(MailReturn.id)))
    with transaction():
        assert accept(content, recipient)
    run_due_jobs()
    session.remove()
    return session.scalars(select(MailReturn).where(MailReturn.id.not_in(before))).one()


def the_suppression() -> tuple[str, object] | None:
    found = session.execute(select(Suppression.reason, Suppression.expires_on)).one_or_none()
    return None if found is None else (found[0], found[1])


def in_days(days: int):
    return clock.today() + timedelta(days=days)


def test_a_hard_bounce_strikes_the_address_off_for_half_a_year(sent):
    found = come_in("postfix-no-user", sent)
    assert (found.state, found.kind, found.code, found.mail_kind, found.content_sealed) == (
        ReturnState.SETTLED, ReturnKind.HARD, "5.1.1", "signature.confirm", None,
    )  # fmt: skip
    assert suppression.suppressed_among([ANNA, "bert@example.org"]) == {ANNA}
    assert the_suppression() == (SuppressionReason.BOUNCED, in_days(180))


@pytest.mark.usefixtures("sent")
def test_a_forged_bounce_changes_nothing_and_waits_for_a_person(sent):
    wrong = sent.replace("@", "0@")
    for sample in SAMPLES:
        if sample.kind in BOUNCES:
            take_in(sample.content("").replace(b"anna@example.net", ANNA.encode()), wrong)
    states = set(session.scalars(select(MailReturn.state)))
    assert states == {ReturnState.QUARANTINED}
    assert the_suppression() is None
    assert session.scalar(select(func.count()).select_from(MailReturned)) == 0
    assert alarms.list_alarms() == []


def test_a_report_that_names_somebody_else_strikes_off_only_whom_we_wrote_to(sent):
    # The signature still holds the address, by which the mail is proven to have gone there.
    come_in("postfix-no-user", sent, told="bert@example.org")
    assert suppression.suppressed_among([ANNA, "bert@example.org"]) == {ANNA}


def test_one_that_names_somebody_else_after_the_address_is_gone_waits_for_a_person(sent):
    session.execute(update(MailRow).values(ref=None))
    session.commit()
    found = come_in("postfix-no-user", sent, told="bert@example.org")
    assert (found.state, found.kind) == (ReturnState.QUARANTINED, ReturnKind.HARD)
    assert the_suppression() is None


def test_one_that_names_the_right_address_is_proven_without_any_row_of_ours(sent):
    session.query(MailRow).delete()
    session.commit()
    assert come_in("qmail-no-user", sent).state == ReturnState.SETTLED
    assert suppression.suppressed_among([ANNA]) == {ANNA}


def test_the_same_message_twice_is_one(sent):
    content = BY_NAME["postfix-no-user"].content()
    with transaction():
        assert accept(content, sent)
    with transaction():
        assert not accept(content, sent)
    assert run_due_jobs() == 1
    with transaction():
        assert not accept(content, sent), "also after it was settled"
    assert session.scalar(select(func.count()).select_from(MailReturn)) == 1


def test_a_full_mailbox_and_a_delay_strike_nobody_off(sent):
    for name in ("postfix-full", "exim-full", "postfix-delay", "gmail-full"):
        assert come_in(name, sent).state == ReturnState.SETTLED
    assert the_suppression() is None


def test_a_block_by_policy_raises_an_alarm_and_strikes_nobody_off(sent):
    come_in("postfix-policy", sent)
    assert the_suppression() is None
    assert [(each.kind, each.about) for each in alarms.list_alarms()] == [
        (AlarmKind.MAIL_BLOCKED, "mail:signature.confirm:5.7.1")
    ]


def test_five_mails_that_come_back_softly_are_a_month_of_silence(sent):
    assert post_office.sender is not None
    paths = [sent] + [post_office.sender.return_path(uuid.uuid4(), ANNA) for _ in range(4)]
    for number, path in enumerate(paths):
        assert the_suppression() is None, number
        come_in("postfix-expired", path)
        come_in("exim-retry", path)
    assert the_suppression() == (SuppressionReason.BOUNCED, in_days(30))


def test_a_complaint_is_for_good_and_ends_what_they_agreed_to(sent):
    record_consent(ANNA, purpose="news", subject=None, text_version="1", language="en", country=None)
    session.commit()
    person = session.scalar(select(PersonIdentity.person_id))
    assert person is not None
    session.execute(update(Consent).values(given_on=clock.today() - timedelta(days=3)))
    come_in("redacted-complaint", sent)
    assert the_suppression() == (SuppressionReason.COMPLAINED, None)
    assert session.scalar(select(func.count()).where(Consent.ended_on.is_(None))) == 0
    come_in("postfix-no-user", sent)
    assert the_suppression() == (SuppressionReason.COMPLAINED, None), "a bounce makes it no shorter"


def test_a_dead_mailbox_is_marked_on_the_record_of_its_owner(sent):
    record_consent(ANNA, purpose="news", subject=None, text_version="1", language="en", country=None)
    session.commit()
    come_in("exim-remote-no-user", sent)
    assert session.scalar(select(PersonIdentity.bounced_on)) == clock.today()


def test_what_a_person_wrote_is_kept_for_a_month_and_a_machine_s_answer_not_at_all(sent):
    reply, machine = come_in("human-question", sent), come_in("vacation-rfc3834", sent)
    states = {each.kind: (each.state, each.content_sealed is None) for each in session.scalars(select(MailReturn))}
    assert states == {"human": (ReturnState.REPLY, False), "auto": (ReturnState.SETTLED, True)}
    assert b"link" not in (reply.content_sealed or b"") + (machine.content_sealed or b"")
    assert delete_old(clock.today() + timedelta(days=30)) == 0
    assert delete_old(clock.today() + timedelta(days=31)) == 2


def test_too_long_and_too_many_are_refused(sent, monkeypatch):
    with pytest.raises(TooLong), transaction():
        accept(b"a" * (1024 * 1024 + 1), sent)
    monkeypatch.setattr("campaign.kernel.mail.returns.accept.MOST_HELD", 1)
    come_in("human-question", sent)
    with pytest.raises(Flooded), transaction():
        accept(b"From: a@b.c\r\n\r\nmore", sent)


def test_whose_mail_it_is_is_known_by_its_address(app):
    sender = post_office.sender
    assert sender is not None
    assert is_ours(sender.return_path(make.petition().id, ANNA), sender)
    assert is_ours(f"b+whatever@{sender.host.upper()}", sender)
    assert is_ours("Petitions@localhost", sender)
    assert is_ours("complaints@localhost", sender)
    assert not is_ours("somebody@localhost", sender)
    assert not is_ours("petitions@example.com", sender)


def test_too_much_that_comes_back_is_an_alarm_until_it_is_not(sent):
    for number in range(6):
        session.add(
            MailReturned(
                mail_id=make.petition().id, kind=ReturnKind.HARD, mail_kind="signature.confirm",
                returned_on=clock.today() - timedelta(days=number), code="5.1.1",
            )
        )  # fmt: skip
    session.commit()
    with transaction():
        rates.watch_rates()
    assert [each.about for each in alarms.list_alarms()] == ["mail:signature.confirm"]
    session.query(MailReturned).delete()
    session.commit()
    with transaction():
        rates.watch_rates()
    assert alarms.list_alarms() == []


def test_one_mail_strikes_off_once_so_that_what_was_lifted_stays_lifted(sent):
    come_in("postfix-no-user", sent)
    with transaction():
        assert suppression.lift(ANNA)
    # The same bounce in other words, sent again by whoever holds the return path.
    come_in("qmail-no-user", sent)
    assert the_suppression() is None, "one mail strikes off once: what its owner lifted stays lifted"
