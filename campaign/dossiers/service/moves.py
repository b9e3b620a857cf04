"""The one way in which a dossier changes its state, and its history."""

import uuid

from sqlalchemy import select

from campaign.dossiers.models import EDITABLE, Dossier, DossierEvent, DossierState, Step
from campaign.dossiers.queries.public import forget_told
from campaign.kernel import audit, clock
from campaign.kernel.db import after_commit, session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.kernel.versions import check_version

_S = DossierState
MOVES = {
    _S.DRAFT: frozenset({_S.CHECKED, _S.CLOSED}),
    _S.CHECKED: frozenset({_S.PROPOSED, _S.DRAFT, _S.CLOSED}),
    _S.PROPOSED: frozenset({_S.RELEASED, _S.DRAFT, _S.CLOSED}),
    _S.RELEASED: frozenset({_S.SENT, _S.DRAFT, _S.CLOSED}),
    _S.SENT: frozenset({_S.ANSWERED, _S.CLOSED}),
    _S.ANSWERED: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset[DossierState](),
}


class BadDossier(DomainError):
    """Something of a dossier cannot be as it was given."""


class NotThatStep(DomainError):
    """From where it stands it does not go there."""


FASTER = N_("Somebody else has taken this step, or another one, a moment ago. Nothing was done twice.")
GONE = N_("This dossier has been sent or closed: what it says stands. Begin a new one for what is new.")


def lock(dossier_id: uuid.UUID, seen_version: int | None = None) -> Dossier:
    """The dossier under its lock, as whoever acts has seen it. Raises NotFound, Conflict."""
    statement = select(Dossier).where(Dossier.id == dossier_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    if seen_version is not None:
        check_version(found.version, seen_version)
    return found


def move(dossier: Dossier, to: DossierState, step: Step, *, actor: uuid.UUID | None) -> None:
    """Along MOVES, with a line of its history and of the audit trail. The caller holds its lock. Raises NotThatStep."""
    if to not in MOVES[DossierState(dossier.state)]:
        raise NotThatStep(FASTER)
    dossier.state = to
    if to == _S.DRAFT:
        dossier.asked_by = dossier.released_by = None
    dossier.ended_on = clock.today() if to == _S.CLOSED else None
    record(dossier, step, actor=actor)


def record(dossier: Dossier, step: Step, *, actor: uuid.UUID | None, amount: int = 1) -> None:
    """A line of the history and of the audit trail, without any content."""
    session.add(
        DossierEvent(
            id=uuid.uuid4(), dossier_id=dossier.id, step=step, now=dossier.state, actor_id=actor,
            happened_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
    after_commit(forget_told)
    audit.record(f"dossier.{step}", actor=actor, about=f"dossier:{dossier.id}", amount=amount, reason=dossier.body)


def touch(dossier: Dossier, *, actor: uuid.UUID) -> None:
    """What it says has changed: from here on it is a draft that nobody has looked through. Raises NotThatStep for one
    that was sent or closed."""
    if dossier.state not in EDITABLE:
        raise NotThatStep(GONE)
    if dossier.state != _S.DRAFT:
        move(dossier, _S.DRAFT, Step.CHANGED, actor=actor)
    dossier.written_by, dossier.changed_on = actor, clock.today()
    session.flush()
