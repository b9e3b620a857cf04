"""The occasions that people's records know of, each as one SELECT of person and day."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Select, cast, func, select

from campaign.people.models import Consent, Interaction, InteractionKind, KeptFor, Person, PersonTag, Purpose
from campaign.people.queries.conditions import ANY

Values = Mapping[str, Any]
Occasions = Select[uuid.UUID, date]
GENERAL = tuple(purpose.value for purpose in Purpose)


def agreed(values: Values, since: date) -> Occasions:
    """Who agreed to a purpose that is not about one petition, and still does."""
    found = select(Consent.person_id, Consent.given_on).where(Consent.given_on >= since, Consent.ended_on.is_(None))
    if values["purpose"] == ANY:
        return found.where(Consent.purpose.in_(GENERAL))
    return found.where(Consent.purpose == values["purpose"])


def agreed_about(purpose: str, subject: uuid.UUID | None, since: date) -> Occasions:
    """Who agreed to a purpose about one subject, or about any."""
    found = select(Consent.person_id, Consent.given_on).where(Consent.given_on >= since, Consent.purpose == purpose)
    return found if subject is None else found.where(Consent.subject == subject)


def written_down(_values: Values, since: date) -> Occasions:
    """Whom staff wrote down, or brought with a list."""
    return select(Person.id, Person.since_on).where(Person.since_on >= since, Person.kept_for == KeptFor.STAFF)


def tagged(values: Values, since: date) -> Occasions:
    """Who was given a tag and carries it."""
    found = select(PersonTag.person_id, PersonTag.given_on).where(PersonTag.given_on >= since)
    return found.where(PersonTag.tag_id == uuid.UUID(values["tag"]))


def came(_values: Values, since: date) -> Occasions:
    """Who came to an event."""
    found = select(Interaction.person_id, Interaction.happened_on).where(Interaction.happened_on >= since)
    return found.where(Interaction.kind == InteractionKind.CAME)


def silent(values: Values, since: date) -> Occasions:
    """Of whom nothing was heard for so many days, on the day on which it were as many: once a silence."""
    heard = func.coalesce(Person.active_on, Person.since_on)
    return select(Person.id, cast(heard + values["days"], Date)).where(heard >= since - timedelta(days=values["days"]))
