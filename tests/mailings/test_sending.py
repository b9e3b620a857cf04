"""A mailing on its way: who is left out and why, two persons, each once, paused, stopped, resumed, done."""

import uuid
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.pool import PoolProxiedConnection

from campaign.kernel import clock
from campaign.kernel import jobs as outbox
from campaign.kernel.actors import Role
from campaign.kernel.db import lend_alone, session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.mail import batches
from campaign.kernel.mail.rows import MailRow, MailState
from campaign.kernel.mail.suppression import SuppressionReason, suppress
from campaign.mailings.jobs import FanOut
from campaign.mailings.models import CountState, Mailing, MailingEvent, MailingRecipient, MailingState, MailingText
from campaign.mailings.queries.audience import Hold
from campaign.mailings.queries.mailings import list_events
from campaign.mailings.service import keeping, sending, states, watching
from campaign.mailings.service.counting import find_count
from campaign.mailings.service.states import NotReady
from campaign.people.models import Consent, MailRhythm, MailWish, Person, PersonIdentity
from campaign.people.queries.segment_tree import Match
from tests.mailings import made
from tests.mailings.made import AudienceChoice, Schedule, stored
from tests.people.mails.made import petition_news, subscriber
from tests.people.segments.made import add, lives, reader, segment
from tests.support import accounts, make
from tests.support.smtp import Mailserver
from workers.drain import run_due_jobs


def wish(person: uuid.UUID, **values: object) -> None:
    with transaction():
        session.add(MailWish(person_id=person, **values))


def owed() -> int:
    return session.scalar(select(func.count()).select_from(MailRow).where(MailRow.kind == "mailing")) or 0


def left_out_of_all_sorts() -> None:
    """Eleven people, of whom five get it."""
    everybody = made.people(10)
    with transaction():
        session.execute(update(Consent).where(Consent.person_id == everybody[0]).values(ended_on=clock.today()))
        session.execute(PersonIdentity.__table__.delete().where(PersonIdentity.person_id == everybody[2]))
        other = Mailing(id=uuid.uuid4(), title="October", code="abcdefgh", created_on=clock.today())
        session.add(other)
        session.flush()
        session.add(
            MailingRecipient(id=uuid.uuid4(), mailing_id=other.id, person_id=everybody[3], owed_on=clock.today())
        )
    wish(everybody[4], paused_until=clock.today() + timedelta(days=30))
    wish(everybody[5], rhythm=MailRhythm.WEEKLY, mailed_on=clock.today() - timedelta(days=3))
    suppressed = subscriber(email="never@example.org")
    with transaction():
        session.execute(update(Person).where(Person.id == suppressed).values(country="DE"))
        suppress("never@example.org", SuppressionReason.ASKED)


HOLDS = {
    Hold.NO_CONSENT: 1, Hold.NO_ADDRESS: 1, Hold.RECENT: 1, Hold.PAUSED: 1, Hold.RHYTHM: 1,
    Hold.SUPPRESSED: 1,
}  # fmt: skip


def test_the_count_beforehand_and_the_sending_leave_out_the_same_for_the_same_reasons(app: Flask) -> None:
    left_out_of_all_sorts()
    mailing = made.draft()
    count = find_count(mailing)
    assert count is not None
    assert (count.state, count.free, count.seen) == (CountState.DONE, 5, 11)
    assert count.holds == HOLDS
    begun = made.begun(mailing)
    assert (begun.total, begun.excluded) == (5, HOLDS)
    assert owed() == 5


def test_whose_language_has_no_text_gets_the_english_one_or_nothing(app: Flask) -> None:
    made.people(1, language="de")
    mailing = made.draft()
    count = find_count(mailing)
    assert count is not None
    assert (count.free, count.holds) == (1, {})
    with transaction():
        session.execute(update(MailingText).values(language="ru"))
    mailing = stored(mailing)
    assert find_count(mailing) is None, "the figures are about other terms by now"


def test_a_petitions_mailing_goes_to_those_who_asked_for_its_news_and_counts_who_took_it_back(app: Flask) -> None:
    petition = make.petition()
    for person in made.people(2):
        petition_news(person, petition.id)
    back = made.people(1)[0]
    consent = petition_news(back, petition.id)
    with transaction():
        session.execute(update(Consent).where(Consent.id == consent.id).values(ended_on=clock.today()))
    made.people(1)
    mailing = made.draft(AudienceChoice(petition_id=petition.id))
    count = find_count(mailing)
    assert count is not None
    assert (mailing.topic, count.free, count.holds) == ("petition-updates", 2, {"no_consent": 1})
    assert made.begun(mailing).total == 2


def test_everybody_gets_it_once_with_a_link_that_unsubscribes(app: Flask, mailserver: Mailserver) -> None:
    made.people(3)
    mailing = made.begun()
    assert made.deliver(app) == 3
    assert len({mail.recipients[0] for mail in mailserver.mails}) == 3
    for mail in mailserver.mails:
        assert mail.message["Subject"] == "What happened in November"
        assert "/unsubscribe/" in str(mail.message["List-Unsubscribe"])
        assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with transaction():
        watching.watch(mailing.id)
    mailing = stored(mailing)
    assert mailing.state == MailingState.SENT
    assert mailing.summary is not None
    assert mailing.summary["providers"] == {"other": {"sent": 3}}


def test_each_step_of_the_fan_out_may_run_twice_and_may_be_lost(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PART", 2)
    made.people(7)
    mailing = made.approved()
    with transaction():
        sending.start(mailing.id)
    with transaction():
        sending.start(mailing.id)
    # A worker that dies in the middle of a page has stored nothing of it.
    with pytest.raises(RuntimeError), transaction():
        sending.fan_out(mailing.id)
        raise RuntimeError
    assert owed() == 0
    for _ in range(3):
        with transaction():
            sending.fan_out(mailing.id)
    assert owed() == 6
    with transaction():
        outbox.enqueue(FanOut(str(mailing.id)))
    run_due_jobs()
    mailing = stored(mailing)
    assert (owed(), mailing.total) == (7, 7)
    assert mailing.owed_at is not None
    with transaction():
        sending.fan_out(mailing.id)
    assert owed() == 7


def test_whoever_wrote_or_proposed_it_does_not_say_yes(app: Flask) -> None:
    made.people(1)
    writer, proposer, other = reader(), reader(), accounts.person(Role.COORDINATOR).signed_in()
    mailing = made.proposed(made.draft(actor=writer), actor=proposer)
    version = mailing.version
    for who in (writer, proposer):
        with pytest.raises(Conflict), transaction():
            states.approve(mailing.id, typed=None, seen_version=version, actor=who)
    with pytest.raises(Forbidden), transaction():
        states.approve(mailing.id, typed=None, seen_version=version, actor=other)
    assert stored(mailing).state == MailingState.PROPOSED


def test_the_second_of_two_who_say_yes_is_told_and_changes_nothing(app: Flask) -> None:
    made.people(1)
    mailing, first, second = made.proposed(), reader(), reader()
    with transaction():
        states.approve(mailing.id, typed=None, seen_version=mailing.version, actor=first)
    with pytest.raises(Conflict), transaction():
        states.approve(mailing.id, typed=None, seen_version=mailing.version, actor=second)
    assert stored(mailing).approved_by == first.id


def test_many_need_their_number_typed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "MANY", 2)
    made.people(3)
    mailing, second = made.proposed(), reader()
    for typed in (None, 2):
        with pytest.raises(NotReady), transaction():
            states.approve(mailing.id, typed=typed, seen_version=mailing.version, actor=second)
    with transaction():
        states.approve(mailing.id, typed=3, seen_version=mailing.version, actor=second)
    assert stored(mailing).state == MailingState.APPROVED


def test_what_is_not_ready_does_not_go_to_a_second_person(app: Flask) -> None:
    who = reader()
    nobody = made.draft()
    with pytest.raises(NotReady), transaction():
        states.propose(nobody.id, (), seen_version=nobody.version, actor=who)
    made.people(1)
    mailing = made.draft()
    with pytest.raises(NotReady), transaction():
        states.propose(mailing.id, ("no subject",), seen_version=mailing.version, actor=who)
    with time_machine.travel(clock.now() + timedelta(days=2)), pytest.raises(NotReady), transaction():
        states.propose(mailing.id, (), seen_version=mailing.version, actor=who)


def test_a_segment_that_changed_after_the_yes_goes_back_to_a_second_person(app: Flask) -> None:
    made.people(1)
    mailing = made.approved()
    with transaction():
        session.execute(text("UPDATE segment SET version = version + 1"))
    run_due_jobs()
    mailing = stored(mailing)
    assert (mailing.state, mailing.approved_by, owed()) == (MailingState.PROPOSED, None, 0)
    assert session.scalars(select(MailingEvent.reason).order_by(MailingEvent.id.desc())).first() == "audience_changed"


def test_an_audience_that_grew_by_much_goes_back_to_a_second_person(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SOME", 1)
    made.people(2)
    mailing = made.approved()
    made.people(3)
    run_due_jobs()
    assert (stored(mailing).state, owed()) == (MailingState.PROPOSED, 0)


def test_it_begins_at_its_moment_and_not_before(app: Flask) -> None:
    made.people(1)
    moment = clock.now() + timedelta(hours=5)
    mailing = made.approved(made.draft(schedule=Schedule(send_at=moment)))
    run_due_jobs()
    assert stored(mailing).state == MailingState.APPROVED
    with time_machine.travel(moment + timedelta(seconds=1)):
        assert list(sending.list_due()) == [mailing.id]
        run_due_jobs()
        assert stored(mailing).state == MailingState.SENDING


def test_by_local_time_each_gets_it_at_that_hour_of_theirs(app: Flask) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 10, tzinfo=UTC)):
        for country in ("DE", "GE", "US"):
            made.people(1, country=country)
        moment = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
        wide = add(lives("DE"), lives("GE"), lives("US"), match=Match.ANY)
        everybody = segment(wide, actor=reader(), is_shared=True)
        mailing = made.approved(
            made.draft(AudienceChoice(segment_id=everybody.id), Schedule(send_at=moment, by_local_time=True))
        )
    with time_machine.travel(moment - timedelta(hours=14)):
        run_due_jobs()
        assert stored(mailing).state == MailingState.SENDING
    rows = session.execute(
        select(Person.country, MailRow.due_at)
        .join(MailingRecipient, MailingRecipient.id == MailRow.ref)
        .join(Person, Person.id == MailingRecipient.person_id)
    )
    hours = {country: due.astimezone(UTC).hour for country, due in rows}
    # Germany is an hour ahead and Georgia four; the United States have several times, so that ours counts.
    assert hours == {"DE": 17, "GE": 14, "US": 17}


def test_a_paused_one_sends_nothing_until_it_goes_on(app: Flask, mailserver: Mailserver) -> None:
    made.people(3)
    mailing, who = made.begun(), accounts.person(Role.ADMIN).signed_in()
    with transaction():
        states.pause(mailing.id, actor=who)
    assert made.deliver(app) == 0
    with pytest.raises(Conflict), transaction():
        states.pause(mailing.id, actor=who)
    with transaction():
        states.go_on(mailing.id, let_pass={}, actor=who)
    assert made.deliver(app) == 3


def test_a_fan_out_that_was_paused_in_the_middle_is_completed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PART", 2)
    made.people(5)
    mailing, who = made.approved(), reader()
    with transaction():
        sending.start(mailing.id)
    with transaction():
        sending.fan_out(mailing.id)
    with transaction():
        states.pause(mailing.id, actor=who)
    run_due_jobs()
    assert owed() == 2
    with transaction():
        states.go_on(mailing.id, let_pass={}, actor=who)
    run_due_jobs()
    assert owed() == 5


def test_a_stopped_one_never_leaves(app: Flask, mailserver: Mailserver) -> None:
    made.people(4)
    mailing, who = made.begun(), reader()
    with transaction():
        states.stop(mailing.id, actor=who)
    run_due_jobs()
    assert made.deliver(app) == 0
    mailing = stored(mailing)
    assert mailing.state == MailingState.STOPPED
    assert mailing.summary == {"providers": {"other": {"suppressed": 4}}, "returned": {}}
    with pytest.raises(Conflict), transaction():
        states.go_on(mailing.id, let_pass={}, actor=who)


def test_who_took_it_back_or_pauses_meanwhile_gets_none(app: Flask, mailserver: Mailserver) -> None:
    first, second, _third = made.people(3)
    made.begun()
    with transaction():
        session.execute(update(Consent).where(Consent.person_id == first).values(ended_on=clock.today()))
    wish(second, paused_until=clock.today())
    assert made.deliver(app) == 1
    assert session.scalar(select(func.count()).where(MailRow.state == MailState.SUPPRESSED)) == 2


def test_who_chose_one_mail_a_week_gets_the_next_one_a_week_later(app: Flask) -> None:
    person = made.people(1)[0]
    wish(person, rhythm=MailRhythm.WEEKLY)
    made.begun()
    assert session.get_one(MailWish, person, populate_existing=True).mailed_on == clock.today()
    later = made.draft()
    count = find_count(later)
    assert count is not None
    assert count.holds == {Hold.RHYTHM: 1}


def test_two_mailings_at_once_reach_nobody_twice(app: Flask) -> None:
    made.people(3)
    first, second = made.approved(), made.approved()
    run_due_jobs()
    first, second = stored(first), stored(second)
    assert {first.total, second.total} == {3, 0}
    assert owed() == 3


def test_who_got_it_is_forgotten_after_180_days_and_the_numbers_stay(app: Flask, mailserver: Mailserver) -> None:
    made.people(2)
    mailing = made.begun()
    made.deliver(app)
    with transaction():
        watching.watch(mailing.id)
    day = clock.today()
    with transaction():
        assert keeping.forget_recipients(day + timedelta(days=179)) == 0
        assert keeping.forget_recipients(day + timedelta(days=181)) == 2
    assert stored(mailing).summary is not None


def test_after_a_restored_backup_nothing_leaves_by_itself(app: Flask) -> None:
    made.people(2)
    leaving, waiting = made.begun(), made.approved(made.draft(schedule=Schedule(clock.now() + timedelta(days=5))))
    made.people(2, country="FR")
    elsewhere, who = AudienceChoice(segment_id=made.all_of("FR").id), reader()
    asked, held = made.proposed(made.draft(elsewhere)), made.begun(made.draft(elsewhere))
    with transaction():
        states.pause(held.id, actor=who)
    with transaction():
        keeping.stand_still()
    for under_way in (leaving, held):
        found = stored(under_way)
        assert (found.state, found.paused_reason) == (MailingState.PAUSED, "restored")
        assert list_events(found.id)[0].reason == "restored"
        with pytest.raises(Conflict, match="only be stopped"), transaction():
            states.go_on(found.id, let_pass={}, actor=who)
        assert batches.is_held(found.id)
    for not_begun in (waiting, asked):
        found = stored(not_begun)
        assert (found.state, found.proposed_by, found.approved_by) == (MailingState.DRAFT, None, None)
        assert list_events(found.id)[0].reason == "restored"
    assert made.deliver(app) == 0
    with transaction():
        states.stop(held.id, actor=who)
    assert stored(held).state == MailingState.STOPPED


def test_a_restore_does_not_fail_by_a_paused_mailing_whose_mails_are_gone(app: Flask) -> None:
    made.people(1)
    mailing, who = made.begun(), reader()
    with transaction():
        states.pause(mailing.id, actor=who)
        session.execute(text("DELETE FROM mail"))
        session.execute(text("DELETE FROM mail_batch"))
    with transaction():
        keeping.stand_still()
    assert stored(mailing).paused_reason == "restored"
    assert batches.is_held(mailing.id)


def test_a_mail_takes_two_statements_at_most(
    app: Flask, mailserver: Mailserver, statements: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.people(40)
    made.begun()
    alone: list[str] = []

    def lend(statement: str) -> AbstractContextManager[PoolProxiedConnection]:
        alone.append(statement)
        return lend_alone(statement)

    monkeypatch.setattr("campaign.kernel.db.lend_alone", lend)
    monkeypatch.setattr("campaign.kernel.prepared.lend_alone", lend)
    with statements() as asked:
        assert made.deliver(app) == 40
    assert len(asked) + len(alone) <= 2 * 40, (len(asked), len(alone))
