"""Of whom a condition of a segment holds, each as one SELECT of ids."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select

from campaign.kernel import clock
from campaign.people.models import (
    Consent,
    Interaction,
    Person,
    PersonFieldValue,
    PersonIdentity,
    PersonTag,
    Volunteer,
    VolunteerState,
)

Values = Mapping[str, Any]
Found = Select[uuid.UUID]
NONE = "-"
"""In the place of a choice: that nothing is known."""
ANY = "any"


def everybody(_values: Values) -> Found:
    """Everybody."""
    return select(Person.id)


def in_country(values: Values) -> Found:
    """Who lives there, or of whom no country is known."""
    country = values["country"]
    return select(Person.id).where(Person.country.is_(None) if country == NONE else Person.country == country)


def written_in(values: Values) -> Found:
    """Who is written to in a language."""
    return select(Person.id).where(Person.language == values["language"])


def speaking(values: Values) -> Found:
    """Who speaks a language."""
    return select(Person.id).where(Person.spoken.contains([values["language"]]))


def skilled(values: Values) -> Found:
    """Who can do something."""
    return select(Person.id).where(Person.skills.contains([values["skill"]]))


def available(values: Values) -> Found:
    """Who has time then."""
    return select(Person.id).where(Person.availability.contains([values["time"]]))


def kept_for(values: Values) -> Found:
    """Whose record stands for this reason."""
    return select(Person.id).where(Person.kept_for == values["reason"])


def from_source(values: Values) -> Found:
    """Whose record comes from there."""
    return select(Person.id).where(Person.source == values["source"])


def since_day(values: Values) -> Found:
    """Who came on that day or later."""
    return select(Person.id).where(Person.since_on >= values["day"])


def since_days(values: Values) -> Found:
    """Who came in so many days."""
    return select(Person.id).where(Person.since_on >= _days_ago(values["days"]))


def active_days(values: Values) -> Found:
    """Who did anything in so many days, as far as any feature knows."""
    return select(Person.id).where(Person.active_on >= _days_ago(values["days"]))


def active_day(values: Values) -> Found:
    """Who did anything on that day or later."""
    return select(Person.id).where(Person.active_on >= values["day"])


def takes_on(values: Values) -> Found:
    """Who said that they take on so many tasks a week."""
    return select(Person.id).where(Person.tasks_a_week >= values["number"])


def reached_by(values: Values) -> Found:
    """Who can be reached in that way."""
    known = select(PersonIdentity.person_id)
    return known if values["kind"] == ANY else known.where(PersonIdentity.kind == values["kind"])


def tagged(values: Values) -> Found:
    """Who carries a tag."""
    return select(PersonTag.person_id).where(PersonTag.tag_id == uuid.UUID(values["tag"]))


def untagged(values: Values) -> Found:
    """Who does not carry a tag."""
    return select(Person.id).where(Person.id.not_in(tagged(values)))


def agreed_to(values: Values) -> Found:
    """Who agrees to a purpose today."""
    current = select(Consent.person_id).where(Consent.ended_on.is_(None))
    return current if values["purpose"] == ANY else current.where(Consent.purpose == values["purpose"])


def consent_about(purpose: str, subject: uuid.UUID) -> Found:
    """Who ever agreed to a purpose about one subject."""
    return select(Consent.person_id).where(Consent.subject == subject, Consent.purpose == purpose)


def days_of_consent(purpose: str) -> Select[uuid.UUID, date]:
    """Who ever agreed to a purpose, and on which days."""
    return select(Consent.person_id, Consent.given_on).where(Consent.purpose == purpose)


def did(values: Values) -> Found:
    """With whom something of a kind happened, in so many days or ever."""
    found = select(Interaction.person_id).where(Interaction.kind == values["kind"])
    return found if values["days"] is None else found.where(Interaction.happened_on >= _days_ago(values["days"]))


def helps(values: Values) -> Found:
    """Who is a volunteer in that state, or in any but gone."""
    state = values["state"]
    helping: Select[Any] = select(Volunteer.person_id).where(Volunteer.person_id.is_not(None))
    return helping.where(Volunteer.state != VolunteerState.LEFT if state == ANY else Volunteer.state == state)


def field_filled(values: Values) -> Found:
    """Of whom a field holds anything."""
    return select(PersonFieldValue.person_id).where(PersonFieldValue.field_id == uuid.UUID(values["field"]))


def field_word(values: Values) -> Found:
    """Of whom a field holds one of its options; the value is the field's id, a colon and the option."""
    field, _colon, word = values["option"].partition(":")
    return _held(field).where(PersonFieldValue.word == word)


def field_flag(values: Values) -> Found:
    """Of whom a field says yes."""
    return _held(values["field"]).where(PersonFieldValue.flag.is_(values["answer"]))


def field_number(values: Values) -> Found:
    """Of whom a field holds so much or more."""
    return _held(values["field"]).where(PersonFieldValue.number >= values["number"])


def field_number_most(values: Values) -> Found:
    """Of whom a field holds so much or less."""
    return _held(values["field"]).where(PersonFieldValue.number <= values["number"])


def field_day_last(values: Values) -> Found:
    """Of whom a field holds that day or an earlier one."""
    return _held(values["field"]).where(PersonFieldValue.day <= values["day"])


def field_day(values: Values) -> Found:
    """Of whom a field holds that day or a later one."""
    return _held(values["field"]).where(PersonFieldValue.day >= values["day"])


def _held(field: str) -> Found:
    return select(PersonFieldValue.person_id).where(PersonFieldValue.field_id == uuid.UUID(field))


def _days_ago(days: int) -> Any:
    return clock.today() - timedelta(days=days)
