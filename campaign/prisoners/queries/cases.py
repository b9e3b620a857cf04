"""Reads of prosecutions. Nothing here names an official, so what is read may be shown to whoever sees the person."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import (
    Case,
    Charge,
    Episode,
    Fact,
    Hearing,
    Listing,
    Prisoner,
    PrisonerState,
    Sentence,
)


class DatedHearing(NamedTuple):
    """A hearing to come, and whose it is."""

    prisoner: Prisoner
    hearing: Hearing


class ExpectedRelease(NamedTuple):
    """A day on which a term ends, and whose."""

    prisoner: Prisoner
    sentence: Sentence


class ArticleCount(NamedTuple):
    """An article that published people are charged under, and how many of them."""

    code: str
    article: str
    people: int


def get_case(prisoner_id: uuid.UUID, case_id: uuid.UUID) -> Case:
    """One case of this person, with charges, hearings and sentences; raises NotFound."""
    case = session.get(Case, case_id)
    if case is None or case.prisoner_id != prisoner_id:
        raise NotFound
    return case


def list_cases(prisoner_id: uuid.UUID) -> Sequence[Case]:
    """Every case of a person with charges, hearings and sentences, the latest first."""
    order = (Case.opened_on.desc().nulls_last(), Case.created_at.desc())
    return session.scalars(select(Case).where(Case.prisoner_id == prisoner_id).order_by(*order)).all()


def list_listings(prisoner_id: uuid.UUID) -> Sequence[Listing]:
    """What each source says about a person."""
    return session.scalars(select(Listing).where(Listing.prisoner_id == prisoner_id).order_by(Listing.source)).all()


def list_case_facts(case: Case, limit: int = 60) -> Sequence[Fact]:
    """What was written down of a case and its charges, hearings and sentences, newest first."""
    parts: list[Charge | Hearing | Sentence] = [*case.charges, *case.hearings, *case.sentences]
    ids = [case.id, *(each.id for each in parts)]
    statement = select(Fact).where(Fact.prisoner_id == case.prisoner_id, Fact.subject_id.in_(ids))
    return session.scalars(statement.order_by(Fact.id.desc()).limit(limit)).all()


def list_next_hearings(since: date, until: date, *, most: int = 100) -> list[DatedHearing]:
    """Hearings of published people that are set for the days from `since` to `until`, soonest first."""
    statement = (
        select(Prisoner, Hearing)
        .join(Case, Case.prisoner_id == Prisoner.id)
        .join(Hearing, Hearing.case_id == Case.id)
        .where(Prisoner.state == PrisonerState.PUBLISHED, Hearing.state == "set")
        .where(Hearing.held_on.between(since, until))
        .order_by(Hearing.held_on, Hearing.starts_at, Prisoner.id)
    )
    return [DatedHearing(*row) for row in session.execute(statement.limit(most))]


def list_expected_releases(since: date, until: date, *, most: int = 100) -> list[ExpectedRelease]:
    """Releases of published people who are still held, expected on the days from `since` to `until`, soonest first.

    What the latest decision of a case says counts: an appeal that shortened a term replaces the day before it.
    """
    newest = (
        select(Sentence.id)
        .where(Sentence.case_id == Case.id)
        .order_by(Sentence.decided_on.desc(), Sentence.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    is_held = select(Episode.id).where(Episode.prisoner_id == Prisoner.id, Episode.ended_on.is_(None)).exists()
    statement = (
        select(Prisoner, Sentence)
        .join(Case, Case.prisoner_id == Prisoner.id)
        .join(Sentence, Sentence.id == newest)
        .where(Prisoner.state == PrisonerState.PUBLISHED, is_held)
        .where(Sentence.expected_release_on.between(since, until))
        .order_by(Sentence.expected_release_on, Prisoner.id)
    )
    return [ExpectedRelease(*row) for row in session.execute(statement.limit(most))]


def count_articles() -> list[ArticleCount]:
    """The articles that published people are charged under now, those of most people first."""
    people = func.count(Prisoner.id.distinct())
    statement = (
        select(Charge.code, Charge.article, people)
        .join(Case, Case.id == Charge.case_id)
        .join(Prisoner, Prisoner.id == Case.prisoner_id)
        .where(Prisoner.state == PrisonerState.PUBLISHED)
        .where(Charge.until_on.is_(None), Charge.superseded_by_id.is_(None))
        .group_by(Charge.code, Charge.article)
        .order_by(people.desc(), Charge.code.desc(), Charge.article)
    )
    return [ArticleCount(*row) for row in session.execute(statement)]
