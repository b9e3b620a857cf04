"""Places and the queue: never more than there are, nobody lost, the order kept, whatever happens in whatever order."""

import random
import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from campaign.activities.models import (
    LIVE,
    TAKING,
    Event,
    EventKind,
    EventShift,
    EventSignup,
    EventSignupStep,
    SignupState,
)
from campaign.activities.queries.events import list_shifts
from campaign.activities.service import entering, events, shifts, signups
from campaign.activities.service.events import EventDetails, EventDraft
from campaign.kernel import clock
from campaign.kernel.addresses import read_address
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.mail.rows import MailRow

ACTOR = uuid.uuid4()
_S = SignupState


def event(places: int = 2, *, days: int = 10, public: bool = True) -> Event:
    """A committed vigil with one shift, at 18 o'clock."""
    held_on = clock.today() + timedelta(days=days)
    starts = datetime(held_on.year, held_on.month, held_on.day, 18, tzinfo=UTC)
    details = EventDetails(
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        is_public=public,
        timezone="UTC",
        venue="Made-up Street 9",
    )
    with transaction():
        return events.create_event(
            EventKind.VIGIL, EventDraft("A vigil", "Made-up Town", held_on), actor=ACTOR, details=details, places=places
        )


def shift_of(made: Event) -> EventShift:
    return list_shifts(made.id)[0]


def signed_up(made: Event, name: str, shift: EventShift | None = None, *, pressed: bool = True) -> uuid.UUID:
    """Somebody who signed up with an address, and pressed the button."""
    box = read_address(f"{name}@example.org")
    with transaction():
        before = set(session.scalars(select(EventSignup.id)))
        entering.sign_up(made, (shift or shift_of(made)).id, box, name, "en")
        [row] = set(session.scalars(select(EventSignup.id))) - before
    if pressed:
        with transaction():
            signups.confirm(row)
    return row


def state(row: uuid.UUID) -> str:
    session.expire_all()
    return session.get_one(EventSignup, row).state


def mails(kind: str) -> int:
    return session.scalar(select(func.count()).select_from(MailRow).where(MailRow.kind == kind)) or 0


def queue(shift_id: uuid.UUID) -> list[uuid.UUID]:
    session.expire_all()
    waiting = select(EventSignup.id).where(EventSignup.shift_id == shift_id, EventSignup.state == _S.QUEUED)
    return list(session.scalars(waiting.order_by(EventSignup.position)))


def test_the_queue_is_asked_in_its_order_and_an_offer_runs_out_once(app: Flask) -> None:
    made = event(1)
    first, second, third = (signed_up(made, name) for name in ("one", "two", "three"))
    assert [state(each) for each in (first, second, third)] == [_S.CONFIRMED, _S.QUEUED, _S.QUEUED]
    with transaction():
        signups.cancel(first)
    with transaction():
        signups.cancel(first)
    assert [state(each) for each in (second, third)] == [_S.OFFERED, _S.QUEUED]
    assert mails("event.offer") == 1
    later = clock.now() + timedelta(hours=25)
    for _again in range(2):
        with time_machine.travel(later, tick=False), transaction():
            signups.expire_offers()
    assert [state(each) for each in (second, third)] == [_S.LAPSED, _S.OFFERED]
    assert mails("event.offer") == 2
    with pytest.raises(signups.NotThatStep), transaction():
        signups.take_offer(second)
    with transaction():
        signups.take_offer(third)
    with transaction():
        signups.confirm(second)
    assert [state(each) for each in (second, third)] == [_S.QUEUED, _S.CONFIRMED]


def test_on_the_last_day_a_place_is_held_for_two_hours(app: Flask) -> None:
    made = event(1, days=1)
    start = session.get_one(Event, made.id).starts_at
    assert start is not None
    first, second = signed_up(made, "one"), signed_up(made, "two")
    with time_machine.travel(start - timedelta(hours=5), tick=False), transaction():
        signups.cancel(first)
    assert session.get_one(EventSignup, second).offer_until == start - timedelta(hours=3)


def test_fewer_places_name_the_latest_and_put_them_at_the_head(app: Flask) -> None:
    made = event(3)
    rows = [signed_up(made, f"p{number}") for number in range(5)]
    shift = shift_of(made).id
    with pytest.raises(signups.WouldBump) as refused, transaction():
        signups.set_capacity(shift, 1, actor=ACTOR)
    bumped = [each.id for each in refused.value.who]
    assert bumped == rows[1:3]
    with transaction():
        signups.set_capacity(shift, 1, actor=ACTOR, accepted=bumped)
    assert queue(shift) == rows[1:5]
    assert mails("event.news") == 2
    with transaction():
        signups.set_capacity(shift, 3, actor=ACTOR)
    assert [state(each) for each in rows] == [_S.CONFIRMED, _S.OFFERED, _S.OFFERED, _S.QUEUED, _S.QUEUED]


def test_a_place_is_not_given_up_for_a_full_shift(app: Flask) -> None:
    made = event(1)
    with transaction():
        other = shifts.add_shift(made.id, "Evening", None, None, 1, actor=ACTOR)
    first, second = signed_up(made, "one"), signed_up(made, "two", other)
    with pytest.raises(signups.Full), transaction():
        signups.move(first, other.id)
    waiting = signed_up(made, "three")
    with transaction():
        signups.cancel(second)
    with transaction():
        signups.move(first, other.id)
    assert (state(first), state(waiting)) == (_S.CONFIRMED, _S.OFFERED)
    with transaction():
        signups.cancel(first)
    with transaction():
        signups.move(waiting, other.id)
    assert state(waiting) == _S.CONFIRMED


def test_calling_off_tells_everybody_and_nobody_signs_up_any_more(app: Flask) -> None:
    made = event(1)
    rows = [signed_up(made, "one"), signed_up(made, "two")]
    with transaction():
        events.cancel_event(session.get_one(Event, made.id), actor=ACTOR)
    assert {state(each) for each in rows} == {_S.CANCELLED}
    assert mails("event.cancelled") == 2
    with pytest.raises(signups.Over), transaction():
        signups.confirm(rows[0])


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_places_hold(app: Flask, seed: int) -> None:
    """A walk by chance over every step: the numbers fit after each, and the queue never overtakes itself."""
    chance, made = random.Random(seed), event(2)
    shift, rows = shift_of(made).id, []
    for number in range(40):
        before = queue(shift)
        act = chance.choice(["new", "new", "cancel", "take", "time", "capacity", "again"])
        try:
            if act == "new" or not rows:
                rows.append(signed_up(made, f"s{seed}n{number}"))
            elif act == "time":
                hours = chance.choice([1, 25])
                with time_machine.travel(clock.now() + timedelta(hours=hours), tick=False), transaction():
                    signups.expire_offers()
            elif act == "capacity":
                places = chance.randint(1, 4)
                taken = signups._in_states(session.get_one(EventShift, shift), TAKING)
                with transaction():
                    signups.set_capacity(shift, places, actor=ACTOR, accepted=[each.id for each in taken[places:]])
            else:
                step = {"cancel": signups.cancel, "take": signups.take_offer, "again": signups.confirm}[act]
                with transaction():
                    step(chance.choice(rows))
        except DomainError:
            session.rollback()
        _holds(shift, rows, before)


def _holds(shift_id: uuid.UUID, rows: list[uuid.UUID], before: list[uuid.UUID]) -> None:
    session.expire_all()
    shift = session.get_one(EventShift, shift_id)
    taken, after = signups._in_states(shift, TAKING), queue(shift_id)
    assert len(taken) <= shift.capacity
    assert session.scalar(select(func.count()).select_from(EventSignup)) == len(rows)
    kept = [each for each in before if each in after]
    assert [each for each in after if each in before] == kept
    asked = [each for each in before if each not in after and state(each) in TAKING]
    assert before[: len(asked)] == asked or len(before) - len(kept) > len(asked)
    for row in rows:
        steps = session.scalars(
            select(EventSignupStep).where(EventSignupStep.signup_id == row).order_by(EventSignupStep.id)
        ).all()
        assert all(one.now == two.was or one.now == two.now for one, two in pairwise(steps))
        assert steps[-1].now == session.get_one(EventSignup, row).state


def test_ten_at_once_get_no_more_places_than_there_are(app: Flask) -> None:
    made = event(3)
    rows = [signed_up(made, f"t{number}", pressed=False) for number in range(10)]
    problems: list[Exception] = []

    def run(row: uuid.UUID) -> None:
        with app.app_context():
            try:
                with transaction():
                    signups.confirm(row)
                if rows.index(row) % 3 == 0:
                    with transaction():
                        signups.cancel(row)
            except Exception as problem:
                problems.append(problem)
            finally:
                session.remove()

    threads = [threading.Thread(target=run, args=(each,)) for each in rows]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert problems == []
    states = [state(each) for each in rows]
    assert sum(1 for each in states if each in TAKING) == 3
    assert sum(1 for each in states if each in LIVE) == 6


def test_another_day_or_place_is_told_to_everybody_and_another_title_is_not(app: Flask) -> None:
    """As a letter evening is changed, on the page of its cards."""
    made = event(1)
    signed_up(made, "one"), signed_up(made, "two"), signed_up(made, "pending", pressed=False)

    def change(**parts: object) -> None:
        with transaction():
            row = events.get_event(made.id, lock=True)
            was = EventDraft(row.title, row.place, row.held_on)
            events.edit_event(row, replace(was, **parts), seen_version=row.version, actor=ACTOR)  # type: ignore[arg-type]

    change(title="Another name")
    assert mails("event.news") == 0
    change(held_on=made.held_on + timedelta(days=1))
    assert mails("event.news") == 2
    change(place="Elsewhere")
    assert mails("event.news") == 4
    change(place="Elsewhere")
    assert mails("event.news") == 4
