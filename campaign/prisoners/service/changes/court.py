"""What acts in court write: a sentence or a hearing of a case, which an act may also begin."""

import uuid
from datetime import timedelta

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.prisoners.models import Case, Instance, Stage
from campaign.prisoners.queries.situation import find_open_episode
from campaign.prisoners.service.cases import (
    CaseDraft,
    HearingDraft,
    SentenceDraft,
    add_case,
    record_sentence,
    set_hearing,
)
from campaign.prisoners.service.cases.record import note
from campaign.prisoners.service.changes.draft import ChangeDraft
from campaign.prisoners.service.facts import Source
from campaign.prisoners.service.situation import AlreadySo, BadSituation, Incomplete, InFuture, lock_prisoner

HEARINGS_AHEAD = timedelta(days=730)


def sentence(prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, actor: uuid.UUID | None) -> None:
    """Record what a court decided, and how far the case has come by it. Raises BadSituation, BadCase."""
    if draft.punishment is None:
        raise Incomplete("punishment", N_("Say what the court imposed."))
    case = _case(prisoner_id, draft, source, actor)
    decided = (draft.happened_on, draft.instance, draft.punishment)
    if any((each.decided_on, each.instance, each.punishment) == decided for each in case.sentences):
        raise AlreadySo("happened_on", N_("This sentence is recorded already."))
    said = SentenceDraft(
        draft.happened_on, draft.court, draft.punishment, draft.instance, draft.regime, draft.term_months,
        draft.in_absentia, draft.expected_release_on, draft.release_basis, draft.in_force_on,
    )  # fmt: skip
    record_sentence(case, said, source, actor=actor)
    _move(case, _stage_after_sentence(draft), draft.court, source, actor)


def hear(prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, actor: uuid.UUID | None) -> None:
    """Record a day in court to come. Raises BadSituation, BadCase."""
    today = clock.today()
    # A day is forgiven: it may be yesterday here while the court still sits.
    if draft.happened_on < today - timedelta(days=1):
        raise BadSituation("happened_on", N_("This day is over. A past hearing is recorded with the case."))
    if draft.happened_on > today + HEARINGS_AHEAD:
        raise InFuture("happened_on", N_("More than two years ahead: look at the year again."))
    case = _case(prisoner_id, draft, source, actor)
    if any((each.held_on, each.starts_at) == (draft.happened_on, draft.starts_at) for each in case.hearings):
        raise AlreadySo("happened_on", N_("This hearing is recorded already."))
    said = HearingDraft(draft.happened_on, draft.court, draft.starts_at, draft.openness, draft.instance)
    set_hearing(case, said, source, actor=actor)
    _move(case, _stage_before_hearing(case, draft), draft.court, source, actor)


def _case(prisoner_id: uuid.UUID, draft: ChangeDraft, source: Source, actor: uuid.UUID | None) -> Case:
    """The case that was chosen, or a new one under the name that was given."""
    if draft.case_id is not None:
        case = session.get(Case, draft.case_id, populate_existing=True)
        if case is None or case.prisoner_id != prisoner_id:
            raise Incomplete("case_id", N_("Choose one of this person's cases."))
        return case
    if not draft.case_name:
        raise Incomplete("case_name", N_("Choose a case, or say what the new one is called."))
    episode = find_open_episode(prisoner_id)
    language = "ru" if any("а" <= letter <= "я" for letter in draft.case_name.lower()) else "en"
    begun = CaseDraft({language: draft.case_name}, episode_id=episode.id if episode else None)
    return add_case(lock_prisoner(prisoner_id), begun, source, actor=actor)


def _stage_after_sentence(draft: ChangeDraft) -> Stage:
    if draft.in_absentia:
        return Stage.IN_ABSENTIA
    if draft.instance is Instance.FIRST and draft.in_force_on is None:
        return Stage.SENTENCED_NOT_FINAL
    return Stage.SENTENCE_IN_FORCE


def _stage_before_hearing(case: Case, draft: ChangeDraft) -> Stage:
    stage = Stage(case.stage)
    if draft.instance is Instance.FIRST and stage in {Stage.PRE_INVESTIGATION, Stage.UNDER_INVESTIGATION}:
        return Stage.IN_COURT
    if draft.instance is Instance.APPEAL and stage is Stage.SENTENCED_NOT_FINAL:
        return Stage.APPEAL
    return stage


def _move(case: Case, stage: Stage, court: str, source: Source, actor: uuid.UUID | None) -> None:
    before = {"stage": case.stage, "court": case.court}
    case.stage, case.court = stage.value, case.court or court
    after = {"stage": case.stage, "court": case.court}
    note(case, ("prisoner_case", case.id), before, after, source, actor=actor)
