"""Places of an event and the queue for them.

Every move holds the row of the shift, then that of the sign-up, and looks at the state: so there are never more places
given than there are, the queue keeps its order, and two clicks or two persons at once do one thing once.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from campaign.activities.models import (
    LIVE,
    SCOPE,
    TAKING,
    Event,
    EventShift,
    EventSignup,
    EventSignupStep,
    EventState,
    SignupState,
)
from campaign.activities.queries.events import begins_at
from campaign.kernel import audit, clock
from campaign.kernel.arrivals import note_action
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail

OFFERED_FOR, OFFERED_ON_LAST_DAY = timedelta(hours=24), timedelta(hours=2)
LAST_DAY = timedelta(hours=24)
BATCH = 200
SIGNED_UP = "signed-up"
"""Among what readers of mailings do."""
_S = SignupState


class NotThatStep(Conflict):
    """From where the sign-up is there is no such step, perhaps since somebody made it a moment ago."""


class Full(Conflict):
    """The shift has no free place."""


class Over(DomainError):
    """The event has begun, or was called off."""


class WouldBump(DomainError):
    """Fewer places than are taken: `who` would go back to the queue, in the order of their places."""

    def __init__(self, who: Sequence[EventSignup]) -> None:
        super().__init__(N_("More places are taken than that."))
        self.who = who


def lock_shifts(*shift_ids: uuid.UUID) -> dict[uuid.UUID, EventShift]:
    """These shifts under their locks, taken in the order of their ids. Raises NotFound."""
    statement = select(EventShift).where(EventShift.id.in_(shift_ids)).order_by(EventShift.id).with_for_update()
    found = {each.id: each for each in session.scalars(statement.execution_options(populate_existing=True))}
    if len(found) != len(set(shift_ids)):
        raise NotFound
    return found


def lock_signup(signup_id: uuid.UUID, *other_shifts: uuid.UUID) -> tuple[EventSignup, EventShift]:
    """A sign-up under the locks of its shift (and of others) and its own. Raises NotFound, NotThatStep."""
    seen = session.get(EventSignup, signup_id, populate_existing=True)
    if seen is None:
        raise NotFound
    shifts, was_in = lock_shifts(seen.shift_id, *other_shifts), seen.shift_id
    signup = session.get(EventSignup, signup_id, with_for_update=True, populate_existing=True)
    if signup is None:
        raise NotFound
    if signup.shift_id != was_in:
        raise NotThatStep(N_("This was changed a moment ago. Look at it again."))
    return signup, shifts[was_in]


def confirm(signup_id: uuid.UUID, *, to_shift: uuid.UUID | None = None, actor: uuid.UUID | None = None) -> EventSignup:
    """Press the button of the mail, or come back after leaving: a free place, else the end of the queue; twice is once.

    Who comes back may choose another shift. Raises Over, NotFound.
    """
    signup, shift = lock_signup(signup_id, *([to_shift] if to_shift is not None else []))
    if signup.state in LIVE:
        return signup
    if to_shift is not None and to_shift != shift.id:
        target = session.get_one(EventShift, to_shift)
        if target.event_id != shift.event_id:
            raise NotFound
        shift, signup.shift_id = target, target.id
    check_ahead(_event_of(shift), shift)
    code, signup.arrived_by = signup.arrived_by, None
    _place(signup, shift, actor)
    note_action(code, SIGNED_UP)
    return signup


def take_offer(signup_id: uuid.UUID) -> None:
    """Take the place that is held; twice is once. Raises NotThatStep when it is held no more."""
    signup, shift = lock_signup(signup_id)
    if signup.state == _S.CONFIRMED:
        return
    if signup.state != _S.OFFERED or signup.offer_until is None or signup.offer_until <= clock.now():
        raise NotThatStep(N_("This place is held for you no more; the next in the queue was asked."))
    check_ahead(_event_of(shift), shift)
    _turn(signup, _S.CONFIRMED, None)


def cancel(signup_id: uuid.UUID, *, actor: uuid.UUID | None = None) -> None:
    """Give the place up; the next in the queue is asked. Twice is once."""
    signup, shift = lock_signup(signup_id)
    if signup.state == _S.CANCELLED:
        return
    _turn(signup, _S.CANCELLED, actor)
    fill(shift)
    if actor is not None:
        tell(signup, "event.news", reason=f"cancel-{_steps(signup)}")
        audit.record("event.signup_cancel", actor=actor, about=f"event:{signup.event_id}")


def move(signup_id: uuid.UUID, to_shift: uuid.UUID, *, actor: uuid.UUID | None = None) -> None:
    """Go into another shift: whoever has a place only where one is free, whoever waits also into its queue.

    Raises Full (the place stays as it was), Over, NotThatStep, NotFound.
    """
    signup, shift = lock_signup(signup_id, to_shift)
    target = session.get_one(EventShift, to_shift)
    if target.event_id != shift.event_id:
        raise NotFound
    if target.id == shift.id:
        return
    check_ahead(_event_of(target), target)
    if signup.state not in LIVE:
        raise NotThatStep(N_("Nobody is signed up here any more."))
    if signup.state in TAKING and not _has_room(target):
        raise Full(N_("That shift is full. Nothing was changed."))
    signup.shift_id = target.id
    signup.state, signup.offer_until, was = _S.QUEUED, None, signup.state
    session.flush()
    _place(signup, target, actor, was=was)
    fill(shift)
    if actor is not None:
        tell(signup, "event.news", reason=f"move-{_steps(signup)}")


def set_capacity(
    shift_id: uuid.UUID, capacity: int, *, actor: uuid.UUID, accepted: Collection[uuid.UUID] = ()
) -> EventShift:
    """Change how many places there are. More: the queue is asked. Fewer than are taken: the latest go to its head.

    Raises WouldBump unless `accepted` are exactly those who lose their place, Over when it was held or called off.
    """
    shift = lock_shifts(shift_id)[shift_id]
    if _event_of(shift).state != EventState.PLANNED:
        raise Over(N_("This has begun, is over or was called off. Nobody signs up any more."))
    taken = _in_states(shift, TAKING)
    bumped = taken[capacity:]
    if bumped and {each.id for each in bumped} != set(accepted):
        raise WouldBump(bumped)
    first = session.scalar(
        select(func.min(EventSignup.position)).where(
            EventSignup.shift_id == shift.id, EventSignup.state == _S.QUEUED
        )
    )  # fmt: skip
    head = (first if first is not None else 0) - len(bumped)
    shift.capacity = capacity
    for number, signup in enumerate(bumped):
        if first is not None:
            signup.position = head + number
        _turn(signup, _S.QUEUED, actor)
        tell(signup, "event.news", reason=f"bump-{_steps(signup)}")
    session.flush()
    fill(shift)
    audit.record("event.capacity", actor=actor, about=f"event:{shift.event_id}", amount=capacity)
    return shift


def people_in(shift: EventShift) -> tuple[int, int]:
    """How many have a place in a shift (or are held one), and how many wait for one."""
    return len(_in_states(shift, TAKING)), len(_in_states(shift, {_S.QUEUED}))


def clear_out(shift: EventShift, target: EventShift, *, is_moving: bool, actor: uuid.UUID) -> None:
    """Leave nobody in a shift that goes away; the caller holds both, and everybody who loses their shift is told.

    Moving: whoever had a place comes first and gets one where one is free, the rest wait in the queue of the target.
    Else all are signed up no more. Their rows live on in the target, since their own page must still say so.
    """
    live = [*_in_states(shift, TAKING), *_in_states(shift, {_S.QUEUED})]
    for signup in live:
        signup.shift_id = target.id
        if is_moving:
            signup.state, signup.offer_until, was = _S.QUEUED, None, signup.state
            session.flush()
            _place(signup, target, actor, was=was)
        else:
            _turn(signup, _S.CANCELLED, actor)
        tell(signup, "event.news", reason=f"shift-gone-{_steps(signup)}")
    rest = update(EventSignup).where(EventSignup.shift_id == shift.id).values(shift_id=target.id)
    session.execute(rest)


def tell_shift(shift: EventShift, *, reason: str) -> None:
    """A mail to everybody who has a place in a shift or waits for one."""
    for signup in _in_states(shift, LIVE):
        tell(signup, "event.news", reason=reason)


def fill(shift: EventShift) -> None:
    """Ask the first in the queue, as many as there are free places; the caller holds the shift."""
    event, now = _event_of(shift), clock.now()
    start = begins_at(event, shift)
    if event.state != EventState.PLANNED or start <= now:
        return
    held = OFFERED_ON_LAST_DAY if start - now <= LAST_DAY else OFFERED_FOR
    free = shift.capacity - len(_in_states(shift, TAKING))
    for signup in _in_states(shift, {_S.QUEUED})[: max(0, free)]:
        signup.offer_until = min(now + held, start)
        _turn(signup, _S.OFFERED, None)
        tell(signup, "event.offer", reason=f"offer-{_steps(signup)}")


def expire_offers() -> int:
    """Let offers end whose time is over and ask the next; gives how many ended. Twice does it once."""
    now = clock.now()
    due = (EventSignup.state == _S.OFFERED, EventSignup.offer_until <= now)
    shifts = set(session.scalars(select(EventSignup.shift_id).where(*due).limit(BATCH)))
    ended = 0
    for shift in lock_shifts(*shifts).values():
        for signup in _in_states(shift, {_S.OFFERED}):
            if signup.offer_until is not None and signup.offer_until <= now:
                _turn(signup, _S.LAPSED, None)
                tell(signup, "event.news", reason=f"lapse-{_steps(signup)}")
                ended += 1
        fill(shift)
    return ended


def call_off(event: Event, *, actor: uuid.UUID) -> None:
    """The event does not take place: whoever signed up is told."""
    for shift in lock_shifts(*_shifts_of(event)).values():
        for signup in _in_states(shift, LIVE):
            _turn(signup, _S.CANCELLED, actor)
            tell(signup, "event.cancelled", reason="called-off")


def tell_everybody(event: Event, *, reason: str) -> None:
    """Something about the event is not as it was: a mail to everybody who has a place or waits for one."""
    for signup in session.scalars(
        select(EventSignup).where(EventSignup.event_id == event.id, EventSignup.state.in_(LIVE))
    ):
        tell(signup, "event.news", reason=reason)


def tell(signup: EventSignup, kind: str, *, reason: str) -> bool:
    """Owe a mail about the sign-up, once a reason."""
    keyring.ensure(SCOPE)
    key = dedupe_key(SCOPE, kind, signup.id.bytes, reason.encode())
    return queue_mail(kind, lane=Lane.FAST, language=signup.language, dedupe=key, ref=signup.id)


def check_ahead(event: Event, shift: EventShift) -> None:
    """Raise Over where nobody can come any more."""
    if event.state != EventState.PLANNED or begins_at(event, shift) <= _no_hour(event, clock.now()):
        raise Over(N_("This has begun, is over or was called off. Nobody signs up any more."))


def _no_hour(event: Event, now: datetime) -> datetime:
    """An event without an hour can be joined all day."""
    return now if event.starts_at is not None else now - timedelta(days=1)


def _place(signup: EventSignup, shift: EventShift, actor: uuid.UUID | None, *, was: str | None = None) -> None:
    last = select(func.max(EventSignup.position)).where(
        EventSignup.shift_id == shift.id, EventSignup.id != signup.id
    )  # fmt: skip
    is_free = _has_room(shift, besides=signup.id)
    signup.position = (session.scalar(last) or 0) + 1
    _turn(signup, _S.CONFIRMED if is_free else _S.QUEUED, actor, was=was)


def _has_room(shift: EventShift, *, besides: uuid.UUID | None = None) -> bool:
    others = [each for each in _in_states(shift, LIVE) if each.id != besides]
    return len(others) < shift.capacity and all(each.state != _S.QUEUED for each in others)


def _turn(signup: EventSignup, now: SignupState, actor: uuid.UUID | None, *, was: str | None = None) -> None:
    before = signup.state if was is None else was
    signup.state = now
    if now != _S.OFFERED:
        signup.offer_until = None
    session.add(
        EventSignupStep(signup_id=signup.id, was=before, now=now, actor_id=actor, happened_on=clock.today())
    )  # fmt: skip
    session.flush()


def _in_states(shift: EventShift, states: Collection[SignupState]) -> Sequence[EventSignup]:
    statement = select(EventSignup).where(EventSignup.shift_id == shift.id, EventSignup.state.in_(states))
    ordered = statement.order_by(EventSignup.position, EventSignup.id)
    return session.scalars(ordered.execution_options(populate_existing=True)).all()


def _steps(signup: EventSignup) -> int:
    """How many steps it has made: what tells one offer from the next."""
    return session.scalar(select(func.count()).where(EventSignupStep.signup_id == signup.id)) or 0


def _shifts_of(event: Event) -> Sequence[uuid.UUID]:
    return session.scalars(select(EventShift.id).where(EventShift.event_id == event.id)).all()


def _event_of(shift: EventShift) -> Event:
    return session.get_one(Event, shift.event_id, populate_existing=True)
