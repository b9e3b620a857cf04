"""Events before the public, on one's own page, and on the staff pages."""

import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from campaign.activities.models import Event, EventShift, EventSignup, EventState, SignupState
from campaign.activities.service import entering, events, shifts, signups
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.allowance import DECRYPTING, left
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.people.models import Interaction, InteractionKind
from campaign.signatures.service import admit
from tests.activities.test_waiting_list import event, mails, shift_of, signed_up
from tests.people.pages import come, send, volunteer, written_down
from tests.support import pens
from tests.support.pages import field_values

_S = SignupState


def form(made: Event, **changes: str) -> dict[str, str]:
    values = {"email": "someone@example.org", "display_name": "Made-up Name", "shift": str(shift_of(made).id)}
    return {**values, **changes}


def delivered(app: Flask) -> None:
    deliver_lane(Lane.FAST, in_context=app.app_context, threads=1)


def own_path(mail: object) -> str:
    found = re.search(r"(/events/own/[\w-]{48})", str(mail))
    assert found is not None
    return found[1]


def test_the_public_sees_what_is_ahead_and_not_the_exact_place(app: Flask, client) -> None:
    made, hidden = event(), event(public=False)
    page = client.get("/events").text
    assert f"/events/{made.slug}" in page
    assert f"/events/{hidden.slug}" not in page
    shown = client.get(f"/events/{made.slug}").text
    assert "Made-up Town" in shown
    assert "Made-up Street" not in shown
    assert client.get(f"/events/{hidden.slug}").status_code == 404
    assert "A vigil" not in client.get("/events?kind=hearing").text
    assert client.get("/events?kind=nonsense").status_code == 302
    [entry] = Calendar.from_ical(client.get("/events/calendar.ics").data).walk("VEVENT")
    assert entry["location"] == "Made-up Town"
    for language in ("ru", "de"):
        assert client.get(f"/{language}/events/{made.slug}").status_code == 200


def test_an_address_signs_up_confirms_and_gives_up(app: Flask, client, mailserver) -> None:
    made = event(1)
    answer = client.post(f"/events/{made.slug}/sign-up", data=form(made))
    assert answer.status_code == 303
    again = client.post(f"/events/{made.slug}/sign-up", data=form(made))
    assert (again.status_code, again.data) == (answer.status_code, answer.data)
    assert client.get(answer.headers["Location"]).status_code == 200
    delivered(app)
    [mail] = mailserver.mails
    assert "vigil" not in mail.message["Subject"].lower()
    path = own_path(mail.text)
    assert "Made-up Street" not in client.get(path).text
    assert session.scalars(select(EventSignup.state)).all() == [_S.PENDING]
    assert client.post(path).status_code == 303
    page = client.get(path).text
    assert "You have a place" in page
    assert "Made-up Street 9" in page
    calendar = client.get(f"{path}/event.ics")
    assert b"Made-up Street 9" in calendar.data
    assert calendar.headers["Cache-Control"] == "no-store"
    assert client.post(f"{path}/cancel").status_code == 303
    assert "not signed up any more" in client.get(path).text
    assert client.post(path).status_code == 303
    assert client.get("/events/own/" + "x" * 48).status_code == 404


def test_who_confirms_when_all_is_taken_is_told_so_beforehand(app: Flask, client, mailserver) -> None:
    made = event(1)
    client.post(f"/events/{made.slug}/sign-up", data=form(made))
    delivered(app)
    [mail] = mailserver.mails
    assert "yours once" not in mail.text
    path = own_path(mail.text)
    assert "you are signed up" in client.get(path).text
    first = signed_up(made, "first")
    page = client.get(path).text
    assert "you are on the waiting list" in page
    assert "Every place is taken" in page
    assert client.post(path).status_code == 303
    assert "moves up" in client.get(path).text
    with transaction():
        signups.cancel(first)
    assert "A place is held for you" in client.get(path).text


def test_what_was_typed_wrong_is_told_and_a_program_is_not(app: Flask, client) -> None:
    made = event()
    with transaction():
        shifts.add_shift(made.id, "Late", None, None, 3, actor=None)
    wrong = client.post(f"/events/{made.slug}/sign-up", data=form(made, email="nobody", display_name=""))
    assert wrong.status_code == 422
    assert "nobody" in wrong.text
    other = form(made, shift=str(uuid.uuid4()))
    assert client.post(f"/events/{made.slug}/sign-up", data=other).status_code == 422
    assert client.post(f"/events/{made.slug}/sign-up", data=form(made, website="x")).status_code == 303
    foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(f"/events/{made.slug}/sign-up", data=form(made), headers=foreign).status_code >= 400
    assert session.scalar(select(func.count()).select_from(EventSignup)) == 0


def test_not_me_deletes_and_three_mails_a_day_are_the_most(app: Flask, client, mailserver) -> None:
    made = event()
    for minute in range(5):
        with time_machine.travel(clock.now() + timedelta(minutes=minute * 2)):
            client.post(f"/events/{made.slug}/sign-up", data=form(made))
            delivered(app)
    assert len(mailserver.mails) == 3
    assert client.post(f"{own_path(mailserver.mails[0].text)}/not-me").status_code == 303
    assert session.scalar(select(func.count()).select_from(EventSignup)) == 0
    assert "no sign-up behind this link" in client.get(own_path(mailserver.mails[0].text)).text


def test_a_volunteer_signs_up_with_one_press(app: Flask) -> None:
    made = event(1)
    who, _volunteer = volunteer()
    client = come(app, who)
    assert send(client, "/account/events", f"/{made.slug}", shift=str(shift_of(made).id)).status_code == 303
    assert "Has a place" in client.get("/account/events").text
    [signup] = session.scalars(select(EventSignup)).all()
    assert (signup.state, signup.email_sealed) == (_S.CONFIRMED, None)


def test_staff_plan_change_and_call_off(app: Flask, sign_in) -> None:
    staff = sign_in(Role.COORDINATOR)
    day = (clock.today() + timedelta(days=20)).isoformat()
    values = {
        "kind": "hearing", "title": "A hearing", "held_on": day, "starts": "10:00", "ends": "12:30",
        "timezone": "Asia/Tbilisi", "place": "Tbilisi", "language": "ru", "group": "", "places": "5", "is_public": "y",
        "about_en": "Bring **nothing**.", "venue": "Room 4",
    }  # fmt: skip
    assert send(staff, "/staff/events/new", "", **{**values, "ends": "09:00"}).status_code == 422
    answer = send(staff, "/staff/events/new", "", **values)
    assert answer.status_code == 303
    home = answer.headers["Location"]
    [made] = session.scalars(select(Event)).all()
    assert made.starts_at is not None
    assert made.starts_at.utcoffset() is not None
    assert "10:00" in staff.get(home).text or "10:00" in staff.get(home).text.replace("\u202f", " ")
    edit = {**values, "title": "Another title", "version": str(made.version)}
    assert send(staff, f"{home}/edit", "", **edit).status_code == 303
    assert send(staff, f"{home}/edit", "", **edit).status_code == 409
    assert send(staff, home, "/shifts", title="Late", places="3").status_code == 303
    assert session.scalar(select(func.count()).select_from(EventShift)) == 2
    assert staff.get("/staff/events?kind=hearing&q=another&state=planned").text.count("Another title") == 1
    assert send(staff, home, "/cancel").status_code == 303
    assert session.get_one(Event, made.id).state == EventState.CANCELLED
    assert sign_in(Role.MODERATOR).get("/staff/events").status_code == 403


def test_staff_see_names_within_their_allowance_and_bump_with_a_word(app: Flask, sign_in) -> None:
    made, staff = event(2), sign_in(Role.COORDINATOR)
    rows = [signed_up(made, "Anna"), signed_up(made, "Boris")]
    home, shift = f"/staff/events/{made.id}", shift_of(made).id
    page = staff.get(home).text
    assert "Anna" in page
    assert "example.org" not in page
    assert left(DECRYPTING, staff.person.id) == DECRYPTING.most - 2
    assert "Boris" in staff.get(f"{home}/sheet").text
    warned = send(staff, home, f"/shifts/{shift}", places="1")
    assert warned.status_code == 200
    assert "Boris" in warned.text
    assert "Anna" not in warned.text
    assert send(staff, home, f"/shifts/{shift}", places="1", bumped=str(rows[1])).status_code == 303
    assert session.get_one(EventSignup, rows[1]).state == _S.QUEUED
    assert send(staff, home, f"/signups/{rows[0]}/cancel").status_code == 303
    assert session.get_one(EventSignup, rows[1]).state == _S.OFFERED


def test_who_came_has_a_line_and_a_slip_is_taken_back(app: Flask, sign_in) -> None:
    person, made = written_down(email="anna@example.org"), event(2)
    row, staff = signed_up(made, "anna"), sign_in(Role.COORDINATOR)
    home = f"/staff/events/{made.id}"
    assert send(staff, home, f"/signups/{row}/attendance", attendance="came").status_code == 409
    lines = select(func.count()).where(Interaction.person_id == person.id, Interaction.kind == InteractionKind.CAME)
    session.get_one(Event, made.id).held_on = clock.today()
    with transaction():
        session.flush()
    for _again in range(2):
        assert send(staff, home, f"/signups/{row}/attendance", attendance="came").status_code == 303
        assert session.scalar(lines) == 1
    assert send(staff, home, f"/signups/{row}/attendance", attendance="missed").status_code == 303
    assert session.scalar(lines) == 0


def test_reminders_go_once_and_everything_is_forgotten_in_time(app: Flask, mailserver) -> None:
    made = event(2, days=3)
    row, waiting = signed_up(made, "anna"), signed_up(made, "bert", pressed=False)
    day = session.get_one(Event, made.id).held_on
    for _again in range(2):
        with transaction():
            entering.remind(datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(days=1))
    delivered(app)
    assert [each.message["Subject"] for each in mailserver.mails].count("Tomorrow") == 1
    with transaction():
        assert entering.delete_unconfirmed(clock.today() + timedelta(days=6)) == 0
        assert entering.delete_unconfirmed(clock.today() + timedelta(days=7)) == 1
        assert entering.erase_old(day + timedelta(days=29)) == 0
        assert entering.erase_old(day + timedelta(days=30)) == 1
    session.expire_all()
    assert session.get(EventSignup, waiting) is None
    kept = session.get_one(EventSignup, row)
    assert (kept.email_sealed, kept.email_index, kept.name_sealed, kept.state) == (None, None, None, _S.CONFIRMED)


def test_a_reminder_goes_by_the_day_and_the_hours_of_the_place(app: Flask) -> None:
    far, near = event(2, days=3), event(2, days=3)
    for made, zone in ((far, "Pacific/Auckland"), (near, "America/Los_Angeles")):
        signed_up(made, "anna")
        with transaction():
            session.get_one(Event, made.id).timezone = zone
    day = far.held_on
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    # In Auckland the morning of the day before begins 27 hours before midnight UTC, in Los Angeles 6.
    for hours, sent in ((-35, 0), (-26.5, 1), (-24, 1), (-8, 1), (-5.5, 2), (2, 2)):
        with transaction():
            entering.remind(midnight + timedelta(hours=hours))
        assert mails("event.reminder") == sent, hours


def test_the_picture_of_places_names_nobody(app: Flask, sign_in) -> None:
    made, staff = event(1), sign_in(Role.COORDINATOR)
    signed_up(made, "anna")
    signed_up(made, "boris")
    picture = staff.get(f"/staff/events/{made.id}/places-dark.svg")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert "1 of 1 + 1" in picture.text
    assert "anna" not in picture.text
    assert staff.get(f"/staff/events/{made.id}/places-blue.svg").status_code == 404


def test_a_change_of_day_tells_everybody(app: Flask) -> None:
    made = event(2)
    signed_up(made, "anna")
    stored = session.get_one(Event, made.id)
    moved = events.EventDraft(stored.title, "Another town", stored.held_on)
    details = events.EventDetails(
        starts_at=stored.starts_at, ends_at=stored.ends_at, timezone="UTC", venue="Made-up Street 9"
    )
    with transaction():
        events.describe_event(made.id, moved, details, seen_version=stored.version, actor=uuid.uuid4())
    assert mails("event.news") == 1


def test_a_coordinator_of_one_group_sees_its_events_alone(app: Flask, sign_in) -> None:
    group, other, made = pens.group(), event(), event(1)
    with transaction():
        session.get_one(Event, made.id).group_id = group.id
        session.flush()
    staff = sign_in(Role.COORDINATOR, group=group.id)
    listed = staff.get("/staff/events").text
    assert str(made.id) in listed
    assert str(other.id) not in listed
    assert staff.get(f"/staff/events/{made.id}").status_code == 200
    for path in (f"/staff/events/{other.id}", f"/staff/events/{uuid.uuid4()}", f"/staff/events/{other.id}/sheet"):
        assert staff.get(path).status_code == 403


def test_a_disposable_address_waits_a_minute_and_is_taken(app: Flask, client, config, monkeypatch) -> None:
    monkeypatch.setitem(app.extensions, "unforgotten", replace(config, rate_limits=True))
    made = event()
    asked = client.post(f"/events/{made.slug}/sign-up", data=form(made, email="anna@mailinator.com"))
    assert "One moment" in asked.text
    fields = field_values(asked.text, "/sign-up")
    assert fields["display_name"] == "Made-up Name", "nothing that was typed is lost"
    assert session.scalar(select(func.count()).select_from(EventSignup)) == 0
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert client.post(f"/events/{made.slug}/sign-up", data=fields).location.endswith("/signed-up")
    session.remove()
    assert session.scalar(select(func.count()).select_from(EventSignup)) == 1


def test_a_rush_of_signatures_keeps_nobody_from_an_event(app: Flask, client, config, monkeypatch) -> None:
    monkeypatch.setitem(app.extensions, "unforgotten", replace(config, rate_limits=True))
    made, where = event(), {"REMOTE_ADDR": "203.0.113.9"}
    while admit.networks.take("203.0.113.0/24"):
        pass
    try:
        answer = client.post(f"/events/{made.slug}/sign-up", data=form(made), environ_overrides=where)
    finally:
        admit.networks.clear()
    assert answer.location.endswith("/signed-up")
