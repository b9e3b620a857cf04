"""The link to unsubscribe: whose mails it ends, and which. Derived and stored nowhere (SAFETY.md 24)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from campaign.kernel import clock, tokens
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.people.models import SCOPE, Consent, Person, PersonMerge, Purpose, Topic

KEPT = timedelta(days=730)
"""So long after its day a mail's link works."""
VERSION = 1


@dataclass(frozen=True, slots=True)
class Link:
    """What a token stands for."""

    person_id: uuid.UUID
    topic: Topic
    subject: uuid.UUID | None = None
    """Of a petition's news: which petition."""

    def consents(self) -> Sequence[ColumnElement[bool]]:
        """The consents under which such mails went; none of its own where people are asked for help."""
        if self.topic is Topic.ALL:
            return [Consent.purpose != Purpose.CALLS]
        return [Consent.purpose == self.topic, Consent.subject.is_not_distinct_from(self.subject)]


def token_of(person_id: uuid.UUID, topic: Topic) -> str:
    """The token of a mail to somebody about a topic that is not one petition's news."""
    return _derive(topic, person_id)


def token_of_petition(consent_id: uuid.UUID) -> str:
    """The token of a mail that went out under one consent to a petition's news."""
    return _derive(Topic.PETITION, consent_id)


def find_link(token: str) -> Link | None:
    """What a token stands for; None when it is gone. Raises BadToken, TokenExpired, KeyMissing, KeyDestroyed."""
    claim = tokens.parse(token)
    topic = _topic_of(claim)
    if topic is Topic.PETITION:
        consent = session.get(Consent, claim.row, populate_existing=True)
        return None if consent is None else Link(consent.person_id, topic, consent.subject)
    person_id = _whoever_is_now(claim.row)
    return None if person_id is None else Link(person_id, topic)


def _derive(topic: Topic, row: uuid.UUID) -> str:
    keyring.ensure(SCOPE)
    return tokens.derive(SCOPE, _purpose(topic), row, version=VERSION, expires_on=clock.today() + KEPT)


def _purpose(topic: Topic) -> str:
    return f"unsubscribe:{topic}"


def _topic_of(claim: tokens.Claim) -> Topic:
    """The topic under whose key the token was derived."""
    for topic in Topic:
        try:
            tokens.verify(claim, SCOPE, _purpose(topic), version=VERSION, today=clock.today())
        except tokens.BadToken:
            continue
        return topic
    raise tokens.BadToken


def _whoever_is_now(person_id: uuid.UUID) -> uuid.UUID | None:
    """The person, or whose record theirs went into."""
    merged = select(PersonMerge.winner_id).where(PersonMerge.loser_id == person_id, PersonMerge.undone_at.is_(None))
    for each in (person_id, session.scalar(merged.limit(1))):
        if each is not None and session.get(Person, each, populate_existing=True) is not None:
            return each
    return None
