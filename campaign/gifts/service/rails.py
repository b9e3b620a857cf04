"""A place where money came in is closed: whoever gives there again and again is told a new way, once."""

import uuid

from sqlalchemy import ColumnElement, func, select

from campaign.funds.models import LedgerAccount
from campaign.gifts.jobs import MoveRail
from campaign.gifts.models import Pledge, PledgeState, RailClosing, Schedule, What
from campaign.gifts.service import pledging
from campaign.gifts.service.instalments import lock_pledge, note
from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound

BATCH = 200
MAIL = "pledge.new_way"


class BadClosing(DomainError):
    """This place cannot be closed so."""


def concerned(account: str) -> int:
    """How many recurring pledges come by it."""
    return session.scalar(select(func.count()).where(*_recurring(account))) or 0


def close(account: str, new_account: str | None, *, actor: uuid.UUID) -> RailClosing:
    """Close it: every recurring pledge that came by it comes by the other from now on, and its donor is told. Raises
    BadClosing, Conflict while the same closing runs."""
    places = dict(session.execute(select(LedgerAccount.code, LedgerAccount.is_open)).all())
    if account not in places or not account.startswith("assets:"):
        raise BadClosing(N_("Choose the place that is closed."))
    if new_account is not None and (new_account == account or not places.get(new_account)):
        raise BadClosing(N_("Choose another place that is open, or none."))
    # Two at once: the second waits here and finds the first.
    session.scalar(select(LedgerAccount.id).where(LedgerAccount.code == account).with_for_update())
    running = select(RailClosing.id).where(RailClosing.account == account, RailClosing.finished_at.is_(None))
    if session.scalar(running) is not None:
        raise Conflict(N_("Those who give there are being told already. Nobody is told twice."))
    made = RailClosing(
        id=uuid.uuid4(), account=account, new_account=new_account, asked_by=actor, asked_at=clock.now(), moved=0, told=0
    )
    session.add(made)
    session.flush()
    jobs.enqueue(MoveRail(str(made.id)))
    audit.record("rail.close", actor=actor, about=f"rail-closing:{made.id}", amount=concerned(account), reason=account)
    return made


def go_on(closing_id: uuid.UUID) -> None:
    """The next part of it; asks for the part after. Raises NotFound."""
    found = session.get(RailClosing, closing_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.finished_at is not None:
        return
    waiting = select(Pledge.id).where(*_recurring(found.account), Pledge.closing_id.is_distinct_from(closing_id))
    ids = session.scalars(waiting.order_by(Pledge.id).limit(BATCH)).all()
    for pledge_id in ids:
        _move(found, pledge_id)
    if len(ids) < BATCH:
        found.finished_at = clock.now()
    else:
        jobs.enqueue(MoveRail(str(closing_id)))
    session.flush()


def _move(found: RailClosing, pledge_id: uuid.UUID) -> None:
    pledge = lock_pledge(pledge_id)
    if pledge.state != PledgeState.ACTIVE or pledge.account != found.account or pledge.closing_id == found.id:
        return
    pledge.closing_id, pledge.account = found.id, found.new_account
    session.flush()
    note(pledge, What.RAIL, found.asked_by)
    found.moved += 1
    found.told += pledging.tell(pledge, MAIL, reason=str(found.id))


def _recurring(account: str) -> tuple[ColumnElement[bool], ...]:
    return Pledge.account == account, Pledge.state == PledgeState.ACTIVE, Pledge.schedule != Schedule.ONCE
