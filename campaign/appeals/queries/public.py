"""What the public may see of appeals."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, Subquery, exists, func, or_, select

from campaign.appeals.models import (
    PUBLIC_STATES,
    AnswerState,
    Appeal,
    AppealAddressee,
    AppealAnswer,
    AppealDelta,
    AppealPrisoner,
    AppealSent,
    AppealState,
    Audience,
    Godparent,
    Target,
)
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.places import Place
from campaign.petitions.policy import is_hidden_in
from campaign.prisoners.models import Prisoner, PrisonerState

FEWEST_SHOWN = 5
"""Cells under this are not shown (SAFETY.md 18)."""


def published_appeals(
    place: Place, *, kind: str = "", country: str = "", prisoner: str = "", over: bool = False
) -> Select[Appeal]:
    """Appeals as a visitor of `place` may see them, for one page of a list: those one can write for now or soon again,
    the nearest deadline first; or (`over`) those that have ended, the newest first.

    `country`: of an addressee, "" for any; `prisoner`: the slug of somebody it is for.
    """
    moment = clock.now()
    has_ended = or_(Appeal.state == AppealState.CLOSED, Appeal.deadline_at <= moment)
    statement = select(Appeal).where(_may_be_seen(), has_ended if over else has_ended.is_not(True))
    if place is Place.RUSSIA:
        statement = statement.where(Appeal.audience == Audience.ANYWHERE)
    if kind:
        statement = statement.where(Appeal.kind == kind)
    if country:
        statement = written_to(statement, country)
    if prisoner:
        theirs = (
            select(AppealPrisoner.appeal_id)
            .join(Prisoner, Prisoner.id == AppealPrisoner.prisoner_id)
            .where(Prisoner.slug == prisoner)
        )
        statement = statement.where(Appeal.id.in_(theirs))
    newest_first = (Appeal.published_on.desc(), Appeal.slug)
    return statement.order_by(*(newest_first if over else (Appeal.deadline_at.asc().nulls_last(), *newest_first)))


def written_to(statement: Select[Appeal], country: str) -> Select[Appeal]:
    """Of these appeals those with an official of one country; "" for international bodies."""
    theirs = (
        select(AppealAddressee.appeal_id)
        .join(Target, Target.id == AppealAddressee.target_id)
        .where(Target.country == country, Target.retired_on.is_(None))
    )
    return statement.where(Appeal.id.in_(theirs))


def list_published(
    place: Place, *, kind: str = "", country: str = "", prisoner: str = "", over: bool = False, limit: int = 100
) -> Sequence[Appeal]:
    """The same as rows with their texts, at most `limit`."""
    found = published_appeals(place, kind=kind, country=country, prisoner=prisoner, over=over)
    return session.scalars(found.limit(limit)).all()


def get_published(slug: str, place: Place) -> Appeal:
    """An appeal that a visitor of `place` may see, over or not; raises NotFound for every other."""
    appeal = find_public(slug)
    if appeal is None or is_hidden_in(place, appeal.audience):
        raise NotFound
    return appeal


def find_public(slug: str) -> Appeal | None:
    """An appeal that some visitors may see, or None. Whoever shows it asks `is_hidden_in` first."""
    looks_like_slug = len(slug) <= 80 and slug.isascii() and slug.replace("-", "").isalnum()
    return session.scalar(select(Appeal).where(Appeal.slug == slug, _may_be_seen())) if looks_like_slug else None


def list_countries(place: Place) -> list[str]:
    """The countries to whose officials one can write now; "" among them for international bodies."""
    appeals = published_appeals(place).order_by(None).with_only_columns(Appeal.id)
    found = (
        select(Target.country)
        .join(AppealAddressee, AppealAddressee.target_id == Target.id)
        .where(AppealAddressee.appeal_id.in_(appeals), Target.retired_on.is_(None))
        .distinct()
    )
    return list(session.scalars(found))


def list_prisoners(place: Place) -> Sequence[Prisoner]:
    """For whom one can write now, by name."""
    appeals = published_appeals(place).order_by(None).with_only_columns(Appeal.id)
    theirs = select(AppealPrisoner.prisoner_id).where(AppealPrisoner.appeal_id.in_(appeals))
    found = select(Prisoner).where(Prisoner.id.in_(theirs))
    return session.scalars(found.order_by(Prisoner.last_latin, Prisoner.first_latin, Prisoner.id)).all()


def people_of(appeal_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Prisoner]]:
    """For whom each is, by name, whoever they are; empty where it is for nobody in particular."""
    found: dict[uuid.UUID, list[Prisoner]] = {each: [] for each in appeal_ids}
    statement = (
        select(AppealPrisoner.appeal_id, Prisoner)
        .join(Prisoner, Prisoner.id == AppealPrisoner.prisoner_id)
        .where(AppealPrisoner.appeal_id.in_(appeal_ids))
        .order_by(Prisoner.last_latin, Prisoner.first_latin, Prisoner.id)
    )
    for appeal_id, prisoner in session.execute(statement):
        found[appeal_id].append(prisoner)
    return found


def totals_of(appeal_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many letters are said to have been sent, of each."""
    totals = dict.fromkeys(appeal_ids, 0)
    both = _both(AppealSent.appeal_id.in_(appeal_ids), AppealDelta.appeal_id.in_(appeal_ids))
    for appeal_id, count in session.execute(
        select(both.c.appeal_id, func.sum(both.c.count)).group_by(both.c.appeal_id)
    ):
        totals[appeal_id] = int(count)
    return totals


@dataclass(frozen=True, slots=True)
class Addressees:
    """To whom one may write for an appeal, as far as the visitor has narrowed it down."""

    countries: Sequence[str]
    country: str | None
    """None: not chosen, where there is a choice."""
    constituencies: Sequence[str]
    constituency: str
    targets: Sequence[Target]
    total: int


MOST_TARGETS_SHOWN = 100


def addressees_of(appeal_id: uuid.UUID, country: str | None, constituency: str) -> Addressees:
    """Narrow down by what was picked from the lists; a value that stands in none counts as not picked."""
    mine = (
        select(Target)
        .join(AppealAddressee, AppealAddressee.target_id == Target.id)
        .where(AppealAddressee.appeal_id == appeal_id, Target.retired_on.is_(None))
    )
    countries = list(session.scalars(mine.with_only_columns(Target.country).distinct()))
    if country not in countries:
        country = countries[0] if len(countries) == 1 else None
    constituencies: list[str] = []
    if country is not None:
        mine = mine.where(Target.country == country)
        of_country = mine.with_only_columns(Target.constituency).where(Target.constituency != "").distinct()
        constituencies = sorted(session.scalars(of_country), key=str.casefold)
    if constituency in constituencies:
        mine = mine.where(Target.constituency == constituency)
    else:
        constituency = ""
    total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    found = session.scalars(mine.order_by(Target.body, Target.name, Target.id).limit(MOST_TARGETS_SHOWN)).all()
    return Addressees(countries, country, constituencies, constituency, found, total)


def find_addressee(appeal_id: uuid.UUID, target_id: uuid.UUID) -> Target | None:
    """One of those to whom one may write for an appeal, or None."""
    statement = (
        select(Target)
        .join(AppealAddressee, AppealAddressee.target_id == Target.id)
        .where(AppealAddressee.appeal_id == appeal_id, Target.id == target_id, Target.retired_on.is_(None))
    )
    return session.scalar(statement)


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of the letters to one official."""

    target: Target
    count: int | None
    """None: fewer than FEWEST_SHOWN."""
    first_on: date | None
    """Not said where the count is not."""
    answer: AppealAnswer | None
    silent_days: int | None
    """Since the first day, where nothing was answered that is published."""


def replies_to(appeal_id: uuid.UUID, today: date) -> tuple[list[Reply], int]:
    """Officials who answered or were asked by five or more, and how many others were asked by fewer."""
    both = _both(AppealSent.appeal_id == appeal_id, AppealDelta.appeal_id == appeal_id)
    sums = select(both.c.target_id, func.sum(both.c.count), func.min(both.c.day)).group_by(both.c.target_id)
    asked = {target: (int(count), first) for target, count, first in session.execute(sums)}
    answers = {
        each.target_id: each
        for each in session.scalars(
            select(AppealAnswer)
            .where(AppealAnswer.appeal_id == appeal_id, AppealAnswer.state == AnswerState.PUBLISHED)
            .order_by(AppealAnswer.answered_on, AppealAnswer.id)
        )
    }
    shown = {each for each, (count, _first) in asked.items() if count >= FEWEST_SHOWN} | answers.keys()
    targets = session.scalars(select(Target).where(Target.id.in_(shown)).order_by(Target.body, Target.name, Target.id))
    found = []
    for target in targets:
        count, first = asked.get(target.id, (0, None))
        is_counted, answer = count >= FEWEST_SHOWN, answers.get(target.id)
        silent = (today - first).days if is_counted and first is not None and answer is None else None
        found.append(Reply(target, count if is_counted else None, first if is_counted else None, answer, silent))
    return found, len(asked.keys() - shown)


def list_open_for(prisoner_id: uuid.UUID, place: Place, limit: int) -> Sequence[Appeal]:
    """The appeals for one prisoner for which one can write now, the nearest deadline first."""
    theirs = select(AppealPrisoner.appeal_id).where(AppealPrisoner.prisoner_id == prisoner_id)
    found = published_appeals(place).where(Appeal.id.in_(theirs), Appeal.state == AppealState.PUBLISHED)
    return session.scalars(found.limit(limit)).all()


def standing_godparents() -> Select[Godparent]:
    """Who stands for whom, as far as the public may see it; the newest first."""
    return (
        select(Godparent)
        .join(Prisoner, Prisoner.id == Godparent.prisoner_id)
        .where(
            Godparent.published_on.is_not(None), Godparent.ended_on.is_(None),
            Prisoner.state == PrisonerState.PUBLISHED,
        )
        .order_by(Godparent.since_on.desc(), Godparent.id)
    )  # fmt: skip


def _may_be_seen() -> ColumnElement[bool]:
    """Public, and for nobody whom the public may not see: it reads of them here as little as on their page."""
    hidden = (
        exists()
        .where(
            AppealPrisoner.appeal_id == Appeal.id, Prisoner.id == AppealPrisoner.prisoner_id,
            Prisoner.state != PrisonerState.PUBLISHED,
        )
        .correlate(Appeal)
    )  # fmt: skip
    return Appeal.state.in_(PUBLIC_STATES) & ~hidden


def _both(of_sums: ColumnElement[bool], of_deltas: ColumnElement[bool]) -> Subquery:
    """Sums and what is not added up yet, as one."""
    sums = select(AppealSent.appeal_id, AppealSent.target_id, AppealSent.day, AppealSent.count.label("count"))
    deltas = select(AppealDelta.appeal_id, AppealDelta.target_id, AppealDelta.day, AppealDelta.amount)
    return sums.where(of_sums).union_all(deltas.where(of_deltas)).subquery()
