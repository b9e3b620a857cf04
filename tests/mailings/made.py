"""Mailings that are ready, and people who get them, for tests."""

import uuid

from flask import Flask
from sqlalchemy import update

from campaign.kernel.actors import Actor, Role
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.mailings.models import Mailing, MailingState
from campaign.mailings.service import setting, states, write
from campaign.mailings.service.setting import AudienceChoice, Schedule
from campaign.mailings.service.write import MailingDraft, TextDraft
from campaign.people.models import Person, Segment
from tests.people.mails.made import subscriber
from tests.people.segments.made import add, lives, reader, segment
from tests.support import accounts
from workers.drain import run_due_jobs

ENGLISH = TextDraft(subject="What happened in November", body="Hello.\n\nThank you for being here.")
B = TextDraft(subject="What happened in November", subject_b="Our November", body="Hello.\n\nThank you.")


def people(count: int, *, country: str = "DE", language: str = "en") -> list[uuid.UUID]:
    """Committed people who agreed to news."""
    found = [subscriber() for _ in range(count)]
    with transaction():
        session.execute(update(Person).where(Person.id.in_(found)).values(country=country, language=language))
    return found


def all_of(country: str = "DE", *, actor: Actor | None = None) -> Segment:
    """A committed segment that everybody sees."""
    return segment(add(lives(country)), actor=actor or reader(), is_shared=True)


def draft(
    to: AudienceChoice | None = None, schedule: Schedule | None = None, *, actor: Actor | None = None,
    text: TextDraft = ENGLISH, topic: str = "news",
) -> Mailing:  # fmt: skip
    """A committed draft with an audience that was counted."""
    writer = actor or reader()
    with transaction():
        made = write.create_mailing(MailingDraft("November", topic, texts={"en": text}), actor=writer.id)
    chosen = to or AudienceChoice(segment_id=all_of(actor=writer).id)
    with transaction():
        setting.set_audience(made.id, chosen, seen_version=made.version, actor=writer)
    if schedule is not None:
        with transaction():
            setting.set_schedule(made.id, schedule, seen_version=stored(made).version, actor=writer)
    run_due_jobs()
    return stored(made)


def proposed(mailing: Mailing | None = None, *, actor: Actor | None = None) -> Mailing:
    """The same before a second person."""
    found = mailing or draft(actor=actor)
    who = actor or accounts.person(Role.ORGANISER).signed_in()
    with transaction():
        states.propose(found.id, (), seen_version=stored(found).version, actor=who)
    return stored(found)


def approved(mailing: Mailing | None = None, *, typed: int | None = None) -> Mailing:
    """The same with the yes of a second person."""
    found = proposed(mailing)
    second = reader()
    with transaction():
        states.approve(found.id, typed=typed, seen_version=stored(found).version, actor=second)
    return stored(found)


def begun(mailing: Mailing | None = None) -> Mailing:
    """The same with all mails owed, and none sent."""
    found = approved(mailing)
    run_due_jobs()
    made = stored(found)
    assert made.state == MailingState.SENDING
    return made


def stored(mailing: Mailing) -> Mailing:
    """As it is in the database."""
    session.expire_all()
    return session.get_one(Mailing, mailing.id)


def deliver(app: Flask) -> int:
    """Send what is due of the bulk lane."""
    return deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
