"""Appeals for staff, in any state."""

import uuid
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, select

from campaign.appeals.models import (
    AnswerState,
    Appeal,
    AppealAddressee,
    AppealAnswer,
    AppealEvent,
    AppealKind,
    AppealPrisoner,
    AppealState,
    AppealText,
    Godparent,
    Target,
)
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import Prisoner, PrisonerState

Row = TypeVar("Row", AppealAnswer, Godparent)


def staff_appeals(*, state: str = "", kind: str = "", search: str = "") -> Select[Appeal]:
    """Appeals by state, kind and words of the title in any language; what changed last first."""
    statement = select(Appeal)
    if state in set(AppealState):
        statement = statement.where(Appeal.state == state)
    if kind in set(AppealKind):
        statement = statement.where(Appeal.kind == kind)
    if search:
        titled = select(AppealText.appeal_id).where(AppealText.title.icontains(search, autoescape=True))
        statement = statement.where(Appeal.id.in_(titled) | Appeal.slug.icontains(search, autoescape=True))
    return statement.order_by(Appeal.edited_at.desc(), Appeal.id)


def get_appeal(appeal_id: uuid.UUID) -> Appeal:
    """An appeal in any state, with its texts; raises NotFound."""
    found = session.get(Appeal, appeal_id)
    if found is None:
        raise NotFound
    return found


def list_people(appeal_id: uuid.UUID) -> Sequence[Prisoner]:
    """For whom it is, by name."""
    statement = (
        select(Prisoner)
        .join(AppealPrisoner, AppealPrisoner.prisoner_id == Prisoner.id)
        .where(AppealPrisoner.appeal_id == appeal_id)
    )
    return session.scalars(statement.order_by(Prisoner.last_latin, Prisoner.first_latin, Prisoner.id)).all()


def count_hidden_people(appeal_id: uuid.UUID) -> int:
    """How many of those it is for the public may not see."""
    return sum(not each.is_public for each in list_people(appeal_id))


def appeals_of(prisoner_id: uuid.UUID) -> Sequence[Appeal]:
    """The appeals for somebody in any state, the newest first."""
    statement = (
        select(Appeal)
        .join(AppealPrisoner, AppealPrisoner.appeal_id == Appeal.id)
        .where(AppealPrisoner.prisoner_id == prisoner_id)
    )
    return session.scalars(statement.order_by(Appeal.created_at.desc(), Appeal.id)).all()


def select_addressees(appeal_id: uuid.UUID) -> Select[Target]:
    """To whom one writes for it, retired ones too, by country, body and name."""
    statement = (
        select(Target)
        .join(AppealAddressee, AppealAddressee.target_id == Target.id)
        .where(AppealAddressee.appeal_id == appeal_id)
    )
    return statement.order_by(Target.country, Target.body, Target.name, Target.id)


def list_events(appeal_id: uuid.UUID) -> Sequence[AppealEvent]:
    """What happened to an appeal, newest first."""
    statement = select(AppealEvent).where(AppealEvent.appeal_id == appeal_id)
    return session.scalars(statement.order_by(AppealEvent.at.desc(), AppealEvent.id.desc())).all()


def list_answers(appeal_id: uuid.UUID) -> Sequence[tuple[AppealAnswer, Target]]:
    """Every answer with who gave it, newest first."""
    statement = (
        select(AppealAnswer, Target)
        .join(Target, Target.id == AppealAnswer.target_id)
        .where(AppealAnswer.appeal_id == appeal_id)
        .order_by(AppealAnswer.answered_on.desc(), AppealAnswer.id)
    )
    return [(answer, target) for answer, target in session.execute(statement)]


def get_row(kind: type[Row], row_id: uuid.UUID) -> Row:
    """One answer or godparent; raises NotFound."""
    found = session.get(kind, row_id)
    if found is None:
        raise NotFound
    return found


def select_godparents(*, ended: bool = False) -> Select[Godparent]:
    """Who stands for whom, or did, the newest first."""
    statement = select(Godparent).where(Godparent.ended_on.is_not(None) if ended else Godparent.ended_on.is_(None))
    return statement.order_by(Godparent.since_on.desc(), Godparent.id)


def names_for(godparents: Sequence[Godparent]) -> tuple[dict[uuid.UUID, Target], dict[uuid.UUID, Prisoner]]:
    """The officials and the prisoners whom these are about, by id."""
    targets = select(Target).where(Target.id.in_({each.target_id for each in godparents}))
    prisoners = select(Prisoner).where(Prisoner.id.in_({each.prisoner_id for each in godparents}))
    return {each.id: each for each in session.scalars(targets)}, {each.id: each for each in session.scalars(prisoners)}


def list_public_people() -> Sequence[Prisoner]:
    """Everybody whose page is public, by name: of whom a member of a parliament may be said to stand for."""
    found = select(Prisoner).where(Prisoner.state == PrisonerState.PUBLISHED)
    return session.scalars(found.order_by(Prisoner.last_latin, Prisoner.first_latin, Prisoner.id)).all()


def count_reviewable(actor: uuid.UUID) -> int:
    """How many appeals wait for this person as the second one."""
    return _count(
        Appeal, Appeal.state == AppealState.REVIEW, Appeal.author_id.is_distinct_from(actor),
        Appeal.submitter_id.is_distinct_from(actor),
    )  # fmt: skip


def count_sent_back(actor: uuid.UUID) -> int:
    """How many drafts of this person were handed in once and sent back."""
    return _count(
        Appeal, Appeal.state == AppealState.DRAFT, Appeal.author_id == actor, Appeal.submitter_id.is_not(None)
    )


def count_publishable(actor: uuid.UUID) -> tuple[int, int]:
    """How many answers, and how many who stand for somebody, wait for this person as the second one."""
    answers = _count(
        AppealAnswer, AppealAnswer.state == AnswerState.RECORDED, AppealAnswer.recorded_by.is_distinct_from(actor)
    )
    godparents = _count(
        Godparent, Godparent.published_on.is_(None), Godparent.ended_on.is_(None),
        Godparent.recorded_by.is_distinct_from(actor),
    )  # fmt: skip
    return answers, godparents


def _count(model: type, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
