"""Segments in a browser without scripts: built by clicking, nothing typed is lost, somebody explained."""

import re
import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.people.forms.ladder_words import list_places
from campaign.people.models import IdentityKind, Person, Segment
from campaign.people.queries.segment_tree import Chosen, StepKind, read_tree
from campaign.people.service.identities import add_identity, read_identity
from campaign.people.service.segments import edit
from campaign.people.service.segments.freeze import freeze
from tests.conftest import SignIn
from tests.people.segments.made import add, limit, lives, segment, somebody, speaks, subtract
from tests.support import pens
from tests.support.pages import PageClient
from workers.run_jobs import run_due_jobs

ROOT = "/staff/segments"


def send(client: PageClient, path: str, page: str = "", **values: Any) -> TestResponse:
    """Send a form with the token and the version that its page carries; `_` stands for `-` in a name."""
    seen = client.get(page or path).text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', seen)
    version = re.search(r'name="version" value="(\d+)"', seen)
    assert token is not None
    data = {"csrf_token": token[1], "version": version[1] if version else "0"}
    answer = client.post(path, data=data | {name.replace("v_", "v-"): value for name, value in values.items()})
    session.expire_all()
    return answer


def stored() -> Segment:
    """The one segment there is, as it stands now."""
    return session.scalars(select(Segment).execution_options(populate_existing=True)).one()


def test_one_is_built_by_clicking(app: Flask, sign_in: SignIn) -> None:
    somebody("DE", "ru"), somebody("DE"), somebody("FR")
    client = sign_in(Role.ORGANISER)
    assert "no segment yet" in client.get(ROOT).text
    assert send(client, ROOT, title=" ").status_code == 422
    page = send(client, ROOT, title="Spring").headers["Location"]
    new = f"{page}/steps/new?kind=add"
    assert "Choose a condition" in client.get(new).text
    form = client.get(f"{new}&condition=country").text
    assert "Everybody who" in form
    assert (
        send(client, f"{page}/steps/new", f"{new}&condition=country", kind="add", condition="country").status_code
        == 422
    )
    answer = send(
        client, f"{page}/steps/new", f"{new}&condition=country", kind="add", condition="country", v_country="DE"
    )
    assert answer.headers["Location"].endswith("#step-1")
    send(
        client, f"{page}/steps/new", f"{page}/steps/new?kind=subtract&condition=spoken", kind="subtract",
        condition="spoken", v_language="ru",
    )  # fmt: skip
    answer = send(client, f"{page}/limit", amount="none", by="random")
    assert (answer.status_code, 'value="none"' in answer.text) == (422, True)
    send(client, f"{page}/limit", amount="1,000", by="newest")
    run_due_jobs()
    shown = client.get(page).text
    whole = "Everybody who lives in: Germany; but nobody who speaks Russian; of these only the 1,000 who came last."
    assert whole in shown
    assert re.search(r"<strong>1</strong> person", shown)
    assert "finds 2" in shown
    picture = client.get(f"{page}/funnel-light.svg")
    assert (picture.mimetype, picture.text.count("<rect")) == ("image/svg+xml", 3)
    assert client.get(f"{page}/count.json").json == {"done": 1, "is_at_work": False}
    assert whole in client.get(ROOT).text


def test_what_was_typed_survives_a_change_by_somebody_else(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(Role.ORGANISER)
    page = send(client, ROOT, title="Spring", shared="y").headers["Location"]
    client.get(f"{page}/limit")
    other = sign_in(Role.ORGANISER)
    send(other, f"{page}/steps/new", f"{page}/steps/new?condition=everybody", kind="add", condition="everybody")
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(page).text)
    assert token is not None
    typed = {"csrf_token": token[1], "version": "1", "condition": "spoken", "v-language": "de", "kind": "subtract"}
    answer = client.post(f"{page}/steps/new", data=typed)
    assert answer.status_code == 409
    assert re.search(r'value="de" selected', answer.text)
    version = re.search(r'name="version" value="(\d+)"', answer.text)
    assert version is not None
    assert client.post(f"{page}/steps/new", data=typed | {"version": version[1]}).status_code == 303
    assert [each.kind for each in read_tree(stored().tree).steps] == [StepKind.ADD, StepKind.SUBTRACT]


def test_steps_and_conditions_move_change_and_go(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(Role.ORGANISER)
    actor = client.person.signed_in()
    made = segment(add(lives("DE"), speaks("ru")), subtract(speaks("de")), limit(5), actor=actor)
    page = f"{ROOT}/{made.id}"
    send(client, f"{page}/steps/2/move", page, to="up")
    assert "must add people" in client.get(page).text
    send(client, f"{page}/undo", page)
    send(client, f"{page}/steps/1/kind", page, kind="add", match="any")
    send(client, f"{page}/steps/1/conditions/2", v_language="uk", condition="spoken", is_not="y")
    shown = client.get(page).text
    assert "lives in: Germany or does not speak Ukrainian" in shown
    send(client, f"{page}/steps/2/conditions/1/drop", page)
    send(client, f"{page}/steps/2/limit", amount="7", by="longest_not_asked")
    assert "of these only the 7 who have not been asked for longest" in client.get(page).text
    send(client, f"{page}/steps/1/drop", page)
    assert len(read_tree(stored().tree).steps) == 1
    for missing in ("steps/9/conditions/1", "steps/1/conditions/1", "steps/5/limit"):
        assert client.get(f"{page}/{missing}").status_code == 404


def test_it_is_named_shared_copied_and_put_away(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(Role.COORDINATOR)
    made = segment(add(lives("DE")), actor=client.person.signed_in())
    page = f"{ROOT}/{made.id}"
    send(client, f"{page}/name", page, title="Writers", shared="y")
    assert (stored().title, stored().is_shared) == ("Writers", True)
    copy = send(client, f"{page}/copy", page).headers["Location"]
    assert "Writers (copy)" in client.get(copy).text
    send(client, f"{page}/archive", page)
    assert page in client.get(f"{ROOT}?archived=1").text
    assert f'"{page}"' not in client.get(ROOT).text
    send(client, f"{page}/restore", page)
    assert f'"{page}"' in client.get(ROOT).text
    assert "It is being counted" in client.get(send(client, f"{page}/count", page).headers["Location"]).text
    assert client.get(page, base_url="http://localhost/ru").status_code == 200


def test_why_somebody_is_in_or_out_is_told_by_their_address(app: Flask, sign_in: SignIn) -> None:
    who = somebody("DE")
    with transaction():
        add_identity(who, read_identity(IdentityKind.EMAIL, "nina@example.org"), actor=None)
    client = sign_in(Role.ORGANISER)
    made = segment(add(lives("DE")), subtract(lives("DE"), speaks("ru")), actor=client.person.signed_in())
    page = f"{ROOT}/{made.id}/why"
    assert send(client, page, address="nobody@example.org").status_code == 404
    answer = send(client, page, address=" Nina@example.org")
    assert answer.headers["Location"].endswith(f"person={who}")
    shown = client.get(answer.headers["Location"]).text
    assert "Нина Небывалова" in shown
    assert re.search(r"<strong>in</strong>", shown)
    assert (shown.count(">yes<"), shown.count(">no<")) == (2, 1)
    assert page in client.get(f"{ROOT}/why?person={who}").text
    narrowed = sign_in(Role.COORDINATOR, group=pens.group().id)
    actor = client.person.signed_in()
    with transaction():
        edit.name_segment(stored().id, "Shared", is_shared=True, seen_version=1, actor=actor)
    assert send(narrowed, page, address="nina@example.org").status_code == 404
    assert narrowed.get(f"{page}?person={who}").status_code == 403


def test_pages_open_to_readers_of_people_alone(app: Flask, sign_in: SignIn) -> None:
    owner = sign_in(Role.ORGANISER)
    made = segment(add(Chosen("everybody")), actor=owner.person.signed_in()).id
    for role in (Role.ADMIN, Role.MODERATOR, Role.TREASURER):
        client = sign_in(role)
        for path in (ROOT, f"{ROOT}/{made}", f"{ROOT}/{made}/why", f"{ROOT}/{made}/limit"):
            assert client.get(path).status_code == 403, (role, path)
    other = sign_in(Role.ORGANISER)
    for path in ("", "/why", "/limit", "/count.json", "/funnel-light.svg", "/steps/new"):
        assert other.get(f"{ROOT}/{made}{path}").status_code == 404, path
    assert other.get(f"{ROOT}/{uuid.uuid4()}").status_code == 404


def test_the_list_of_people_shows_a_segment_and_makes_one(app: Flask, sign_in: SignIn) -> None:
    inside, outside = somebody("DE", "ru"), somebody("FR")
    client = sign_in(Role.ORGANISER)
    made = segment(add(lives("DE")), actor=client.person.signed_in()).id
    shown = client.get(f"/staff/people?segment={made}").text
    assert (str(inside) in shown, str(outside) in shown) == (True, False)
    assert "in the segment “Those we mean”" in shown
    other = sign_in(Role.ORGANISER)
    hidden = other.get(f"/staff/people?segment={made}").text
    assert ("in a segment that is gone" in hidden, str(inside) in hidden) == (True, False)
    page = send(
        client, "/staff/people/views/segment", f"/staff/people?segment={made}", title="Narrower", segment=str(made),
        spoken="ru", country="DE", q="Nina",
    ).headers["Location"]  # fmt: skip
    whole = "everybody who lives in: Germany; but nobody who does not live in: Germany or does not speak Russian"
    assert whole in client.get(page).text.replace("Everybody", "everybody")
    run_due_jobs()
    assert re.search(r"<strong>1</strong> person", client.get(page).text)


def test_a_place_on_the_ladder_that_takes_too_long_ends_as_well(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(Role.ORGANISER)
    somebody(country="DE")
    asleep = select(Person.id).where(func.pg_sleep(3).is_not(None))
    monkeypatch.setattr("campaign.people.queries.wanted.people_at", lambda *_which: asleep)
    monkeypatch.setattr("campaign.people.staff_views.people_list.LIST_SECONDS", 0.05)
    page = client.get(f"/staff/people?ladder={next(iter(list_places()))}")
    assert page.status_code == 200
    assert "That took too long" in page.text


def test_a_segment_that_takes_too_long_ends_with_a_clear_line(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(Role.ORGANISER)
    somebody(country="DE")
    made = segment(add(lives("DE")), actor=client.person.signed_in()).id
    asleep = select(Person.id).where(func.pg_sleep(3).is_not(None))
    monkeypatch.setattr("campaign.people.queries.wanted.members_of", lambda *_which: asleep)
    monkeypatch.setattr("campaign.people.staff_views.people_list.LIST_SECONDS", 0.05)
    for module in ("people_acts", "exports"):
        monkeypatch.setattr(f"campaign.people.staff_views.{module}.ACT_SECONDS", 0.05)
    page = client.get(f"/staff/people?segment={made}")
    assert page.status_code == 200
    assert "takes too long" in page.text
    assert f"/staff/segments/{made}" in page.text
    for path in (f"/staff/people/acts/new?all=1&segment={made}", f"/staff/people/exports?segment={made}"):
        stopped = client.get(path)
        assert (stopped.status_code, "took too long" in stopped.text) == (409, True)
    assert client.get("/staff/people").status_code == 200


def test_a_use_shows_who_was_in_to_whoever_may_see_them(app: Flask, sign_in: SignIn) -> None:
    client = sign_in(Role.ORGANISER)
    inside, outside = somebody(country="DE"), somebody(country="FR")
    actor = client.person.signed_in()
    made = segment(add(lives("DE")), actor=actor)
    with transaction():
        used = freeze(made.id, "spring mailing", actor=actor)
    home = f"{ROOT}/{made.id}"
    path = f"{home}/uses/{used.id}"
    assert path in client.get(home).text
    page = client.get(path).text
    assert "1 person was in" in page
    assert (str(inside) in page, str(outside) in page) == (True, False)
    with transaction():
        session.delete(session.get_one(Person, inside))
    assert "Nobody of them is known any more." in client.get(path).text
    assert client.get(f"{ROOT}/{segment(add(lives('FR')), actor=actor).id}/uses/{used.id}").status_code == 404
    narrowed = sign_in(Role.COORDINATOR, group=pens.group().id)
    with transaction():
        edit.name_segment(made.id, "Shared", is_shared=True, seen_version=1, actor=actor)
    assert narrowed.get(path).status_code == 404
    assert sign_in(Role.ADMIN).get(path).status_code == 403
