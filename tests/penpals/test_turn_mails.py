"""The mails of a group's turns as their readers get them: once each, naming nobody, and none where no address is."""

from datetime import timedelta

import pytest
import time_machine

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.penpals.models import Group, MemberRole
from campaign.penpals.service import members, rota
from campaign.prisoners.models import Prisoner
from tests.penpals.test_group_pages import shown
from tests.penpals.test_groups import ACTOR, give, join, turns
from tests.support import pens
from workers.lines.penpals import keep_rota

MINE = {"en": "It is your turn", "ru": "Ваша очередь", "de": "Sie sind an der Reihe"}
LEADS = "Something waits for you as a lead"


def reachable(group: Group, address: str, role: MemberRole = MemberRole.WRITER, language: str = "en"):
    volunteer = pens.writer()
    pens.with_address(volunteer, address, language)
    join(group, role, volunteer)
    return volunteer


@pytest.fixture
def read(app, mailserver):
    """Call it for what has arrived since the last call, after the timetable's line ran twice."""

    def arrived(*, runs: int = 2):
        for _each in range(runs):
            keep_rota()
        session.remove()
        for lane in Lane:
            deliver_lane(lane, in_context=app.app_context, threads=1)
        session.remove()
        found = [(str(each.message["To"]), str(each.message["Subject"]), each.text) for each in mailserver.mails]
        mailserver.clear()
        return found

    return arrived


@pytest.fixture
def on(app):
    """Call it for a day, counted from the one on which the group's turn is due."""

    def travel(group: Group, days: int):
        due = turns(group)[0].due_on
        noon = clock.now() + (due - clock.today())
        return time_machine.travel(noon + timedelta(days=days))

    return travel


def due_ago(group: Group, days: int) -> None:
    """A session ends when time goes on, so for pages the turn moves instead."""
    (turn,) = turns(group)
    with transaction():
        turn.due_on = clock.today() - timedelta(days=days)


def test_whose_turn_it_is_hears_of_it_three_days_before_and_on_the_day(read, on):
    group = pens.group()
    reachable(group, "w@example.org")
    person = session.get_one(Prisoner, give(group))
    assert read() == []
    with on(group, -4):
        assert read() == []
    for days in (-3, 0):
        with on(group, days):
            ((to, subject, text),) = read()
        assert (to, subject) == ("w@example.org", "It is your turn")
        assert "/account/groups" in text
        (turn,) = turns(group)
        for word in (person.slug, str(person.id), str(turn.id), person.full_name_ru, group.slug, group.names["en"]):
            assert word not in subject + text
    for days in (-2, 1):
        with on(group, days):
            assert read() == []


@pytest.mark.parametrize(("language", "subject"), list(MINE.items()))
def test_a_turn_is_told_in_the_readers_language(read, on, language, subject):
    group = pens.group()
    reachable(group, f"{language}@example.org", language=language)
    give(group)
    with on(group, 0):
        ((_to, told, text),) = read()
    assert told == subject
    assert ("/account/groups" if language == "en" else f"/{language}/account/groups") in text


def test_without_an_address_there_is_no_mail_and_the_page_says_it(read, enter):
    group = pens.group()
    me = enter(group)
    give(group)
    assert "Your letter is due by" in shown(me, "/account/groups")
    due_ago(group, 4)
    assert read() == []
    assert "overdue since" in shown(me, "/account/groups")


def test_a_turn_that_was_written_or_passed_on_meanwhile_is_not_told(app, read, on):
    group = pens.group()
    reachable(group, "w@example.org")
    give(group)
    with on(group, 0):
        keep_rota()
        (turn,) = turns(group)
        with transaction():
            rota.report_written(group.id, turn.id, turn.volunteer_id, clock.today())
        assert read(runs=0) == []


def test_whoever_gets_a_turn_that_was_passed_on_is_told_before_it_is_due(read, on):
    group = pens.group()
    for number in range(2):
        reachable(group, f"w{number}@example.org")
    give(group)
    with on(group, 0):
        ((first, _subject, _text),) = read()
        (turn,) = turns(group)
        with transaction():
            assert rota.skip_turn(group.id, turn.id, turn.volunteer_id)
        assert read() == []
        left = turns(group)[0].due_on - clock.today()
        assert left == timedelta(days=rota.GRACE_DAYS)
    with on(group, -3):
        ((second, subject, _text),) = read()
    assert {first, second} == {"w0@example.org", "w1@example.org"}
    assert subject == "It is your turn"


def test_the_leads_hear_once_of_a_letter_that_is_overdue(read, on, enter):
    group = pens.group()
    reachable(group, "lead@example.org", MemberRole.LEAD)
    without = enter(group, MemberRole.LEAD)
    give(group)
    read()
    (turn,) = turns(group)
    writer = pens.writer()
    join(group, who=writer)
    with transaction():
        rota.give_turn(group.id, turn.id, writer.id, actor=ACTOR)
    for days in (0, 2):
        with on(group, days):
            assert read() == []
    with on(group, 3):
        ((to, subject, text),) = read()
        assert (to, subject) == ("lead@example.org", LEADS)
        assert "a letter is overdue" in text
    for days in (4, 8, 9, 12):
        with on(group, days):
            assert read() == []
    due_ago(group, 3)
    assert "1 letter is overdue" in shown(without, "/account/groups")


def test_the_leads_are_told_once_a_day_that_nobody_takes_a_turn(read):
    group = pens.group()
    reachable(group, "lead@example.org", MemberRole.LEAD)
    give(group)
    read()
    for _each in range(2):
        (turn,) = turns(group)
        with transaction():
            assert not rota.skip_turn(group.id, turn.id, turn.volunteer_id)
    ((to, subject, _text),) = read()
    assert (to, subject) == ("lead@example.org", LEADS)


def test_nobody_is_told_of_what_is_long_past(read, on):
    group = pens.group()
    reachable(group, "lead@example.org", MemberRole.LEAD)
    give(group)
    read()
    with on(group, 20):
        assert read() == []


def test_whoever_has_left_is_told_nothing(read, on):
    group = pens.group()
    reachable(group, "stays@example.org", MemberRole.LEAD)
    gone = reachable(group, "goes@example.org")
    give(group)
    (turn,) = turns(group)
    with transaction():
        rota.give_turn(group.id, turn.id, gone.id, actor=ACTOR)
    with on(group, -3):
        keep_rota()
        with transaction():
            members.leave_group(group.id, gone.id, actor=ACTOR)
        told = read()
    assert "goes@example.org" not in {to for to, subject, _text in told if subject == MINE["en"]}
