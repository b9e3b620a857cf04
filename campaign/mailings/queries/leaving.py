"""What a mail of a mailing needs at the moment it leaves: one statement for a batch of them."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, or_, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.mailings.models import Mailing, MailingRecipient, MailingState, MailingText
from campaign.mailings.queries.audience import address_of
from campaign.people.models import Consent, Person, Purpose, Topic
from campaign.people.queries.mail_wishes import select_paused, select_resting

LEAVES = (MailingState.SENDING, MailingState.PAUSED, MailingState.SENT)
"""Not from one that was stopped. What is paused is held in its batch; a mail on its way then still arrives."""


def list_leaving(recipients: Collection[uuid.UUID]) -> Sequence[Row[Any]]:
    """Of these recipients those to whom a mail may leave now, with mailing, address and the consent it goes under.

    Who took the consent back, pauses or is gone meanwhile is missing.
    """
    return session.execute(_leaving(clock.today()), {"recipients": list(recipients)}).all()


@lru_cache(1)
def _leaving(_today: date) -> Select[Any]:
    """Put together once a day: who pauses depends on it, and putting it together takes longer than asking."""
    address = address_of(Person.id).lateral("address")
    purpose = case((Mailing.topic == Topic.ASKS, Purpose.NEWS.value), else_=Mailing.topic)
    consent = (
        select(Consent.id)
        .where(
            Consent.person_id == Person.id, Consent.purpose == purpose, Consent.ended_on.is_(None),
            Consent.subject.is_not_distinct_from(Mailing.petition_id),
        )
        .limit(1)
        .lateral("consent")
    )  # fmt: skip
    return (
        select(
            MailingRecipient.id, MailingRecipient.variant, Mailing, Person.id.label("person_id"), Person.name_sealed,
            consent.c.id.label("consent_id"), address.c.id.label("address_id"), address.c.value_sealed,
        )
        .join(Mailing, Mailing.id == MailingRecipient.mailing_id)
        .join(Person, Person.id == MailingRecipient.person_id)
        .join(address, address.c.id.is_not(None))
        .join(consent, consent.c.id.is_not(None))
        .where(
            MailingRecipient.id.in_(bindparam("recipients", expanding=True)), Mailing.state.in_(LEAVES),
            Person.id.not_in(select_paused()),
            or_(Mailing.topic != Topic.ASKS, Person.id.not_in(select_resting())),
        )
    )  # fmt: skip


def list_texts(mailings: Collection[uuid.UUID]) -> Sequence[MailingText]:
    """Their texts in every language."""
    return session.scalars(select(MailingText).where(MailingText.mailing_id.in_(mailings))).all()
