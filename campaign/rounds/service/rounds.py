"""Rounds: planned, opened, taken from step to step, and what becomes of the sealed words of their applications."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, func, select, update

from campaign.funds.models import POSTABLE, Fund
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.money import BadAmount, Money
from campaign.kernel.versions import check_version
from campaign.rounds.models import (
    FEWEST_SCORERS,
    MOST_SCORERS,
    ApplicationState,
    GrantApplication,
    GrantEvent,
    GrantRound,
    GrantScore,
    RoundState,
)
from campaign.rounds.queries.rounds import count_applications

_S = RoundState
MOVES = {
    _S.PLANNED: {_S.OPEN, _S.CALLED_OFF},
    _S.OPEN: {_S.VERIFICATION, _S.CALLED_OFF},
    _S.VERIFICATION: {_S.OPEN, _S.SCORING, _S.CALLED_OFF},
    _S.SCORING: {_S.VERIFICATION, _S.DECIDED, _S.CALLED_OFF},
    _S.DECIDED: {_S.PAID},
    _S.PAID: {_S.REPORTED},
    _S.REPORTED: set(),
    _S.CALLED_OFF: set(),
}
BY_BUTTON = frozenset({_S.OPEN, _S.VERIFICATION, _S.SCORING, _S.CALLED_OFF, _S.REPORTED})
"""Where one person takes it; a decision takes two, and drafts of payments are made by an act of their own."""
OVER = frozenset({_S.REPORTED, _S.CALLED_OFF})
KEPT_DAYS = 180
BATCH = 200


class BadRound(DomainError):
    """Something of a round cannot be as it was given."""


class NotThatStep(Conflict):
    """The round stands where this step cannot be taken."""


class OtherPerson(DomainError):
    """Whoever did the first step does not do this one."""


@dataclass(frozen=True, slots=True)
class RoundDraft:
    """What staff say of a round."""

    title: str
    fund_id: uuid.UUID
    budget: Money
    scorers: int
    opens_on: date
    closes_on: date


def plan(draft: RoundDraft, *, actor: uuid.UUID, is_demo: bool = False) -> GrantRound:
    """A round that is not open yet. Raises BadRound."""
    found = GrantRound(
        id=uuid.uuid4(), state=_S.PLANNED, created_by=actor, created_on=clock.today(), granted=0, is_demo=is_demo
    )
    _fill(found, draft)
    session.add(found)
    session.flush()
    record(found, "planned", was="", actor=actor)
    audit.record("round.planned", actor=actor, about=f"round:{found.id}")
    return found


def edit(round_id: uuid.UUID, draft: RoundDraft, *, seen_version: int, actor: uuid.UUID) -> GrantRound:
    """Change it while nobody has scored yet. Its currency stays once there are applications. Raises BadRound."""
    found = locked(round_id)
    check_version(found.version, seen_version)
    if found.state not in {_S.PLANNED, _S.OPEN, _S.VERIFICATION}:
        raise NotThatStep(N_("Scores are given for this round as it is. It stands."))
    if draft.budget.currency != found.currency and count_applications(round_id):
        raise BadRound(N_("There are applications in this currency already. It stays."))
    _fill(found, draft)
    record(found, "changed", actor=actor)
    audit.record("round.changed", actor=actor, about=f"round:{found.id}")
    session.flush()
    return found


def step(round_id: uuid.UUID, to: RoundState, *, seen_version: int, actor: uuid.UUID) -> GrantRound:
    """Take it on, back, or call it off. Raises NotThatStep, BadRound, Conflict."""
    found = locked(round_id)
    check_version(found.version, seen_version)
    if to not in BY_BUTTON:
        raise NotThatStep(N_("This takes two people."))
    if found.proposal is not None and found.state == _S.SCORING:
        raise NotThatStep(N_("A split is proposed. Take it back first."))
    if to == _S.SCORING:
        _check_all_verified(found)
    move(found, to, to.value, actor=actor)
    audit.record(f"round.{to}", actor=actor, about=f"round:{found.id}")
    return found


def locked(round_id: uuid.UUID) -> GrantRound:
    """The round under its lock. Raises NotFound."""
    found = session.get(GrantRound, round_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def move(found: GrantRound, to: RoundState, word: str, *, actor: uuid.UUID) -> None:
    """Along MOVES, with a line of its history. The caller holds its lock. Raises NotThatStep."""
    was = found.state
    if to not in MOVES[_S(was)]:
        raise NotThatStep(N_("This round has moved on meanwhile. Look at it again."))
    found.state = to
    record(found, word, was=was, actor=actor)
    session.flush()


def record(found: GrantRound, word: str, *, was: str | None = None, actor: uuid.UUID) -> None:
    """A line of its history; without `was` one that moves nothing."""
    session.add(
        GrantEvent(
            round_id=found.id, was=found.state if was is None else was, now=found.state, word=word, actor_id=actor,
            happened_on=clock.today(),
        )
    )  # fmt: skip


def count_of_person(prisoner_id: uuid.UUID) -> int:
    """How many applications are for their needs."""
    return session.scalar(select(func.count()).where(GrantApplication.prisoner_id == prisoner_id)) or 0


def forget_person(prisoner_id: uuid.UUID) -> int:
    """Figures of applications for their needs stay, without words and without whose they were."""
    mine = session.scalars(select(GrantApplication.id).where(GrantApplication.prisoner_id == prisoner_id)).all()
    _blank(list(mine))
    gone = update(GrantApplication).where(GrantApplication.id.in_(mine)).values(prisoner_id=None, need_id=None)
    session.execute(gone)
    return len(mine)


def erase_old_words(today: date) -> int:
    """Erase what applications said, and notes to scores, half a year after the last move of their round."""
    last = select(func.max(GrantEvent.happened_on)).where(GrantEvent.round_id == GrantRound.id).scalar_subquery()
    over = select(GrantRound.id).where(GrantRound.state.in_(OVER), last <= today - timedelta(days=KEPT_DAYS))
    noted = select(GrantScore.id).where(
        GrantScore.application_id == GrantApplication.id, GrantScore.note_sealed.is_not(None)
    )
    has_words = GrantApplication.words_sealed.is_not(None) | GrantApplication.reason_sealed.is_not(None)
    due = select(GrantApplication.id).where(GrantApplication.round_id.in_(over), has_words | noted.exists())
    found = session.scalars(due.order_by(GrantApplication.id).limit(BATCH)).all()
    _blank(list(found))
    return len(found)


def _blank(applications: list[uuid.UUID]) -> None:
    if applications:
        which = GrantApplication.id.in_(applications)
        session.execute(update(GrantApplication).where(which).values(words_sealed=None, reason_sealed=None))
        noted = GrantScore.application_id.in_(applications)
        session.execute(update(GrantScore).where(noted).values(note_sealed=None))


def drop_scores(application_id: uuid.UUID) -> None:
    """What was scored is not what stands there any more."""
    session.execute(delete(GrantScore).where(GrantScore.application_id == application_id))


def _check_all_verified(found: GrantRound) -> None:
    if count_applications(found.id, ApplicationState.RECEIVED):
        raise NotThatStep(N_("Some applications are not verified yet."))
    if not count_applications(found.id, ApplicationState.ELIGIBLE):
        raise NotThatStep(N_("No application can be decided on. Call the round off, or open it again."))


def _fill(found: GrantRound, draft: RoundDraft) -> None:
    try:
        Money(draft.budget.minor, draft.budget.currency)
    except BadAmount as problem:
        raise BadRound(problem.message) from problem
    if draft.budget.minor <= 0:
        raise BadRound(N_("A budget is an amount above zero."))
    if draft.closes_on < draft.opens_on:
        raise BadRound(N_("It closes before it opens."))
    if not FEWEST_SCORERS <= draft.scorers <= MOST_SCORERS:
        raise BadRound(N_("Between two and nine people score each application."))
    if session.scalar(select(Fund.state).where(Fund.id == draft.fund_id)) not in POSTABLE:
        raise BadRound(N_("Choose a fund that is open."))
    found.title, found.fund_id, found.scorers = draft.title, draft.fund_id, draft.scorers
    found.budget, found.currency = draft.budget.minor, draft.budget.currency
    found.opens_on, found.closes_on = draft.opens_on, draft.closes_on
