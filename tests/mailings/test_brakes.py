"""A mailing pauses by itself when too much comes back, and tries two subjects."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text, update

from campaign.kernel import clock
from campaign.kernel.alarms import AlarmKind, list_alarms
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.returns.classes import ReturnKind
from campaign.kernel.mail.returns.follow import Returned
from campaign.kernel.mail.returns.models import MailReturned
from campaign.kernel.mail.rows import MailRow, MailState
from campaign.kernel.mail.suppression import Suppression
from campaign.mailings.models import Mailing, MailingAction, MailingRecipient, MailingState, Variant
from campaign.mailings.queries.brakes import Returns, kind_of_refusal, too_much
from campaign.mailings.queries.trial import Result, better_of, variant_of
from campaign.mailings.service import states, watching
from tests.mailings import made
from tests.mailings.made import Schedule, stored
from tests.people.segments.made import reader
from tests.support.smtp import Mailserver
from workers.drain import run_due_jobs


def came_back(mailing: Mailing, kind: ReturnKind, count: int) -> None:
    """So many other mails of it came back, as the settling of reports tells it."""
    told = select(MailReturned.mail_id)
    rows = session.execute(
        select(MailRow.id, MailRow.ref).where(MailRow.batch == mailing.id, MailRow.id.not_in(told)).limit(count)
    ).all()
    with transaction():
        for row in rows:
            session.add(
                MailReturned(
                    mail_id=row.id, kind=kind, mail_kind="mailing", ref=row.ref, code="", returned_on=clock.today()
                )
            )
        session.flush()
        for row in rows:
            watching.follow(Returned(row.id, kind, "", "mailing", row.ref, None))
    run_due_jobs()


def sent(app: Flask, count: int) -> Mailing:
    """A mailing of which so many mails have left, and some wait."""
    made.people(count + 5)
    mailing = made.begun()
    with transaction():
        some = select(MailRow.id).where(MailRow.batch == mailing.id).limit(count)
        session.execute(
            update(MailRow).where(MailRow.id.in_(some)).values(state=MailState.SENT, finished_at=clock.now())
        )
    return mailing


def test_too_many_dead_mailboxes_pause_it_with_the_reason_and_an_alarm(app: Flask, mailserver: Mailserver) -> None:
    mailing = sent(app, 30)
    came_back(mailing, ReturnKind.HARD, 4)
    assert stored(mailing).state == MailingState.SENDING, "four say nothing yet"
    came_back(mailing, ReturnKind.HARD, 1)
    mailing = stored(mailing)
    assert (mailing.state, mailing.paused_reason) == (MailingState.PAUSED, "bounces")
    assert [(alarm.kind, alarm.about) for alarm in list_alarms()] == [
        (AlarmKind.MAILING_PAUSED, f"mailing:{mailing.id}")
    ]
    assert made.deliver(app) == 0


def test_what_somebody_let_pass_does_not_pause_it_again(app: Flask) -> None:
    mailing, who = sent(app, 30), reader()
    came_back(mailing, ReturnKind.HARD, 6)
    with transaction():
        states.go_on(mailing.id, let_pass=watching.returns_of(stored(mailing)).as_numbers(), actor=who)
    with transaction():
        watching.watch(mailing.id)
    assert stored(mailing).state == MailingState.SENDING
    assert list_alarms() == []
    came_back(mailing, ReturnKind.HARD, 5)
    assert stored(mailing).state == MailingState.PAUSED


def test_a_great_host_that_refuses_us_pauses_it_and_strikes_nobody_off(app: Flask) -> None:
    mailing = sent(app, 3)
    with transaction():
        refused = update(MailRow).where(MailRow.state == MailState.SENT)
        session.execute(refused.values(state=MailState.FAILED, provider="gmail", error="550 5.7.1"))
    with transaction():
        watching.watch(mailing.id)
    assert stored(mailing).paused_reason == "policy"
    assert session.scalar(select(func.count()).select_from(Suppression)) == 0


def test_one_reader_who_forges_a_report_about_their_own_mail_pauses_nothing(app: Flask) -> None:
    mailing = sent(app, 5)
    with transaction():
        session.execute(update(MailRow).values(provider="gmail"))
    came_back(mailing, ReturnKind.POLICY, 2)
    assert stored(mailing).state == MailingState.SENDING
    came_back(mailing, ReturnKind.POLICY, 1)
    assert stored(mailing).paused_reason == "policy"


@pytest.mark.parametrize(
    ("returns", "reason"),
    [
        (Returns(100, bounced=4), ""),
        (Returns(100, bounced=5), "bounces"),
        (Returns(101, bounced=5), ""),
        (Returns(10_000, complained=1), ""),
        (Returns(2_000, complained=2), "complaints"),
        (Returns(2_001, complained=2), ""),
        (Returns(100, blocked=2), ""),
        (Returns(100, blocked=3), "policy"),
        (Returns(100, blocked_by_great=1), "policy"),
        (Returns(100, blocked_by_great=-1), ""),
        (Returns(100, blocked_by_report=2), ""),
        (Returns(600, blocked_by_report=3), "policy"),
        (Returns(601, blocked_by_report=3), ""),
    ],
)
def test_where_too_much_begins(returns: Returns, reason: str) -> None:
    assert too_much(returns) == reason


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("550", ReturnKind.HARD), ("550 5.1.1", ReturnKind.HARD), ("550 5.7.1", ReturnKind.POLICY),
        ("554 5.7.26", ReturnKind.POLICY), ("552 5.2.2", None), ("554", None), ("not-composable", None),
    ],
)  # fmt: skip
def test_what_a_refusal_at_the_relay_says(error: str, kind: ReturnKind | None) -> None:
    assert kind_of_refusal(error) == kind


def test_a_trial_is_of_the_same_people_whenever_it_is_asked(app: Flask) -> None:
    mailing, people = uuid.uuid4(), [uuid.uuid4() for _ in range(4_000)]
    first = [variant_of(mailing, each, 10) for each in people]
    assert first == [variant_of(mailing, each, 10) for each in people]
    assert 300 < first.count(Variant.A) < 500
    assert 300 < first.count(Variant.B) < 500
    assert {variant_of(mailing, each, 50) for each in people} == {Variant.A, Variant.B}


def test_b_wins_only_by_more_than_chance() -> None:
    def results(a: int, b: int, of: int = 500) -> dict[Variant, Result]:
        return {Variant.A: Result(of, a), Variant.B: Result(of, b)}

    assert better_of(results(20, 60)) is Variant.B
    assert better_of(results(20, 24)) is Variant.A
    assert better_of(results(60, 20)) is Variant.A
    assert better_of(results(0, 9)) is Variant.A
    assert better_of(results(0, 0, 0)) is Variant.A
    assert better_of(results(600, 900)) is Variant.B


def test_the_rest_waits_for_the_trial_and_gets_the_better_subject(app: Flask, mailserver: Mailserver) -> None:
    made.people(30)
    mailing = made.begun(made.draft(schedule=Schedule(ab_share=20, ab_hours=2), text=made.B))
    tried = mailing.total
    assert tried is not None
    assert 0 < tried < 30
    assert mailing.trial_owed_at is not None
    assert mailing.owed_at is None
    made.deliver(app)
    assert {str(mail.message["Subject"]) for mail in mailserver.mails} <= {"What happened in November", "Our November"}
    with transaction():
        watching.watch(mailing.id)
    assert stored(mailing).winner is None
    with transaction():
        session.execute(text("UPDATE mail SET state = 'sent', finished_at = now()"))
        for variant, amount in ((Variant.A, 1), (Variant.B, 90)):
            session.add(
                MailingAction(
                    mailing_id=mailing.id, variant=variant, kind="confirmed", day=clock.today(), amount=amount
                )
            )
        # Enough of both for a difference to say something.
        session.execute(update(MailingRecipient).values(variant="a"))
        half = select(MailingRecipient.id).limit(tried // 2)
        session.execute(update(MailingRecipient).where(MailingRecipient.id.in_(half)).values(variant="b"))
    with time_machine.travel(clock.now() + timedelta(hours=2, minutes=1)):
        with transaction():
            watching.watch(mailing.id)
        run_due_jobs()
        mailing = stored(mailing)
        assert (mailing.winner, mailing.total) == (Variant.B, 30)
        before = len(mailserver.mails)
        made.deliver(app)
        later = {str(mail.message["Subject"]) for mail in mailserver.mails[before:]}
        assert later == {"Our November"}
    assert len({mail.recipients[0] for mail in mailserver.mails}) == 30 == len(mailserver.mails)


def test_somebody_may_end_the_trial_earlier(app: Flask) -> None:
    made.people(20)
    mailing, who = made.begun(made.draft(schedule=Schedule(ab_share=20), text=made.B)), reader()
    with transaction():
        watching.choose_winner(mailing.id, Variant.B, actor=who)
    run_due_jobs()
    assert (stored(mailing).winner, stored(mailing).total) == ("b", 20)
