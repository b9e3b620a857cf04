"""Asking many: seen beforehand, done in parts, safe to run twice, by mail with a second person, stopped, undone."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.people.models import (
    Ask,
    AskRound,
    AskRoundPerson,
    AskRule,
    AskWay,
    Interaction,
    InteractionKind,
    RoundState,
    SegmentFreeze,
)
from campaign.people.queries.ladder import Hold
from campaign.people.service.ladder import rounds
from campaign.people.service.ladder.ask import note_ask
from campaign.people.service.ladder.rounds import Wish
from tests.people.ladder.steps import ORGANISER, signer
from tests.people.pages import come, staff
from tests.people.segments.made import add, lives, reader, segment
from tests.support import accounts, pens
from tests.support.pages import PageClient
from tests.support.smtp import Mailserver
from workers.drain import run_due_jobs

WRITE = "write_one_letter"
ASKS = "/staff/people/ladder/asks"


def wish(way: AskWay = AskWay.IN_PERSON, most: int = 100, segment_id: uuid.UUID | None = None) -> Wish:
    return Wish(WRITE, way, most, segment_id)


def begin(which: Wish, seen: int) -> uuid.UUID:
    actor = reader()
    with transaction():
        return rounds.begin(which, seen=seen, actor=actor).id


def stored(round_id: uuid.UUID) -> AskRound:
    session.expire_all()
    return session.get_one(AskRound, round_id)


def count_asks() -> int:
    return session.scalar(select(func.count()).select_from(Ask)) or 0


def mailable(number: int) -> list[uuid.UUID]:
    return [signer(60, news=True, email=f"person-{each}@people.example") for each in range(number)]


def approve(round_id: uuid.UUID) -> None:
    second = reader()
    with transaction():
        rounds.approve(round_id, actor=second)


def test_the_preview_says_how_many_and_who_is_left_out_and_why(app: Flask) -> None:
    for days in (60, 60, 60, 2):
        signer(days)
    asked = signer(60)
    with transaction():
        note_ask(asked, WRITE, way=AskWay.IN_PERSON, actor=ORGANISER)
    seen = rounds.preview(wish(most=2), reader())
    assert (seen.stand, seen.free, seen.asked) == (5, 3, 2)
    assert dict(seen.holds) == {Hold.EARLY: 1, Hold.ASKED_THIS: 1}
    assert rounds.preview(wish(AskWay.MAIL), reader()).free == 0


def test_each_is_asked_once_in_parts_and_running_it_again_asks_nobody(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "PART", 2)
    people = [signer(60) for _each in range(5)]
    made = begin(wish(), 5)
    with transaction():
        note_ask(people[0], WRITE, way=AskWay.IN_PERSON, actor=ORGANISER)
    run_due_jobs()
    row = stored(made)
    assert (row.state, row.amount, row.asked) == (RoundState.DONE, 5, 4)
    left = session.scalars(select(AskRoundPerson).where(AskRoundPerson.hold != "")).one()
    assert (left.person_id, left.hold) == (people[0], Hold.ASKED_THIS)
    for _twice in range(2):
        with transaction():
            rounds.go_on(made)
    assert count_asks() == 5


def test_when_the_number_is_another_than_was_seen_nothing_begins(app: Flask) -> None:
    signer(60)
    for seen in (0, 2):
        with pytest.raises(Conflict):
            begin(wish(), seen)
    assert session.scalar(select(func.count()).select_from(AskRound)) == 0


def test_of_a_segment_alone_and_it_is_written_down_as_used(app: Flask) -> None:
    signer(60)
    actor = reader()
    nobody = segment(add(lives("FR")), actor=actor, is_shared=True)
    everybody = segment(add(lives("FR", is_not=True)), actor=actor, is_shared=True)
    assert rounds.preview(wish(segment_id=nobody.id), actor).free == 0
    with transaction():
        made = rounds.begin(wish(segment_id=everybody.id), seen=1, actor=actor)
    assert made.amount == 1
    assert session.scalars(select(SegmentFreeze.segment_id)).all() == [everybody.id]


def test_noted_asks_are_taken_back_with_their_lines_until_tomorrow(app: Flask) -> None:
    for _each in range(3):
        signer(60)
    made = begin(wish(), 3)
    run_due_jobs()
    with transaction():
        rounds.stop(made, actor=ORGANISER)
    row = stored(made)
    assert (row.state, row.taken_back, count_asks()) == (RoundState.STOPPED, 3, 0)
    assert session.scalar(select(func.count()).where(Interaction.kind == InteractionKind.ASKED)) == 0
    with pytest.raises(Conflict), transaction():
        rounds.stop(made, actor=ORGANISER)
    again = begin(wish(), 3)
    run_due_jobs()
    with time_machine.travel(clock.now() + timedelta(days=3)), pytest.raises(Conflict), transaction():
        rounds.stop(again, actor=ORGANISER)


def test_a_mail_needs_a_second_person_waits_ten_minutes_and_keeps_to_the_day(
    app: Flask, mailserver: Mailserver
) -> None:
    mailable(5)
    with transaction():
        session.add(AskRule(name="mails", number=3, changed_by=None, changed_on=clock.today()))
    first = reader()
    with transaction():
        made = rounds.begin(wish(AskWay.MAIL), seen=5, actor=first).id
    run_due_jobs()
    assert (stored(made).state, count_asks()) == (RoundState.PROPOSED, 0)
    with pytest.raises(Conflict), transaction():
        rounds.approve(made, actor=first)
    narrowed = reader(Role.COORDINATOR, group=pens.group().id)
    with pytest.raises(Forbidden), transaction():
        rounds.approve(made, actor=narrowed)
    noon = clock.now().replace(hour=12)
    with time_machine.travel(noon):
        approve(made)
        run_due_jobs()
        assert (stored(made).state, count_asks()) == (RoundState.WAITING, 0)
    with time_machine.travel(noon + timedelta(minutes=11)):
        run_due_jobs()
        deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
        assert (stored(made).state, count_asks(), len(mailserver.mails)) == (RoundState.RUNNING, 3, 3)
    with time_machine.travel(noon + timedelta(days=1)):
        run_due_jobs()
        assert (stored(made).state, count_asks()) == (RoundState.DONE, 5)


def test_a_mail_is_stopped_before_it_leaves_and_what_left_stays(app: Flask, mailserver: Mailserver) -> None:
    mailable(4)
    made = begin(wish(AskWay.MAIL), 4)
    noon = clock.now().replace(hour=12)
    with time_machine.travel(noon):
        approve(made)
    with time_machine.travel(noon + timedelta(minutes=11)):
        run_due_jobs()
        assert count_asks() == 4
        mailserver.answer = lambda verb, to: "451 later" if verb == "RCPT" and "person-0" not in to else None
        deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
        with transaction():
            rounds.stop(made, actor=ORGANISER)
        assert (stored(made).taken_back, count_asks()) == (3, 1)
        mailserver.answer = lambda verb, recipient: None
    with time_machine.travel(noon + timedelta(days=1)):
        run_due_jobs()
        deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
    assert len(mailserver.mails) == 1


def post(client: PageClient, page: str, where: str, **values: str) -> int:
    text = client.get(page).text
    token = text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(where, data={"csrf_token": token, **values}).status_code


def test_an_organiser_asks_many_on_the_page_and_another_approves(app: Flask) -> None:
    mailable(2)
    client, second = staff(app, Role.ORGANISER), staff(app, Role.ORGANISER)
    query = f"{ASKS}/new?step={WRITE}&way=mail&most=50"
    assert "Prepare the mail to 2 people" in client.get(query).text
    chosen = {"step": WRITE, "way": "mail", "most": "50"}
    assert post(client, query, f"{ASKS}/new", seen="7", **chosen) == 409
    assert post(client, query, f"{ASKS}/new", seen="2", **{**chosen, "step": "fly"}) == 422
    assert post(client, query, f"{ASKS}/new", seen="2", **chosen) == 303
    made = session.scalars(select(AskRound.id)).one()
    page = f"{ASKS}/{made}"
    assert "Approve it" not in client.get(page).text
    assert post(client, page, f"{page}/approve") == 409
    assert "Approve it" in second.get(page).text
    assert post(second, page, f"{page}/approve") == 303
    assert second.get(f"{page}/progress").json == {"done": 0, "is_at_work": False}
    assert post(client, page, f"{page}/stop") == 303
    assert stored(made).state == RoundState.STOPPED
    assert "stopped" in client.get(ASKS).text


def test_a_coordinator_of_groups_asks_their_own_alone_and_sees_no_act_of_others(app: Flask) -> None:
    signer(60)
    other = begin(wish(), 1)
    own = accounts.person(Role.COORDINATOR, group=pens.group().id, app=True)
    client = come(app, own)
    assert client.get(f"{ASKS}/{other}").status_code == 404
    assert rounds.preview(wish(), own.signed_in()).stand == 0
    assert "never asked at once" in client.get(ASKS).text
