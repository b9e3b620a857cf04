"""Every staff page about people opens to organisers and coordinators alone, and for a group to its own people alone."""

import uuid

import pytest
from flask import Flask
from werkzeug.routing import Rule

from campaign.kernel.actors import Role
from tests.people.pages import staff, volunteer, written_down
from tests.support import pens
from tests.support.pages import PageClient, field_values

OTHERS = sorted(set(Role) - {Role.ORGANISER, Role.COORDINATOR})
EMPTY_HANDED = {"GET", "POST"}


def rules(app: Flask) -> list[Rule]:
    """Every route under /staff/people."""
    return [rule for rule in app.url_map.iter_rules() if f"{rule.rule}/".startswith("/staff/people/")]


def address(rule: Rule, person_id: uuid.UUID) -> str:
    values: dict[str, object] = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        if name == "person_id":
            values[name] = person_id
        elif type(converter).__name__ == "UUIDConverter":
            values[name] = uuid.uuid4()
        elif type(converter).__name__ == "AnyConverter":
            values[name] = sorted(converter.items)[0]  # type: ignore[attr-defined]
        else:
            values[name] = "1" if type(converter).__name__ == "IntegerConverter" else "light"
    built = rule.build(values)
    assert built is not None
    return built[1]


def statuses(client: PageClient, app: Flask, person_id: uuid.UUID) -> dict[str, int]:
    """What each route answers to an empty request."""
    token = {"csrf_token": field_values(client.get("/account").text, "/account/sign-out")["csrf_token"]}
    found = {}
    for rule in rules(app):
        path = address(rule, person_id)
        for method in EMPTY_HANDED & (rule.methods or set()):
            answer = client.get(path) if method == "GET" else client.post(path, data=token)
            found[f"{method} {rule.rule}"] = answer.status_code
    return found


def test_there_are_such_pages(app: Flask) -> None:
    assert len(rules(app)) > 20


@pytest.mark.parametrize("role", OTHERS)
def test_no_page_opens_for_anybody_else(app: Flask, role: Role) -> None:
    """Not for an admin either, who runs the place and sees nobody's name here."""
    client = staff(app, role)
    assert {path: status for path, status in statuses(client, app, written_down().id).items() if status != 403} == {}


def test_a_page_about_another_groups_person_stays_closed(app: Flask) -> None:
    mine, (_own, inside), outside = pens.group(), volunteer(), written_down()
    pens.member(mine, inside)
    client = staff(app, Role.COORDINATOR, group=mine.id)
    opened = {
        path: status
        for path, status in statuses(client, app, outside.id).items()
        if "<uuid:person_id>" in path and status != 403
    }
    assert opened == {}


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.COORDINATOR])
def test_pages_that_need_nothing_but_a_person_open(app: Flask, role: Role) -> None:
    client, person = staff(app, role), written_down()
    found = statuses(client, app, person.id)
    plain = {rule.rule for rule in rules(app) if rule.arguments <= {"person_id", "scheme"}}
    broken = {path: status for path, status in found.items() if path.removeprefix("GET ") in plain and status != 200}
    assert broken == {}
