"""Applications: entered, verified by another, scored by several."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.money import Money
from campaign.needs.models import NeedCategory, NeedState
from campaign.needs.queries.needs import find_need
from campaign.rounds.models import (
    LEAST_POINTS,
    MOST_POINTS,
    NOTE,
    REASON,
    SCOPE,
    WORDS,
    ApplicationState,
    GrantApplication,
    GrantRound,
    GrantScore,
    RoundState,
)
from campaign.rounds.service.rounds import BadRound, NotThatStep, OtherPerson, drop_scores, locked

_A = ApplicationState


@dataclass(frozen=True, slots=True)
class ApplicationDraft:
    """What staff say of an application."""

    category: NeedCategory
    asked: Money
    need_id: uuid.UUID | None = None
    words: str = ""


def enter(
    round_id: uuid.UUID, draft: ApplicationDraft, *, actor: uuid.UUID, is_demo: bool = False
) -> GrantApplication:  # fmt: skip
    """An application, while the round is open. Raises NotThatStep, BadRound."""
    found = _in_state(round_id, RoundState.OPEN, N_("This round takes no applications now."))
    if draft.asked.currency != found.currency:
        raise BadRound(N_("This round is in another currency."))
    if draft.asked.minor <= 0:
        raise BadRound(N_("An amount is above zero."))
    prisoner_id = _whose(found, draft)
    if draft.need_id is None and not draft.words:
        raise BadRound(N_("Say who applies and for what, or choose the need it is for."))
    made = GrantApplication(
        id=uuid.uuid4(), round_id=round_id, need_id=draft.need_id, prisoner_id=prisoner_id, category=draft.category,
        asked=draft.asked.minor, state=_A.RECEIVED, entered_by=actor, entered_on=clock.today(), is_demo=is_demo,
    )  # fmt: skip
    made.words_sealed = _sealed(WORDS.seal, made.id, draft.words)
    session.add(made)
    session.flush()
    audit.record("application.entered", actor=actor, about=f"application:{made.id}")
    return made


def withdraw(round_id: uuid.UUID, application_id: uuid.UUID, *, actor: uuid.UUID) -> GrantApplication:
    """They do not apply any more. Twice is once. Raises NotThatStep once a split is proposed."""
    found = locked(round_id)
    application = _locked(round_id, application_id)
    if application.state == _A.WITHDRAWN:
        return application
    if found.state not in {RoundState.OPEN, RoundState.VERIFICATION, RoundState.SCORING} or found.proposal is not None:
        raise NotThatStep(N_("A split is proposed or decided. Take the proposal back first."))
    application.state = _A.WITHDRAWN
    drop_scores(application.id)
    session.flush()
    audit.record("application.withdrawn", actor=actor, about=f"application:{application.id}")
    return application


def verify(
    round_id: uuid.UUID, application_id: uuid.UUID, *, is_eligible: bool, reason: str = "", actor: uuid.UUID
) -> GrantApplication:  # fmt: skip
    """Another than who entered it says whether it can be decided on. Raises OtherPerson, NotThatStep, BadRound."""
    _in_state(round_id, RoundState.VERIFICATION, N_("Applications are verified while the round is at that step."))
    application = _locked(round_id, application_id)
    if application.state == _A.WITHDRAWN:
        raise NotThatStep(N_("This application was withdrawn."))
    if application.entered_by == actor:
        raise OtherPerson(N_("You entered it: somebody else verifies it."))
    if not is_eligible and not reason:
        raise BadRound(N_("Say why. Whoever applied will ask."))
    application.state = _A.ELIGIBLE if is_eligible else _A.INELIGIBLE
    application.verified_by = actor
    application.reason_sealed = _sealed(REASON.seal, application.id, reason)
    session.flush()
    audit.record("application.verified", actor=actor, about=f"application:{application.id}", reason=application.state)
    return application


def score(
    round_id: uuid.UUID, application_id: uuid.UUID, points: int, note: str = "", *, actor: uuid.UUID
) -> GrantScore:  # fmt: skip
    """How much one person thinks it is needed; said anew it replaces the old. Raises OtherPerson, NotThatStep."""
    found = _in_state(round_id, RoundState.SCORING, N_("Applications are scored while the round is at that step."))
    if found.proposal is not None:
        raise NotThatStep(N_("A split is proposed by the scores as they are. Take it back first."))
    application = _locked(round_id, application_id)
    if application.state != _A.ELIGIBLE:
        raise NotThatStep(N_("This application is not decided on."))
    if application.entered_by == actor:
        raise OtherPerson(N_("You entered it: others score it."))
    if not LEAST_POINTS <= points <= MOST_POINTS:
        raise BadRound(N_("Points are between one and five."))
    same = select(GrantScore).where(GrantScore.application_id == application_id, GrantScore.scorer_id == actor)
    made = session.scalar(same)
    if made is None:
        made = GrantScore(id=uuid.uuid4(), application_id=application_id, scorer_id=actor, points=points)
        session.add(made)
    made.points, made.scored_on = points, clock.today()
    made.note_sealed = _sealed(NOTE.seal, made.id, note)
    session.flush()
    audit.record("application.scored", actor=actor, about=f"application:{application.id}")
    return made


def look(round_id: uuid.UUID, application_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put on record that somebody opens what an application says. Raises NotFound."""
    found = session.get(GrantApplication, application_id)
    if found is None or found.round_id != round_id:
        raise NotFound
    audit.record("application.look", actor=actor, about=f"application:{application_id}")


def words_of(application: GrantApplication) -> str:
    """What it says, opened."""
    sealed = application.words_sealed
    return WORDS.unseal(SCOPE, application.id, sealed) if sealed is not None else ""


def reason_of(application: GrantApplication) -> str:
    """What was found when it was verified, opened."""
    sealed = application.reason_sealed
    return REASON.unseal(SCOPE, application.id, sealed) if sealed is not None else ""


def note_of(score_: GrantScore) -> str:
    """What somebody noted to their score, opened."""
    return NOTE.unseal(SCOPE, score_.id, score_.note_sealed) if score_.note_sealed is not None else ""


def _whose(found: GrantRound, draft: ApplicationDraft) -> uuid.UUID | None:
    if draft.need_id is None:
        return None
    need = find_need(draft.need_id)
    if need is None or need.state != NeedState.APPROVED:
        raise BadRound(N_("Choose a need that is approved and that nobody sees to."))
    if need.category != draft.category:
        raise BadRound(N_("The need is of another kind."))
    same = GrantApplication.round_id == found.id, GrantApplication.need_id == draft.need_id
    if session.scalar(select(GrantApplication.id).where(*same)) is not None:
        raise BadRound(N_("There is an application for this need in this round already."))
    return need.prisoner_id


def _in_state(round_id: uuid.UUID, state: RoundState, otherwise: str) -> GrantRound:
    """The round under its lock, which is taken before those of its applications."""
    found = locked(round_id)
    if found.state != state:
        raise NotThatStep(otherwise)
    return found


def _locked(round_id: uuid.UUID, application_id: uuid.UUID) -> GrantApplication:
    found = session.get(GrantApplication, application_id, with_for_update=True, populate_existing=True)
    if found is None or found.round_id != round_id:
        raise NotFound
    return found


def _sealed(seal: Callable[[str, uuid.UUID, str], bytes], row: uuid.UUID, text: str) -> bytes | None:
    if not text:
        return None
    keyring.ensure(SCOPE)
    return seal(SCOPE, row, text)
