"""A place where money came in is closed: whoever gives there again and again is told a new way, once.

One person asks for it, another confirms it: it writes to everybody who gives there (SAFETY.md 13).
"""

import uuid
from collections.abc import Mapping

from sqlalchemy import ColumnElement, func, select

from campaign.funds.models import LedgerAccount
from campaign.gifts.jobs import MoveRail
from campaign.gifts.models import ClosingState, Pledge, PledgeState, RailClosing, Schedule, What
from campaign.gifts.service import pledging
from campaign.gifts.service.instalments import lock_pledge, note
from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden, NotFound

BATCH = 200
MAIL = "pledge.new_way"
STANDS: Mapping[ClosingState, str] = {
    ClosingState.WAITING: N_("Somebody has asked for this already; a second person decides."),
    ClosingState.RUNNING: N_("Those who give there are being told already. Nobody is told twice."),
    ClosingState.DONE: N_(
        "This way is closed already: whoever gave by it was told then, and nobody is told twice. If it has come to work"
        " again, say so below first."
    ),
}
"""By state of a closing that stands why there is no second one."""


class BadClosing(DomainError):
    """This place cannot be closed so."""


def concerned(account: str) -> int:
    """How many recurring pledges come by it."""
    return session.scalar(select(func.count()).where(*_recurring(account))) or 0


def ask(account: str, new_account: str | None, *, actor: uuid.UUID) -> RailClosing:
    """Ask a second person to close it. Nobody is told yet. Raises BadClosing, Conflict for one that is closed already,
    or is being closed."""
    # Two at once: the second waits here and finds the first.
    _check_places(account, new_account)
    session.scalar(select(LedgerAccount.id).where(LedgerAccount.code == account).with_for_update())
    live = select(RailClosing.state).where(RailClosing.account == account, RailClosing.state.in_(STANDS))
    known = session.scalar(live)
    if known is not None:
        raise Conflict(STANDS[ClosingState(known)])
    made = RailClosing(
        id=uuid.uuid4(), account=account, new_account=new_account, state=ClosingState.WAITING, asked_by=actor,
        asked_at=clock.now(), moved=0, told=0,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("rail.ask", actor=actor, about=f"rail-closing:{made.id}", amount=concerned(account), reason=account)
    return made


def confirm(closing_id: uuid.UUID, *, seen: int, actor: uuid.UUID) -> RailClosing:
    """Close it: every recurring pledge that came by it comes by the other from now on, and its donor is told, once.

    `seen` is how many whoever confirms has seen that it concerns. Raises NotFound, Forbidden for whoever asked,
    Conflict when it was decided on or concerns another number by now, BadClosing.
    """
    found = _lock(closing_id, ClosingState.WAITING)
    if found.asked_by == actor:
        raise Forbidden(N_("Who asked for a way to be closed does not confirm it. A second person must."))
    _check_places(found.account, found.new_account)
    amount = concerned(found.account)
    if amount != seen:
        raise Conflict(N_("Others give by this way by now than when you looked. Look at the number again."))
    found.state, found.decided_by, found.decided_at = ClosingState.RUNNING, actor, clock.now()
    session.flush()
    jobs.enqueue(MoveRail(str(found.id)))
    audit.record("rail.close", actor=actor, about=f"rail-closing:{found.id}", amount=amount, reason=found.account)
    return found


def drop(closing_id: uuid.UUID, *, actor: uuid.UUID) -> RailClosing:
    """Leave it open; whoever asked takes it back with the same button. Raises NotFound, Conflict."""
    found = _lock(closing_id, ClosingState.WAITING)
    found.state, found.decided_by, found.decided_at = ClosingState.DROPPED, actor, clock.now()
    session.flush()
    audit.record("rail.drop", actor=actor, about=f"rail-closing:{found.id}", reason=found.account)
    return found


def reopen(closing_id: uuid.UUID, *, actor: uuid.UUID) -> RailClosing:
    """Say that a closed way works again, so that it can be closed anew one day; nobody is told. Raises NotFound,
    Conflict."""
    found = _lock(closing_id, ClosingState.DONE)
    found.state = ClosingState.REOPENED
    session.flush()
    audit.record("rail.reopen", actor=actor, about=f"rail-closing:{found.id}", reason=found.account)
    return found


def go_on(closing_id: uuid.UUID) -> None:
    """The next part of it; asks for the part after. Raises NotFound."""
    found = session.get(RailClosing, closing_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.state != ClosingState.RUNNING:
        return
    waiting = select(Pledge.id).where(*_recurring(found.account), Pledge.closing_id.is_distinct_from(closing_id))
    ids = session.scalars(waiting.order_by(Pledge.id).limit(BATCH)).all()
    for pledge_id in ids:
        _move(found, pledge_id)
    if len(ids) < BATCH:
        found.state, found.finished_at = ClosingState.DONE, clock.now()
    else:
        jobs.enqueue(MoveRail(str(closing_id)))
    session.flush()


def _check_places(account: str, new_account: str | None) -> None:
    places = dict(session.execute(select(LedgerAccount.code, LedgerAccount.is_open)).all())
    if account not in places or not account.startswith("assets:"):
        raise BadClosing(N_("Choose the place that is closed."))
    if new_account is not None and (new_account == account or not places.get(new_account)):
        raise BadClosing(N_("Choose another place that is open, or none."))


def _lock(closing_id: uuid.UUID, state: ClosingState) -> RailClosing:
    found = session.get(RailClosing, closing_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.state != state:
        raise Conflict(N_("Somebody else has decided on this a moment ago. Nothing was done twice."))
    return found


def _move(found: RailClosing, pledge_id: uuid.UUID) -> None:
    pledge = lock_pledge(pledge_id)
    if pledge.state != PledgeState.ACTIVE or pledge.account != found.account or pledge.closing_id == found.id:
        return
    pledge.closing_id, pledge.account = found.id, found.new_account
    session.flush()
    note(pledge, What.RAIL, found.decided_by)
    found.moved += 1
    found.told += pledging.tell(pledge, MAIL, reason=str(found.id))


def _recurring(account: str) -> tuple[ColumnElement[bool], ...]:
    return Pledge.account == account, Pledge.state == PledgeState.ACTIVE, Pledge.schedule != Schedule.ONCE
