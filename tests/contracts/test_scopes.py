"""A role for one petition or group opens that one and no other, on every staff page there is and will be."""

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.penpals.models import Group
from campaign.petitions.models import Petition, PetitionState
from campaign.web.session_cookie import TOKEN
from tests.support import accounts, make, pens
from tests.support.pages import PageClient, field_values, parse

ROLES = (Role.ORGANISER, Role.MODERATOR)


def enter(
    app: Flask, role: Role, petition: uuid.UUID | None = None, *, group: uuid.UUID | None = None
) -> PageClient:  # fmt: skip
    who = accounts.person(role, app=True, petition=petition, group=group)
    client = app.test_client()
    assert isinstance(client, PageClient)
    with transaction():
        token = open_session(get_account(who.id), second_factor_done=True)
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client


def rules_of_petitions(app: Flask) -> list[Rule]:
    """Every staff route whose address names a petition."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/staff/")
        and ("petition_id" in rule.arguments or ("slug" in rule.arguments and "/petitions/" in rule.rule))
    ]


def rules_of_groups(app: Flask) -> list[Rule]:
    """Every staff route whose address names a pen-pal group."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/staff/") and "group_id" in rule.arguments
    ]  # fmt: skip


def addresses(rule: Rule, subject: Petition | Group) -> str:
    values: dict[str, object] = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        if name in {"petition_id", "group_id", "slug"}:
            values[name] = subject.slug if name == "slug" else subject.id
        elif type(converter).__name__ == "UUIDConverter":
            values[name] = uuid.uuid4()
        elif type(converter).__name__ == "AnyConverter":
            values[name] = sorted(converter.items)[0]  # type: ignore[attr-defined]
        else:
            values[name] = "small"
    built = rule.build(values)
    assert built is not None
    return built[1]


def answers(client: PageClient, rule: Rule, subject: Petition | Group) -> Iterator[TestResponse]:
    token = {"csrf_token": field_values(client.get("/account").text, "/account/sign-out")["csrf_token"]}
    path = addresses(rule, subject)
    if "GET" in (rule.methods or ()):
        yield client.get(path)
    if "POST" in (rule.methods or ()):
        yield client.post(path, data=token)


def test_there_are_such_pages(app: Flask) -> None:
    assert len(rules_of_petitions(app)) > 25


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_another_petition_stays_closed(app: Flask, role: Role) -> None:
    mine, other = make.petition(), make.petition(state=PetitionState.CLOSED)
    client = enter(app, role, mine.id)
    opened = [
        f"{rule.rule}: {answer.status_code}"
        for rule in rules_of_petitions(app)
        for answer in answers(client, rule, other)
        if answer.status_code != 403
    ]
    assert opened == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", [PetitionState.OPEN, PetitionState.CLOSED])
def test_the_pages_of_ones_own_petition_open_as_for_somebody_with_the_role_everywhere(
    app: Flask, role: Role, state: PetitionState
) -> None:
    mine = make.petition(state=state)
    narrow, wide = enter(app, role, mine.id), enter(app, role, None)
    for rule in rules_of_petitions(app):
        if "GET" in (rule.methods or ()) and len(rule.arguments) == 1:
            path = addresses(rule, mine)
            assert narrow.get(path).status_code == wide.get(path).status_code, path


@pytest.mark.parametrize("role", ROLES)
def test_no_page_beside_those_opens_that_is_for_the_role_everywhere(app: Flask, role: Role) -> None:
    """Whatever else a full role opens (switches, alarms) decides on more than one petition."""
    client = enter(app, role, make.petition().id)
    plain = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/staff") and not rule.arguments and "GET" in (rule.methods or ())
    ]
    assert {path for path in plain if client.get(path).status_code == 200} == {"/staff", "/staff/petitions"}


@pytest.mark.parametrize("role", ROLES)
def test_every_link_of_the_navigation_opens(app: Flask, role: Role) -> None:
    client = enter(app, role, make.petition().id)
    navigation = parse(client.get("/staff").text).find(".//nav[@class='staff-nav']")
    links = [link.get("href") for link in navigation.iter("a")]
    assert {"/staff", "/staff/petitions"} <= set(links)
    assert [link for link in links if client.get(link).status_code != 200] == []


def test_there_are_such_pages_of_groups(app: Flask) -> None:
    assert len(rules_of_groups(app)) > 8


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN])
def test_every_page_of_another_group_stays_closed(app: Flask, role: Role) -> None:
    """To a coordinator of one group, and to an admin, who sees no letter text (SAFETY.md 11)."""
    mine, other = pens.group(), pens.group()
    client = enter(app, role, group=mine.id if role is Role.COORDINATOR else None)
    opened = [
        f"{rule.rule}: {answer.status_code}"
        for rule in rules_of_groups(app)
        for answer in answers(client, rule, other)
        if answer.status_code != 403
    ]
    assert opened == []


def test_the_pages_of_ones_own_group_open_as_for_somebody_with_the_role_everywhere(app: Flask) -> None:
    mine = pens.group()
    narrow, wide = enter(app, Role.COORDINATOR, group=mine.id), enter(app, Role.COORDINATOR)
    for rule in rules_of_groups(app):
        if "GET" in (rule.methods or ()) and len(rule.arguments) == 1:
            path = addresses(rule, mine)
            assert narrow.get(path).status_code == wide.get(path).status_code == 200, path


def test_a_coordinator_of_one_group_finds_it_in_the_navigation_and_nothing_that_decides_on_others(app: Flask) -> None:
    client = enter(app, Role.COORDINATOR, group=pens.group().id)
    navigation = parse(client.get("/staff").text).find(".//nav[@class='staff-nav']")
    links = {link.get("href") for link in navigation.iter("a")}
    assert {"/staff", "/staff/groups"} <= links
    assert [link for link in links if client.get(link).status_code != 200] == []
    assert client.get("/staff/groups/new").status_code == 403
