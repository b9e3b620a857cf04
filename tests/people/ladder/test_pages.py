"""The picture with its figures and rules, one person's panel, answers, and the list and segments behind a number."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.registry_people import segment_conditions
from campaign.people.forms.ladder_words import list_places
from campaign.people.models import (
    Ask,
    AskRest,
    AskRule,
    AskState,
    AskWay,
    Interaction,
    InteractionKind,
    LadderCount,
    Person,
)
from campaign.people.queries.ladder import people_asked, people_at, people_held, people_who_said_no
from campaign.people.queries.segment_query import compile_tree
from campaign.people.queries.wanted import Wanted, conditions_of
from campaign.people.service.details import record_interaction
from campaign.people.service.ladder import answers, count
from campaign.people.service.ladder.ask import note_ask
from campaign.people.service.segments.from_list import tree_of
from tests.people.ladder.steps import ORGANISER, signer
from tests.people.pages import send, staff, volunteer, written_down
from tests.support import pens
from workers.drain import run_due_jobs

WRITE = "write_one_letter"


def note(person: uuid.UUID) -> Ask:
    with transaction():
        return note_ask(person, WRITE, way=AskWay.IN_PERSON, actor=ORGANISER)


def count_now(audience: str = "") -> LadderCount:
    with transaction():
        count.ask_for(audience)
    run_due_jobs()
    session.expire_all()
    found = count.find_count(audience)
    assert found is not None
    return found


def test_the_picture_says_who_stands_where_who_may_be_asked_and_why_others_wait(app: Flask) -> None:
    signer(60)
    signer(2)
    asked = signer(60)
    note(asked)
    written_down()
    figures = count_now().figures
    assert figures is not None
    assert figures["rungs"] == [1, 3, 0, 0, 0]
    assert figures["steps"][WRITE] == {"free": 1, "mail": 0, "holds": {"early": 1, "asked_this": 1}}
    assert figures["steps"]["sign"]["holds"] == {"no_consent": 1}
    assert figures["came"] == {WRITE: {"asked": 1, "did": 0, "no": 0, "open": 1}}
    client = staff(app, Role.ORGANISER)
    page = client.get("/staff/people/ladder")
    assert "ladder=free:write_one_letter" in page.text or "ladder=free%3Awrite_one_letter" in page.text
    assert client.get("/staff/people/ladder/funnel-light.svg").mimetype == "image/svg+xml"
    assert client.get("/staff/people/ladder/funnel-pink.svg").status_code == 404
    listed = client.get(f"/staff/people?ladder=held:{WRITE}:asked_this")
    assert str(asked) in listed.text
    assert "1 person" in listed.text


def test_before_the_first_count_the_page_says_so_and_a_button_counts(app: Flask) -> None:
    client = staff(app, Role.ORGANISER)
    assert "Not counted yet" in client.get("/staff/people/ladder").text
    assert send(client, "/staff/people/ladder", "/count").status_code == 303
    assert client.get("/staff/people/ladder/count.json").json["is_at_work"] is True
    run_due_jobs()
    assert client.get("/staff/people/ladder/count.json").json["is_at_work"] is False


def test_a_coordinator_of_groups_counts_their_own_alone(app: Flask) -> None:
    group = pens.group()
    _own, who = volunteer()
    pens.member(group, who)
    signer(60)
    client = staff(app, Role.COORDINATOR, group=group.id)
    assert send(client, "/staff/people/ladder", "/count").status_code == 303
    run_due_jobs()
    session.expire_all()
    figures = count.find_count(str(group.id))
    assert figures is not None
    assert figures.figures is not None
    assert figures.figures["rungs"] == [0, 0, 0, 1, 0]
    assert client.get("/staff/people/ladder/rules").status_code == 403


def test_staff_change_the_numbers_within_bounds_and_on_record(app: Flask) -> None:
    client, person = staff(app, Role.ORGANISER), signer(20)
    rules = "/staff/people/ladder/rules"
    refused = send(client, rules, "", rest="2")
    assert refused.status_code == 422
    assert "aria-invalid" in refused.text
    assert session.scalar(select(func.count()).select_from(AskRule)) == 0
    assert send(client, rules, "", **{f"wait:{WRITE}": "30", "rest": "21"}).status_code == 303
    assert {each.name: each.number for each in session.scalars(select(AskRule))} == {f"wait:{WRITE}": 30, "rest": 21}
    assert set(session.scalars(people_held(WRITE, "early"))) == {person}
    assert "30 days" in client.get("/staff/people/ladder").text


def test_i_asked_with_undo_an_answer_and_rest(app: Flask) -> None:
    client, person = staff(app, Role.ORGANISER), signer(60)
    page = f"/staff/people/{person}"
    assert "I asked them" in client.get(page).text
    assert send(client, page, "/asks", step=WRITE).status_code == 303
    shown = client.get(page).text
    assert "I asked them" not in shown
    assert "nothing may be asked" in shown
    assert "Was asked: Write one letter" in shown
    again = client.post(f"{page}/asks", data={"step": WRITE, "csrf_token": _token(shown)})
    assert again.status_code == 409
    made = session.scalars(select(Ask)).one()
    assert send(client, page, f"/asks/{made.id}/undo").status_code == 303
    assert session.scalar(select(func.count()).select_from(Ask)) == 0
    assert session.scalar(select(func.count()).where(Interaction.kind == InteractionKind.ASKED)) == 0
    assert send(client, page, "/asks", step=WRITE).status_code == 303
    made = session.scalars(select(Ask)).one()
    assert send(client, page, f"/asks/{made.id}/answer", said="never").status_code == 303
    session.expire_all()
    assert session.get_one(Ask, made.id).state == AskState.NEVER
    assert send(client, page, f"/asks/{made.id}/undo").status_code == 409
    assert send(client, page, "/rest", months="3").status_code == 303
    assert session.get_one(AskRest, person).until_on == clock.today() + timedelta(days=90)
    assert send(client, page, "/rest", months="").status_code == 303
    session.expire_all()
    assert session.get(AskRest, person) is None
    assert send(client, page, "/rest", months="7").status_code == 404
    other = signer(60)
    assert send(client, f"/staff/people/{other}", f"/asks/{made.id}/answer", said="did").status_code == 404


def _token(text: str) -> str:
    return text.split('name="csrf_token" value="')[1].split('"')[0]


def test_the_day_finds_out_who_did_it_and_closes_what_nobody_answered(app: Flask) -> None:
    did, silent, early = (signer(90) for _each in range(3))
    asks = {person: note(person).id for person in (did, silent, early)}
    with transaction():
        for person, days in ((did, 20), (silent, 31), (early, 20)):
            session.get_one(Ask, asks[person]).asked_on = clock.today() - timedelta(days=days)
        record_interaction(did, InteractionKind.WROTE, on=clock.today() - timedelta(days=5))
        record_interaction(early, InteractionKind.WROTE, on=clock.today() - timedelta(days=25))
    for _twice in range(2):
        with transaction():
            answers.sweep(clock.today())
        session.expire_all()
        rows = {each.person_id: each for each in session.scalars(select(Ask))}
        assert (rows[did].state, rows[did].ended_on) == (AskState.DID, clock.today() - timedelta(days=5))
        assert rows[silent].state == AskState.LAPSED
        assert rows[early].state == AskState.ASKED


def test_a_place_of_the_ladder_means_the_same_in_the_list_and_in_a_segment(app: Flask) -> None:
    free, _early, asked = signer(60), signer(2), signer(60)
    made = note(asked)
    written_down()
    for place in list_places():
        listed = set(session.scalars(select(Person.id).where(*conditions_of(Wanted(ladder=place)))))
        meant = set(session.scalars(compile_tree(tree_of(Wanted(ladder=place)), segment_conditions).members()))
        assert meant == listed, place
    assert set(session.scalars(people_at(f"free:{WRITE}"))) == {free}
    assert set(session.scalars(people_asked(WRITE, 5))) == set(session.scalars(people_asked("", None))) == {asked}
    with transaction():
        answers.answer(made.id, AskState.NOT_NOW, person_id=asked, actor=ORGANISER)
    assert set(session.scalars(people_who_said_no(WRITE))) == {asked}
    assert session.scalars(people_who_said_no("sign")).all() == []


@pytest.mark.parametrize("name", ["ladder-rung", "ladder-free", "ladder-held", "ladder-asked", "ladder-no"])
def test_each_condition_says_itself_in_words(app: Flask, name: str) -> None:
    condition = segment_conditions[name]
    with app.test_request_context():
        values = {
            field.name: field.options()[0][0] if field.options is not None else 5 for field in condition.fields
        }  # fmt: skip
        assert condition.describe(values) != condition.describe_not(values)
        assert "%" not in condition.describe(values)
        assert session.scalars(condition.select(values)).all() == []
