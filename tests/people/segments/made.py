"""People and segments for tests of segments."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from campaign.kernel import clock
from campaign.kernel.actors import Actor, Role
from campaign.kernel.db import session, transaction
from campaign.people.models import InteractionKind, Person, Segment
from campaign.people.queries.segment_tree import Chosen, LimitBy, Match, Step, StepKind, Tree
from campaign.people.service.details import record_interaction
from campaign.people.service.records import PersonDraft, add_person
from campaign.people.service.segments import edit
from tests.support import accounts


def reader(role: Role = Role.ORGANISER, **scope: Any) -> Actor:
    """Somebody who may see people."""
    return accounts.person(role, **scope).signed_in()


def somebody(country: str | None = "DE", *spoken: str, days_ago: int = 0, asked: int | None = None) -> uuid.UUID:
    """A committed record; `asked`: so many days ago."""
    with transaction():
        made = add_person(PersonDraft(name="Нина Небывалова", country=country, spoken=spoken), actor=None).id
        since = clock.today() - timedelta(days=days_ago)
        session.execute(update(Person).where(Person.id == made).values(since_on=since))
        if asked is not None:
            record_interaction(made, InteractionKind.ASKED, on=clock.today() - timedelta(days=asked))
    return made


def lives(country: str, *, is_not: bool = False) -> Chosen:
    """A condition."""
    return Chosen("country", {"country": country}, is_not)


def speaks(language: str) -> Chosen:
    """A condition."""
    return Chosen("spoken", {"language": language})


def asked(days: int, *, is_not: bool = False) -> Chosen:
    """A condition."""
    return Chosen("asked", {"days": str(days)}, is_not)


def add(*conditions: Chosen, match: Match = Match.ALL) -> Step:
    """A step."""
    return Step(StepKind.ADD, match, conditions)


def subtract(*conditions: Chosen, match: Match = Match.ALL) -> Step:
    """A step."""
    return Step(StepKind.SUBTRACT, match, conditions)


def limit(amount: int, by: LimitBy = LimitBy.NEWEST, seed: int = 7) -> Step:
    """A step."""
    return Step(StepKind.LIMIT, amount=amount, by=by, seed=seed)


def segment(*steps: Step, actor: Actor, is_shared: bool = False, title: str = "Those we mean") -> Segment:
    """A committed segment."""
    with transaction():
        return edit.make_segment(title, Tree(steps), is_shared=is_shared, actor=actor)
