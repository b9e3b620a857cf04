"""After the release: sent, awaited, answered, closed; and what a person's page tells of it."""

import uuid
from datetime import date, timedelta

from sqlalchemy import update

from campaign.dossiers.bodies import form_of
from campaign.dossiers.models import (
    GONE_OUT,
    TOLD,
    Dossier,
    DossierDue,
    DossierState,
    DueKind,
    Outcome,
    SentBy,
    Step,
)
from campaign.dossiers.queries.dossiers import find_consent
from campaign.dossiers.service.moves import BadDossier, NotThatStep, lock, move, record
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound

_S = DossierState
AHEAD = timedelta(days=3 * 365)


def mark_sent(dossier_id: uuid.UUID, sent_on: date, by: SentBy, *, seen_version: int, actor: uuid.UUID) -> Dossier:
    """Say that it has left, and by which way; where the body gives a time, its end is noted.

    Raises NotFound, Conflict, NotThatStep, and BadDossier without a consent, after a change of the person's situation
    or for a day that cannot be.
    """
    dossier = lock(dossier_id, seen_version)
    if find_consent(dossier_id) is None:
        raise BadDossier(N_("The consent was withdrawn. Nothing leaves without one."))
    if dossier.look_change_id is not None:
        raise BadDossier(N_("Something has happened to the person. Look at the dossier again first."))
    _check_past(sent_on)
    dossier.sent_on, dossier.sent_by = sent_on, by
    move(dossier, _S.SENT, Step.SENT, actor=actor)
    days = form_of(dossier.body).answer_days
    if days is not None:
        session.add(_due(dossier, DueKind.ANSWER, sent_on + timedelta(days=days), None))
        session.flush()
    return dossier


def set_due(dossier_id: uuid.UUID, kind: DueKind, due_on: date, *, actor: uuid.UUID) -> None:
    """Note that something is awaited, or to be done, by a day. Raises NotFound, NotThatStep, BadDossier."""
    dossier = lock(dossier_id)
    if dossier.state == _S.CLOSED:
        raise NotThatStep(N_("This dossier is closed."))
    if not clock.today() <= due_on <= clock.today() + AHEAD:
        raise BadDossier(N_("A day between today and three years from now."))
    session.add(_due(dossier, kind, due_on, actor))
    session.flush()
    audit.record("dossier.due", actor=actor, about=f"dossier:{dossier_id}", reason=kind)


def end_due(dossier_id: uuid.UUID, due_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """It has come, or is done. Twice is once. Raises NotFound."""
    lock(dossier_id)
    due = session.get(DossierDue, due_id)
    if due is None or due.dossier_id != dossier_id:
        raise NotFound
    if due.done_on is None:
        due.done_on = clock.today()
        session.flush()
        audit.record("dossier.due_done", actor=actor, about=f"dossier:{dossier_id}", reason=due.kind)


def mark_answered(
    dossier_id: uuid.UUID, outcome: Outcome, answered_on: date, *, seen_version: int, actor: uuid.UUID
) -> Dossier:
    """Say what became of it. Raises NotFound, Conflict, NotThatStep, BadDossier."""
    dossier = lock(dossier_id, seen_version)
    if outcome not in form_of(dossier.body).outcomes:
        raise BadDossier(N_("This body decides nothing of the kind."))
    _check_past(answered_on)
    if dossier.sent_on is not None and answered_on < dossier.sent_on:
        raise BadDossier(N_("It was sent after this day."))
    dossier.outcome, dossier.answered_on = outcome, answered_on
    move(dossier, _S.ANSWERED, Step.ANSWERED, actor=actor)
    _end_dues(dossier, DueKind.ANSWER)
    return dossier


def close(dossier_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Dossier:
    """Nothing more is done about it; what is sealed of it goes after a time. Raises NotFound, Conflict, NotThatStep."""
    dossier = lock(dossier_id, seen_version)
    move(dossier, _S.CLOSED, Step.CLOSED, actor=actor)
    _end_dues(dossier, None)
    return dossier


def show_filing(dossier_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Dossier:
    """Let the person's page tell that it was filed. Raises NotFound, Conflict, BadDossier for what is never told."""
    dossier = lock(dossier_id, seen_version)
    if dossier.body not in TOLD or dossier.state not in GONE_OUT:
        raise BadDossier(N_("A page tells of complaints to the UN alone, once they were sent."))
    if find_consent(dossier_id) is None:
        raise BadDossier(N_("The consent was withdrawn. Nothing is told without one."))
    dossier.filing_shown_on = clock.today()
    record(dossier, Step.FILING_SHOWN, actor=actor)
    return dossier


def show_outcome(dossier_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Dossier:
    """Let the page tell what became of it, too. Raises NotFound, Conflict, BadDossier."""
    dossier = lock(dossier_id, seen_version)
    if dossier.filing_shown_on is None or dossier.outcome is None:
        raise BadDossier(N_("First there is an outcome, and a page that tells of the complaint."))
    dossier.outcome_shown_on = clock.today()
    record(dossier, Step.OUTCOME_SHOWN, actor=actor)
    return dossier


def hide(dossier_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> Dossier:
    """The page tells nothing of it any more. Raises NotFound, Conflict."""
    dossier = lock(dossier_id, seen_version)
    dossier.filing_shown_on = dossier.outcome_shown_on = None
    record(dossier, Step.HIDDEN, actor=actor)
    return dossier


def _due(dossier: Dossier, kind: DueKind, due_on: date, actor: uuid.UUID | None) -> DossierDue:
    return DossierDue(id=uuid.uuid4(), dossier_id=dossier.id, kind=kind, due_on=due_on, set_by=actor)


def _end_dues(dossier: Dossier, kind: DueKind | None) -> None:
    ending = update(DossierDue).where(DossierDue.dossier_id == dossier.id, DossierDue.done_on.is_(None))
    if kind is not None:
        ending = ending.where(DossierDue.kind == kind)
    session.execute(ending.values(done_on=clock.today()))
    session.flush()


def _check_past(day: date) -> None:
    if day > clock.today():
        raise BadDossier(N_("This day lies in the future."))
