"""Shifts renamed, moved, resized and removed: nobody in them is lost, and whoever is concerned is told."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign.activities.models import Event, EventShift, EventSignup, SignupState
from campaign.activities.queries.events import list_shifts
from campaign.activities.service import entering, events, shifts, signups
from campaign.activities.service.events import NotPossible
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from tests.activities.test_waiting_list import ACTOR, event, mails, shift_of, signed_up, state
from tests.people.pages import send

_S = SignupState


def second_shift(made: Event, places: int = 1) -> EventShift:
    with transaction():
        return shifts.add_shift(made.id, "Late", None, None, places, actor=ACTOR)


def test_a_shift_gets_another_name_and_other_hours_and_its_people_hear_of_the_hours(app: Flask, sign_in) -> None:
    made, staff = event(2), sign_in(Role.COORDINATOR)
    rows, shift = [signed_up(made, "anna"), signed_up(made, "boris")], shift_of(made).id
    page = f"/staff/events/{made.id}/shifts/{shift}/edit"
    named = {"title": "At the door", "starts": "", "ends": "", "places": "2"}
    assert send(staff, page, "", **named).status_code == 303
    assert (session.get_one(EventShift, shift).title, mails("event.news")) == ("At the door", 0)
    assert send(staff, page, "", **{**named, "starts": "19:00", "ends": "18:00"}).status_code == 422
    assert send(staff, page, "", **{**named, "starts": "19:00", "ends": "20:30"}).status_code == 303
    assert mails("event.news") == 2
    assert "7:00" in staff.get(f"/staff/events/{made.id}").text
    fewer = {**named, "title": "Small", "places": "1"}
    warned = send(staff, page, "", **fewer)
    assert (warned.status_code, "boris" in warned.text, 'value="Small"' in warned.text) == (200, True, True)
    assert session.get_one(EventShift, shift).title == "At the door"
    assert send(staff, page, "", **fewer, bumped=str(rows[1])).status_code == 303
    assert (session.get_one(EventShift, shift).title, state(rows[1])) == ("Small", _S.QUEUED)
    assert sign_in(Role.MODERATOR).get(page).status_code == 403


def test_who_is_in_a_shift_that_goes_away_gets_places_of_another_as_long_as_some_are_free(app: Flask) -> None:
    made = event(2)
    late = second_shift(made)
    placed, other, waiting = (signed_up(made, name) for name in ("anna", "boris", "clara"))
    pending = signed_up(made, "dora", pressed=False)
    first = shift_of(made) if shift_of(made).id != late.id else list_shifts(made.id)[1]
    with pytest.raises(shifts.WouldRemove) as refused, transaction():
        shifts.remove_shift(first.id, actor=ACTOR, to_shift=late.id)
    assert (refused.value.placed, refused.value.waiting) == (2, 1)
    with transaction():
        shifts.remove_shift(first.id, actor=ACTOR, seen=(2, 1), to_shift=late.id)
    assert [state(each) for each in (placed, other, waiting, pending)] == [
        _S.CONFIRMED, _S.QUEUED, _S.QUEUED, _S.PENDING,
    ]  # fmt: skip
    assert mails("event.news") == 3
    assert set(session.scalars(select(EventSignup.shift_id))) == {late.id}
    with pytest.raises(NotFound), transaction():
        shifts.remove_shift(first.id, actor=ACTOR)
    with pytest.raises(NotPossible), transaction():
        shifts.remove_shift(late.id, actor=ACTOR)


def test_a_page_says_how_many_are_in_it_and_who_comes_off_can_choose_again(app: Flask, sign_in, client) -> None:
    made, staff = event(1), sign_in(Role.COORDINATOR)
    first, late = shift_of(made).id, second_shift(made, 2)
    row = signed_up(made, "anna", session.get_one(EventShift, first))
    page = f"/staff/events/{made.id}/shifts/{first}/remove"
    shown = staff.get(page).text
    assert "1 person has a place in it" in shown
    assert send(staff, page, "", placed="0", waiting="0", people="off").status_code == 409
    assert send(staff, page, "", placed="x", waiting="-1", people="off").status_code == 409
    assert send(staff, page, "", placed="1", waiting="0", people="move", shift=str(uuid.uuid4())).status_code == 404
    assert session.scalar(select(func.count()).select_from(EventShift)) == 2
    assert send(staff, page, "", placed="1", waiting="0", people="off").status_code == 303
    assert (state(row), mails("event.news")) == (_S.CANCELLED, 1)
    assert staff.get(page).status_code == 404
    with transaction():
        third = shifts.add_shift(made.id, "Night", None, None, 1, actor=ACTOR)
    own = f"/events/own/{entering.token_of(session.get_one(EventSignup, row))}"
    assert client.post(own, data={"shift": "nonsense"}).status_code == 303
    assert client.post(own, data={"shift": str(third.id)}).status_code == 303
    assert (state(row), session.get_one(EventSignup, row).shift_id) == (_S.CONFIRMED, third.id)
    assert late.id != third.id
    stranger = event(1)
    with transaction():
        signups.cancel(row)
    client.post(own, data={"shift": str(shift_of(stranger).id)})
    assert state(row) == _S.CANCELLED


def test_nothing_of_it_once_the_event_is_over(app: Flask, sign_in) -> None:
    made, staff = event(1), sign_in(Role.COORDINATOR)
    late = second_shift(made)
    with transaction():
        events.cancel_event(session.get_one(Event, made.id), actor=ACTOR)
    page = f"/staff/events/{made.id}/shifts/{late.id}"
    assert "changed no more" in staff.get(f"{page}/edit").text
    assert "changed no more" in staff.get(f"{page}/remove").text
    with pytest.raises(NotPossible), transaction():
        shifts.remove_shift(late.id, actor=ACTOR)
    with pytest.raises(signups.Over), transaction():
        shifts.change_shift(late.id, shifts.ShiftDraft("x", None, None, 1), actor=ACTOR)
