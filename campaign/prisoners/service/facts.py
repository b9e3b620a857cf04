"""Facts with their sources: what changed in which field, from where it is known, and who has looked it up."""

import enum
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.prisoners.models import Fact


class SourceMissing(DomainError):
    """A fact without a source is hearsay."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was read or heard: an address, a title (publication and day, or "letter of …"), the day."""

    title: str
    url: str = ""
    retrieved_on: date | None = None

    def __post_init__(self) -> None:
        if not self.title.strip() and not self.url.strip():
            raise SourceMissing(N_("Say where this is known from: an address, or who told it and when."))


@dataclass(frozen=True, slots=True)
class Subject:
    """The row a fact is about, and whose page or which facility it belongs to."""

    kind: str
    id: uuid.UUID
    prisoner: uuid.UUID | None = None
    facility: uuid.UUID | None = None


def record_facts(
    subject: Subject, before: Mapping[str, Any], after: Mapping[str, Any], source: Source, *, actor: uuid.UUID | None
) -> int:
    """Append one Fact for each field of `after` that differs from `before`, in the open transaction; gives how many.

    Values are stored as staff read them: text as it is, enumerations by their value, days in ISO form, lists as JSON.
    """
    moment = clock.now()
    texts = [(name, as_text(before.get(name)), as_text(value)) for name, value in after.items()]
    # Compared as they are read: an empty list where nothing stood before is no news.
    changed = [(name, was, now) for name, was, now in texts if was != now]
    for name, was, now in changed:
        session.add(
            Fact(
                prisoner_id=subject.prisoner, facility_id=subject.facility, subject_kind=subject.kind,
                subject_id=subject.id, field=name, was=was, now=now, source_url=source.url.strip(),
                source_title=source.title.strip(), retrieved_on=source.retrieved_on or moment.date(),
                entered_by=actor, entered_at=moment,
            )
        )  # fmt: skip
    return len(changed)


def verify_fact(fact_id: int, *, actor: uuid.UUID) -> Fact:
    """Mark that a second person has looked a fact up in its source.

    Raises NotFound, and Conflict where the one who entered it would verify it.
    """
    fact = session.scalar(select(Fact).where(Fact.id == fact_id).with_for_update())
    if fact is None:
        raise NotFound
    if fact.entered_by == actor:
        raise Conflict(N_("Someone else has to look this up: you entered it."))
    fact.verified_by, fact.verified_on = actor, clock.today()
    audit.record("fact.verified", actor=actor, about=f"fact:{fact.id}")
    return fact


def verify_facts(prisoner_id: uuid.UUID, fact_ids: Collection[int], *, actor: uuid.UUID) -> int:
    """The same for several facts about one person, as one source tells them; gives how many are new.

    Those that somebody has looked up already stay as they are. Raises Conflict where whoever entered one would verify
    it.
    """
    statement = select(Fact).where(Fact.prisoner_id == prisoner_id, Fact.id.in_(fact_ids)).order_by(Fact.id)
    facts = [fact for fact in session.scalars(statement.with_for_update()) if fact.verified_on is None]
    if any(fact.entered_by == actor for fact in facts):
        raise Conflict(N_("Someone else has to look this up: you entered it."))
    for fact in facts:
        fact.verified_by, fact.verified_on = actor, clock.today()
    if facts:
        audit.record("fact.verified", actor=actor, about=f"prisoner:{prisoner_id}", amount=len(facts))
    return len(facts)


def as_text(value: Any) -> str | None:
    """A value as the history shows it; None where there is none."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
