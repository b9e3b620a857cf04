"""Who of an audience gets a mailing, and why others do not: one SELECT for the count beforehand and for the sending.

It is the one place in which the rules are. Whether an address is never mailed is compared in memory besides, since
nothing joins the two in the database (SAFETY.md 8).
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    Uuid,
    any_,
    case,
    cast,
    exists,
    false,
    null,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from campaign.kernel import clock
from campaign.kernel.addresses import canonical_of_stored
from campaign.kernel.db import session
from campaign.kernel.mail.suppression import suppressed_among_canonical
from campaign.mailings.models import Audience, Mailing, MailingRecipient
from campaign.mailings.queries.languages import language_for, written_in
from campaign.people.models import (
    IDENTITY,
    PETITION_NEWS,
    SCOPE,
    Consent,
    IdentityKind,
    Person,
    PersonIdentity,
    Purpose,
    Segment,
    Topic,
)
from campaign.people.queries.mail_wishes import select_held, select_paused, select_resting
from campaign.people.queries.segments import EVERYBODY, members_of

PersonId = ColumnElement[uuid.UUID] | InstrumentedAttribute[uuid.UUID]
LANGUAGES = ("en", "ru", "de")
"""Of people's records (kernel/languages.KNOWN_LANGUAGE)."""


class Hold(StrEnum):
    """Why somebody of the audience does not get it; the first that holds is counted."""

    NO_CONSENT = "no_consent"
    """They do not agree to mails about this, or not any more."""
    RESTING = "resting"
    """They do not want to be asked for anything now."""
    PAUSED = "paused"
    """They want no mails for a while."""
    RHYTHM = "rhythm"
    """They had the mail of their week or month."""
    RECENT = "recent"
    """They got another mailing not long ago."""
    NO_ADDRESS = "no_address"
    NO_TEXT = "no_text"
    """There is no text in a language of theirs."""
    SUPPRESSED = "suppressed"
    """Their address is never mailed: they asked for that, or mail to it came back."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mailing asks of whoever gets it."""

    mailing_id: uuid.UUID
    topic: Topic
    subject: uuid.UUID | None
    """Of a petition's news: which petition."""
    quiet_days: int
    on: date
    """The day on which it begins: until then another mailing may be long ago."""
    languages: Mapping[str, str]
    """By the language of a person: in which text it comes; whose language is missing gets none."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody who gets it."""

    person_id: uuid.UUID
    language: str
    """Of the text."""
    country: str | None
    address: str


def terms_of(mailing: Mailing) -> Terms:
    """What `mailing` asks, as it stands."""
    written = written_in(mailing)
    chosen = {each: language_for(written, each, mailing.fallback) for each in LANGUAGES}
    return Terms(
        mailing.id, Topic(mailing.topic), mailing.petition_id, mailing.quiet_days,
        max(clock.today(), mailing.send_at.date() if mailing.send_at else clock.today()),
        {each: found for each, found in chosen.items() if found is not None},
    )  # fmt: skip


def asks_of(mailing: Mailing) -> str:
    """What a count of this mailing counts, in one line: figures of another line are not about it any more."""
    version = session.scalar(select(Segment.version).where(Segment.id == mailing.segment_id))
    terms = terms_of(mailing)
    words = sorted(f"{own}={text}" for own, text in terms.languages.items())
    about = mailing.petition_id if mailing.audience == Audience.SIGNERS else f"{mailing.segment_id}/{version}"
    quiet = f"{mailing.quiet_days} before {mailing.send_at.date() if mailing.send_at else 'the yes'}"
    return f"{mailing.audience} {about} {mailing.topic} {quiet} {' '.join(words)}"


def select_audience(mailing: Mailing) -> Select[uuid.UUID]:
    """A SELECT of the ids of all among whom its recipients are found; of nobody where nothing is chosen."""
    if mailing.audience == Audience.SEGMENT and mailing.segment_id is not None:
        return members_of(mailing.segment_id, EVERYBODY)
    if mailing.audience == Audience.SIGNERS and mailing.petition_id is not None:
        # Whoever took it back is counted among those who are left out.
        asked = (Consent.purpose == PETITION_NEWS, Consent.subject == mailing.petition_id)
        return select(Consent.person_id).where(*asked).distinct()
    return select(Person.id).where(false())


def judge(people: Select[uuid.UUID] | Sequence[uuid.UUID], terms: Terms) -> Select[Any]:
    """Each of these people once: id, language, country, the hold or NULL, and their address as it is sealed."""
    address = address_of(Person.id).lateral("address")
    # As one array: two thousand parameters take longer to be written down than to be looked up.
    if isinstance(people, Select):
        among: ColumnElement[bool] = Person.id.in_(people)
    else:
        among = Person.id == any_(cast(list(people), ARRAY(Uuid)))
    return (
        select(
            Person.id, Person.language, Person.country, _hold(terms, address.c.id).label("hold"),
            address.c.id.label("address_id"), address.c.value_sealed,
        )
        .outerjoin(address, true())
        .where(among)
    )  # fmt: skip


def address_of(person_id: PersonId) -> Select[uuid.UUID, bytes]:
    """Where to write to somebody: one address, always the same, and none that came back while there is another."""
    return (
        select(PersonIdentity.id, PersonIdentity.value_sealed)
        .where(PersonIdentity.person_id == person_id, PersonIdentity.kind == IdentityKind.EMAIL)
        .order_by(PersonIdentity.bounced_on.is_not(None), PersonIdentity.id)
        .limit(1)
    )


def reach(rows: Iterable[Row[Any]], terms: Terms, holds: Counter[str]) -> list[Reached]:
    """Those of some judged rows who get it, each with the address; the others are added to `holds`."""
    free = []
    for row in rows:
        if row.hold is not None:
            holds[row.hold] += 1
            continue
        address = IDENTITY.unseal(SCOPE, row.address_id, row.value_sealed)
        free.append(Reached(row.id, terms.languages[row.language], row.country, address))
    canonical = {each.person_id: canonical_of_stored(each.address) for each in free}
    suppressed = suppressed_among_canonical(set(canonical.values()))
    reached = [each for each in free if canonical[each.person_id] not in suppressed]
    holds[Hold.SUPPRESSED] += len(free) - len(reached)
    return reached


def _agrees(person_id: PersonId, terms: Terms) -> ColumnElement[bool]:
    """Whether they agree to what the mailing is about."""
    purpose = Purpose.NEWS.value if terms.topic is Topic.ASKS else terms.topic.value
    return exists(
        select(Consent.id).where(
            Consent.person_id == person_id, Consent.purpose == purpose, Consent.ended_on.is_(None),
            Consent.subject.is_not_distinct_from(terms.subject),
        )
    )  # fmt: skip


def _hold(terms: Terms, address_id: ColumnElement[uuid.UUID]) -> ColumnElement[str | None]:
    rests = Person.id.in_(select_resting()) if terms.topic is Topic.ASKS else false()
    held = Person.id.in_(select_held())
    return case(
        (~_agrees(Person.id, terms), Hold.NO_CONSENT.value),
        (rests, Hold.RESTING.value),
        (Person.id.in_(select_paused()), Hold.PAUSED.value),
        (held, Hold.RHYTHM.value),
        (_had_one(terms), Hold.RECENT.value),
        (address_id.is_(None), Hold.NO_ADDRESS.value),
        (Person.language.not_in(list(terms.languages)), Hold.NO_TEXT.value),
        else_=null(),
    )


def _had_one(terms: Terms) -> ColumnElement[bool]:
    if not terms.quiet_days:
        return false()
    return exists(
        select(MailingRecipient.id).where(
            MailingRecipient.person_id == Person.id, MailingRecipient.mailing_id != terms.mailing_id,
            MailingRecipient.owed_on > terms.on - timedelta(days=terms.quiet_days),
        )
    )  # fmt: skip
