"""Automations in a browser without scripts: nothing typed is lost, and each screen tells what it should."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.people.models import Automation, DeedState, OffReason, Person
from campaign.people.service.automations.using import turn_off_because
from campaign.people.service.erasing import erase_person, list_held
from campaign.people.service.merging import merge_people
from campaign.people.service.timeline import list_happenings
from tests.conftest import SignIn
from tests.people.automations.made import carriers, draft, log_of, rule, run, stands, tag, turned_on
from tests.people.pages import written_down
from tests.people.segments.made import add, lives, reader, segment, somebody
from tests.support import pens
from tests.support.pages import PageClient
from workers.run_jobs import run_due_jobs

ROOT = "/staff/automations"
EVERYBODY_ELSE = sorted(set(Role) - {Role.ORGANISER, Role.COORDINATOR})


def send(client: PageClient, path: str, page: str = "", **values: Any) -> TestResponse:
    """Send a form with the token, the version and the number that its page carries; `_` stands for `-` in a name."""
    seen = client.get(page or path).text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', seen)
    assert token is not None
    data = {"csrf_token": token[1]}
    for name in ("version", "seen"):
        found = re.search(rf'name="{name}" value="(\d+)"', seen)
        data |= {name: found[1]} if found else {}
    answer = client.post(path, data=data | {name.replace("_", "-"): value for name, value in values.items()})
    session.rollback()
    session.expire_all()
    return answer


def typed(**changes: Any) -> dict[str, Any]:
    """What somebody fills in."""
    return {"title": "Greet", "when": "written-down", "then": "tell", "wait": "0", "back": "5", "most": "50", **changes}


def test_a_rule_is_made_tried_turned_on_run_and_taken_back(app: Flask, sign_in: SignIn) -> None:
    warm, those = tag(), segment(add(lives("DE")), actor=reader(), is_shared=True, title="Near us")
    person = written_down("Анна Выдуманная")
    client = sign_in(Role.ORGANISER)
    assert "There is no rule yet" in client.get(ROOT).text
    made = send(
        client, f"{ROOT}/new", **typed(then="give-tag", then_give__tag_tag="", segment=str(those.id), wait="3")
    ).status_code
    assert made == 422
    answer = client.post(
        f"{ROOT}/new",
        data={
            **typed(then="give-tag", segment=str(those.id)), "then-give-tag-tag": str(warm.id),
            "csrf_token": re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(f"{ROOT}/new").text)[1],  # type: ignore[index]
        },
    )  # fmt: skip
    page = answer.headers["Location"]
    shown = client.get(page).text
    whole = (
        "When somebody is written down or comes with a list, if they are in “Near us”: give the tag “warm”."
        " At most 50 a day. Also for what happened in the 5 days before it is turned on."
    )
    assert whole in shown
    assert "Turn on" not in shown
    send(client, f"{page}/dry-run", page)
    assert "being tried" in client.get(f"{page}/dry-run").text
    assert client.get(f"{page}/dry-run.json").json == {"done": 0, "is_at_work": True}
    run_due_jobs()
    tried = client.get(f"{page}/dry-run").text
    assert "Анна Выдуманная" in tried
    assert client.get(f"{page}/dry-run/days-dark.svg").mimetype == "image/svg+xml"
    assert "with your rights" in client.get(f"{page}/on").text
    assert send(client, f"{page}/on").status_code == 303
    made_id = uuid.UUID(page.rpartition("/")[2])
    run(made_id, round_=1)
    assert carriers(warm) == {person.id}
    logged = client.get(f"{page}/log").text
    assert "Анна Выдуманная" in logged
    assert "The tag “warm” was given" in logged
    assert client.get(f"{page}/days-light.svg").mimetype == "image/svg+xml"
    assert "what it did: 1 in 7 days" in client.get(ROOT).text
    line = log_of(made_id)[0]
    send(client, f"{page}/log/{line.id}/undo", f"{page}/log")
    assert carriers(warm) == set()
    assert "taken back" in client.get(f"{page}/log?state=undone").text
    send(client, f"{page}/off", page)
    assert stands(made_id).state == "off"
    history = client.get(page).text
    assert all(each in history for each in ("turned on", "turned off", "saved", "tried without consequences"))
    send(client, f"{page}/delete", page)
    assert client.get(page).status_code == 404


def test_nothing_typed_is_lost(app: Flask, sign_in: SignIn) -> None:
    warm = tag()
    client = sign_in(Role.ORGANISER)
    answer = send(client, f"{ROOT}/new", **typed(title=" ", wait="many", most="0"), when_silent_days="soon")
    assert answer.status_code == 422
    assert all(each in answer.text for each in ('value="many"', 'value="soon"', "A rule needs a title."))
    assert "from 1 to 1000" in answer.text
    answer = send(client, f"{ROOT}/new", **typed(when="silent"), when_silent_days="never")
    assert (answer.status_code, "Enter a number of days" in answer.text) == (422, True)
    answer = send(client, f"{ROOT}/new", **typed(when="tagged", then="give-tag", title="Loop"))
    assert answer.status_code == 422
    mine = rule(draft(warm), reader())
    page = f"{ROOT}/{mine}"
    form = client.get(f"{page}/edit").text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', form)
    assert token is not None
    data = {**typed(title="Mine"), "csrf_token": token[1], "version": "0"}
    late = client.post(f"{page}/edit", data=data)
    assert (late.status_code, "Someone else changed this" in late.text, 'value="Mine"' in late.text) == (
        409,
        True,
        True,
    )
    assert client.post(f"{page}/edit", data={**data, "version": "1"}).status_code == 303
    assert stands(mine).title == "Mine"


@pytest.mark.parametrize("role", EVERYBODY_ELSE)
def test_nobody_else_gets_in(app: Flask, sign_in: SignIn, role: Role) -> None:
    made = rule(draft(tag()), reader())
    client = sign_in(role)
    paths = ("", "/new", f"/{made}", f"/{made}/edit", f"/{made}/on", f"/{made}/dry-run", f"/{made}/log")
    assert {path: client.get(ROOT + path).status_code for path in paths} == dict.fromkeys(paths, 403)


def test_a_role_for_some_groups_is_told_why_not(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(Role.COORDINATOR, group=pens.group().id)
    answer = client.get(ROOT)
    assert (answer.status_code, "role is not narrowed" in answer.text) == (403, True)
    assert 'href="/staff/automations"' not in client.get("/staff").text
    assert sign_in(Role.COORDINATOR).get(ROOT).status_code == 200


def test_rules_that_feed_each_other_are_named(app: Flask, sign_in: SignIn) -> None:
    warm, actor = tag(), reader()
    first = rule(draft(warm, title="Gives it"), actor)
    second = rule(
        draft(tag("next"), title="Waits for it", trigger="tagged", trigger_values={"tag": str(warm.id)}), actor
    )
    client = sign_in(Role.ORGANISER)
    assert "is an occasion for: <a" in client.get(f"{ROOT}/{first}").text
    assert "“Waits for it”" in client.get(f"{ROOT}/{first}").text
    assert "“Gives it”" in client.get(f"{ROOT}/{second}").text


def test_what_went_off_by_itself_and_whom_to_look_at_stand_on_the_dashboard(app: Flask, sign_in: SignIn) -> None:
    actor = reader()
    tells = turned_on(draft(act="tell", title="Call them"), actor)
    falls = turned_on(draft(tag(), title="Old one"), actor)
    somebody(), somebody()
    run(tells, round_=1)
    with transaction():
        turn_off_because(session.get_one(Automation, falls, with_for_update=True), OffReason.ROLE_LOST, None)
    client = sign_in(Role.ORGANISER)
    shown = client.get("/staff").text
    assert "The rule “Old one” went off: Whoever turned it on may not see everybody any more" in shown
    assert "<strong>2</strong> People of whom the rule “Call them” tells" in shown
    page = f"{ROOT}/{tells}"
    assert "at whom nobody has looked yet" in client.get(page).text
    send(client, f"{page}/seen", f"{page}/log?told=yes", up_to=str(log_of(tells)[-1].id))
    client.post(
        f"{page}/seen",
        data={
            "csrf_token": re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(page).text)[1],  # type: ignore[index]
            "up_to": str(log_of(tells)[-1].id),
        },
    )  # fmt: skip
    send(client, f"{ROOT}/{falls}/off", f"{ROOT}/{falls}")
    shown = client.get("/staff").text
    assert "Call them" not in shown
    assert "Old one" not in shown
    assert sign_in(Role.ADMIN).get("/staff").text.count("Call them") == 0


def test_a_whole_day_is_taken_back_once_one_has_seen_how_much(app: Flask, sign_in: SignIn) -> None:
    warm = tag()
    made = turned_on(draft(warm), reader())
    somebody(), somebody()
    run(made, round_=1)
    client = sign_in(Role.ORGANISER)
    path = f"{ROOT}/{made}/log/{clock.today().isoformat()}/undo"
    assert "2 people" in client.get(path).text
    assert send(client, path).status_code == 303
    assert {line.state for line in log_of(made)} == {DeedState.UNDONE}
    assert "Nothing of that day stands" in client.get(path).text
    assert client.get(f"{ROOT}/{made}/log/yesterday/undo").status_code == 404
    old = clock.today() - timedelta(days=1)
    assert "No line fits" in client.get(f"{ROOT}/{made}/log?day={old.isoformat()}&state=nonsense").text


def test_a_segment_names_the_rules_that_ask_for_it(app: Flask, sign_in: SignIn) -> None:
    actor = reader()
    those = segment(add(lives("DE")), actor=actor, is_shared=True)
    made = turned_on(draft(tag(), segment_id=those.id, title="Greet the near"), actor)
    client = sign_in(Role.ORGANISER)
    page = f"/staff/segments/{those.id}"
    shown = client.get(page).text
    assert "“Greet the near”" in shown
    assert "goes off with it" in shown
    send(client, f"{page}/archive", page)
    assert stands(made).state == "on"
    send(client, f"{page}/archive", page, rules="1")
    assert (stands(made).state, stands(made).off_reason) == ("off", OffReason.SEGMENT_GONE)


def test_it_stands_on_the_record_moves_with_it_and_goes_with_it(app: Flask) -> None:
    actor, winner, loser = reader(), somebody(), somebody()
    made = turned_on(draft(tag()), actor)
    run(made, round_=1)
    with app.test_request_context():
        assert [line.words for line in list_happenings(loser) if line.kind == "automation"] == [
            "The tag “warm” was given (rule “Greet”)"
        ]
        held = {each.name: each.content for each in list_held(loser)}
    assert held["automations"][0]["rule"] == "Greet"
    with transaction():
        merge_people(winner, loser, actor=actor.id)
    assert [line.person_id for line in log_of(made)] == [winner]
    with transaction():
        erase_person(winner, actor=actor.id)
    assert (log_of(made), session.scalar(select(Person.id))) == ([], None)
