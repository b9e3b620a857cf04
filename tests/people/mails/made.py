"""People who get our mails, for tests."""

import uuid
from itertools import count

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.people.models import PETITION_NEWS, Consent, KeptFor, Purpose, Topic
from campaign.people.service.consents import record_consent
from campaign.people.service.mail_links import token_of
from tests.people.pages import written_down

_numbers = count(1)


def subscriber(*purposes: str, kept_for: KeptFor = KeptFor.CONSENT, email: str = "") -> uuid.UUID:
    """A committed person with an address and these consents; news where none are named."""
    address = email or f"subscriber-{next(_numbers)}@example.org"
    if kept_for is not KeptFor.CONSENT:
        person = written_down(email=address, kept_for=kept_for).id
    with transaction():
        for purpose in purposes or (Purpose.NEWS,):
            person = record_consent(
                address, purpose=purpose, subject=None, text_version="1", language="en", country=None
            )
    return person


def petition_news(person_id: uuid.UUID, petition: uuid.UUID | None = None) -> Consent:
    """A committed consent to the news of a petition."""
    with transaction():
        made = Consent(
            id=uuid.uuid4(), person_id=person_id, purpose=PETITION_NEWS, subject=petition or uuid.uuid4(),
            text_version="1", given_on=clock.today(),
        )  # fmt: skip
        session.add(made)
    return made


def page_of(person_id: uuid.UUID, topic: Topic = Topic.NEWS) -> str:
    """Where the link of a mail about `topic` leads."""
    return f"/unsubscribe/{token_of(person_id, topic)}"


def agreed(person_id: uuid.UUID) -> set[str]:
    """What they agree to now."""
    session.expire_all()
    found = session.query(Consent).filter_by(person_id=person_id, ended_on=None)
    return {each.purpose for each in found}
