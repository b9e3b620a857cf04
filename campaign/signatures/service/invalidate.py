"""Setting signatures aside in bulk, and taking that back exactly (SAFETY.md 21).

Batches of their own transactions, each under the lock of the invalidation's row: so it can be watched, cancelled,
killed at any point and run twice. What a batch changes it writes down, and undo touches nothing else.
"""

import uuid
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.petitions.models import Petition
from campaign.petitions.queries import get_petition
from campaign.signatures.jobs import SetAside, UndoSetAside
from campaign.signatures.models import Signature, SignatureState
from campaign.signatures.models.staff import InvalidationState, SignatureInvalidation, SignatureInvalidationItem
from campaign.signatures.queries.staff import QUARANTINED, Criteria, count_by_state
from campaign.signatures.service.count import append_delta

BATCH = 500
# What can be set aside, and is unless the criteria say otherwise. A withdrawn signature does not count anyway.
CHANGEABLE = (SignatureState.PENDING.value, QUARANTINED, SignatureState.CONFIRMED.value)


class TooBroad(DomainError):
    """Criteria that name nothing would set every signature of the petition aside."""


class NothingFound(DomainError):
    """No signature matches."""


def plan(petition_id: uuid.UUID, criteria: Criteria) -> dict[str, int]:
    """The dry run: how many would be set aside, by state. Raises TooBroad."""
    if not any((criteria.day_from, criteria.day_to)) and criteria.mail_domain is None and criteria.country is None:
        raise TooBroad(N_("Choose days, a mail provider or a country: this would set every signature aside."))
    return count_by_state(petition_id, _reachable(criteria))


def ask_for_invalidation(
    petition: Petition, criteria: Criteria, *, actor: uuid.UUID, reason: str
) -> SignatureInvalidation:
    """Begin to set aside what matches; the work is done in the background.

    Raises TooBroad, NothingFound, or Conflict when the petition's keys are destroyed and its count is final.
    """
    _refuse_final(petition)
    planned = sum(plan(petition.id, criteria).values())
    if not planned:
        raise NothingFound(N_("No signature matches, so there is nothing to set aside."))
    asked = SignatureInvalidation(
        id=uuid.uuid4(), petition_id=petition.id, criteria=_as_json(_reachable(criteria)),
        state=InvalidationState.ASKED, planned=planned, changed=0, restored=0, left_alone=0, actor_id=actor,
        reason=reason, asked_at=clock.now(),
    )  # fmt: skip
    session.add(asked)
    session.flush()
    _note("asked", asked, planned, actor, reason)
    jobs.enqueue(SetAside(str(asked.id)))
    return asked


def cancel_invalidation(invalidation: SignatureInvalidation, *, actor: uuid.UUID) -> None:
    """Stop after the batch that is under way; what was set aside stays so until it is undone. Safe to press twice."""
    row = _locked(invalidation.id)
    if row is not None and row.state in {InvalidationState.ASKED, InvalidationState.RUNNING}:
        row.state = InvalidationState.CANCELLED
        session.flush()
        _note("cancelled", row, row.changed, actor)


def ask_for_undo(invalidation: SignatureInvalidation, *, actor: uuid.UUID, reason: str) -> None:
    """Begin to restore exactly what this invalidation changed. Safe to press twice.

    Raises Conflict while it still runs, or when the petition's keys are destroyed and its count is final.
    """
    row = _locked(invalidation.id)
    if row is None or row.state in {InvalidationState.UNDOING, InvalidationState.UNDONE}:
        return
    if row.state not in {InvalidationState.DONE, InvalidationState.CANCELLED}:
        raise Conflict(N_("It is still at work. Cancel it first, then undo."))
    _refuse_final(get_petition(row.petition_id))
    row.state = InvalidationState.UNDOING
    session.flush()
    _note("undo_asked", row, row.changed, actor, reason)
    jobs.enqueue(UndoSetAside(str(row.id)))


def set_aside_batch(invalidation_id: uuid.UUID) -> int:
    """Set up to BATCH signatures aside and ask for the next batch; gives how many."""
    row = _locked(invalidation_id)
    if row is None or row.state not in {InvalidationState.ASKED, InvalidationState.RUNNING}:
        return 0
    signatures = _next_signatures(row)
    for signature in signatures:
        _set_aside(row, signature)
    if len(signatures) < BATCH:
        row.state = InvalidationState.DONE
        _note("done", row, row.changed, row.actor_id)
    else:
        row.state = InvalidationState.RUNNING
        row.cursor_bucket, row.cursor_index = signatures[-1].bucket, signatures[-1].address_index
        jobs.enqueue(SetAside(str(row.id)))
    session.flush()
    return len(signatures)


def undo_batch(invalidation_id: uuid.UUID) -> int:
    """Deal with up to BATCH items of an undo and ask for the next batch; gives how many were restored."""
    row = _locked(invalidation_id)
    if row is None or row.state != InvalidationState.UNDOING:
        return 0
    items = _next_items(row.id)
    signatures = _signatures_of(items)
    restored = sum(_restore(item, signatures.get(item.signature_id)) for item in items)
    row.restored += restored
    row.left_alone += len(items) - restored
    if len(items) < BATCH:
        row.state = InvalidationState.UNDONE
        _note("undone", row, row.restored, row.actor_id)
    else:
        jobs.enqueue(UndoSetAside(str(row.id)))
    session.flush()
    return restored


def criteria_of(invalidation: SignatureInvalidation) -> Criteria:
    """What an invalidation chose."""
    stored = invalidation.criteria
    return Criteria(
        day_from=_day(stored["day_from"]), day_to=_day(stored["day_to"]), mail_domain=stored["mail_domain"],
        country=stored["country"], visibility=stored["visibility"], states=tuple(stored["states"]),
    )  # fmt: skip


def _next_signatures(row: SignatureInvalidation) -> list[Signature]:
    """The next page by key, locked. What is signed behind the cursor meanwhile is not chosen, so the work ends."""
    statement = select(Signature).where(*criteria_of(row).conditions(row.petition_id))
    if row.cursor_bucket is not None:
        statement = statement.where(
            tuple_(Signature.bucket, Signature.address_index) > (row.cursor_bucket, row.cursor_index)
        )
    # The order of the key that makes an address count once, so that a page is read and not sorted out of all.
    statement = statement.order_by(Signature.bucket, Signature.address_index).limit(BATCH).with_for_update()
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def _set_aside(row: SignatureInvalidation, signature: Signature) -> None:
    session.add(
        SignatureInvalidationItem(
            invalidation_id=row.id, signature_id=signature.id, bucket=signature.bucket,
            former_state=signature.state, is_settled=False,
        )
    )  # fmt: skip
    if signature.state == SignatureState.CONFIRMED:
        append_delta(signature, -1)
    signature.state = SignatureState.INVALIDATED
    row.changed += 1


def _next_items(invalidation_id: uuid.UUID) -> list[SignatureInvalidationItem]:
    statement = (
        select(SignatureInvalidationItem)
        .where(
            SignatureInvalidationItem.invalidation_id == invalidation_id,
            SignatureInvalidationItem.is_settled.is_(False),
        )
        .order_by(SignatureInvalidationItem.bucket, SignatureInvalidationItem.signature_id)
        .limit(BATCH)
    )
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def _signatures_of(items: list[SignatureInvalidationItem]) -> dict[uuid.UUID, Signature]:
    statement = (
        select(Signature)
        .where(
            Signature.bucket.in_({item.bucket for item in items}),
            Signature.id.in_([item.signature_id for item in items]),
        )
        .order_by(Signature.bucket, Signature.id)
        .with_for_update()
    )
    return {each.id: each for each in session.scalars(statement.execution_options(populate_existing=True))}


def _restore(item: SignatureInvalidationItem, signature: Signature | None) -> bool:
    """Put one signature back; not when its owner withdrew or denied it, or it was deleted in time."""
    item.is_settled = True
    if signature is None or signature.state != SignatureState.INVALIDATED:
        return False
    signature.state = item.former_state
    if item.former_state == SignatureState.CONFIRMED:
        append_delta(signature, +1)
    return True


def _locked(invalidation_id: uuid.UUID) -> SignatureInvalidation | None:
    return session.get(SignatureInvalidation, invalidation_id, with_for_update=True, populate_existing=True)


def _refuse_final(petition: Petition) -> None:
    if petition.keys_destroyed_on is not None:
        raise Conflict(N_("This petition's keys are destroyed and its count is final."))


def _reachable(criteria: Criteria) -> Criteria:
    states = tuple(state for state in criteria.states if state in CHANGEABLE) or CHANGEABLE
    return Criteria(**{**asdict(criteria), "states": states})


def _as_json(criteria: Criteria) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(criteria).items()}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _note(what: str, row: SignatureInvalidation, amount: int, actor: uuid.UUID, reason: str = "") -> None:
    audit.record(
        f"signatures.invalidation_{what}", actor=actor, about=f"invalidation:{row.id}", amount=amount,
        reason=reason or row.reason,
    )  # fmt: skip
