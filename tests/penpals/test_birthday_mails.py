"""A birthday ahead: told in time, once a year, to whoever writes to somebody, and naming nobody."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.penpals.models import Assignment, MemberRole
from campaign.penpals.queries.birthdays import birthday_ahead, born_between
from campaign.penpals.service import assignments
from campaign.prisoners.models import Precision, Prisoner, Publicity
from tests.penpals.test_assignments_time import reachable, running
from tests.penpals.test_groups import give, join
from tests.support import make, pens
from workers.lines.penpals import tell_birthdays

SUBJECT = "A date that is worth a letter"


def born_in(days: int) -> date:
    """A day of birth whose birthday lies so many days ahead."""
    return (clock.today() + timedelta(days=days)).replace(year=1988)


@pytest.fixture
def read(app: Flask, mailserver):
    """Call it for who was told since the last call, after the timetable's line ran twice."""

    def arrived() -> list[tuple[str, str]]:
        for _each in range(2):
            tell_birthdays()
        session.remove()
        deliver_lane(Lane.LETTERS, in_context=app.app_context, threads=1)
        session.remove()
        found = [
            (str(mail.message["To"]), mail.text) for mail in mailserver.mails if SUBJECT in str(mail.message["Subject"])
        ]
        mailserver.clear()
        return found

    return arrived


def test_a_writer_hears_of_it_four_weeks_ahead_and_once(read) -> None:
    person = pens.addressee(born_on=born_in(28), born_precision=Precision.DAY)
    running(person, reachable())
    ((to, text),) = read()
    assert to == "r@example.org"
    assert "http://localhost/account/prisoners" in text
    assert "Вымышл" not in text
    assert person.slug not in text
    for days in (1, 3, 5):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            assert read() == []


@pytest.mark.parametrize("days", [0, 14, 22, 29, 60])
def test_too_early_or_too_late_nobody_is_told(read, days: int) -> None:
    running(pens.addressee(born_on=born_in(days), born_precision=Precision.DAY), reachable())
    assert read() == []


def test_after_an_outage_of_days_it_is_told_late(read) -> None:
    running(pens.addressee(born_on=born_in(23), born_precision=Precision.DAY), reachable())
    assert len(read()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"born_precision": Precision.MONTH},
        {"publicity": Publicity.LIMITED},
        {"born_on": None, "born_precision": None},
    ],
)
def test_only_days_that_are_public(read, changes) -> None:
    person = pens.addressee(born_on=born_in(26), born_precision=Precision.DAY)
    running(person, reachable())
    with transaction():
        for name, value in changes.items():
            setattr(session.get_one(Prisoner, person.id), name, value)
    assert read() == []
    assert birthday_ahead(session.get_one(Prisoner, person.id)) is None


@pytest.mark.parametrize("what", ["asked", "paused", "held", "ended"])
def test_only_whoever_can_write_now(read, what: str) -> None:
    person, writer = pens.addressee(born_on=born_in(26), born_precision=Precision.DAY), reachable()
    if what == "asked":
        with transaction():
            assignments.offer(person.id, writer.id, actor=None)
    else:
        made = running(person, writer)
        with transaction():
            if what == "paused":
                assignments.pause(made.id, clock.today() + timedelta(days=20), actor=None)
            elif what == "held":
                assignments.hold(made.id)
            else:
                session.delete(session.get_one(Assignment, made.id))
    assert read() == []


def test_what_changes_before_it_leaves_counts(read, app: Flask) -> None:
    made = running(pens.addressee(born_on=born_in(26), born_precision=Precision.DAY), reachable())
    tell_birthdays()
    with transaction():
        assignments.hold(made.id)
    assert read() == []


def test_in_a_group_all_who_write_hear_of_it_and_nobody_twice(read) -> None:
    group = pens.group()
    for name, role in (("lead", MemberRole.LEAD), ("writer", MemberRole.WRITER), ("gone", MemberRole.WRITER)):
        volunteer = pens.writer()
        pens.with_address(volunteer, f"{name}@example.org")
        member = join(group, role, volunteer)
        if name == "gone":
            with transaction():
                session.merge(member).left_on = clock.today()
    join(group)  # without an address
    person = give(group)
    with transaction():
        found = session.get_one(Prisoner, person)
        found.born_on, found.born_precision = born_in(25), Precision.DAY
    told = read()
    assert sorted(to for to, _text in told) == ["lead@example.org", "writer@example.org"]
    assert all("http://localhost/account/groups" in text for _to, text in told)


def test_the_29th_of_february_is_the_first_of_march_in_other_years(app: Flask) -> None:
    person = make.public_prisoner(born_on=date(1988, 2, 29))
    with transaction():
        session.get_one(Prisoner, person.id).born_precision = Precision.DAY

    def found(first: date) -> bool:
        return session.query(Prisoner).filter(born_between(first, first + timedelta(days=5))).count() == 1

    assert found(date(2027, 2, 24))
    assert not found(date(2027, 2, 22))
    assert found(date(2028, 2, 24))
    assert not found(date(2028, 3, 1))
    assert found(date(2027, 3, 1))
    assert not found(date(2027, 3, 2))


def test_where_the_mail_leads_the_day_stands(app: Flask, enter) -> None:
    group = pens.group()
    who = enter(group)
    for each in (
        pens.addressee(born_on=born_in(26), born_precision=Precision.DAY),
        pens.addressee(born_on=born_in(90)),
    ):
        running(each, who.volunteer)
    own = who.get("/account/prisoners").text
    assert own.count("A birthday is ahead, on") == 1
    assert str((clock.today() + timedelta(days=26)).year) in own
    assert "Birthdays ahead" not in who.get("/account/groups").text
    person = give(group)
    with transaction():
        found = session.get_one(Prisoner, person)
        found.born_on, found.born_precision = born_in(30), Precision.DAY
    assert "Birthdays ahead" in who.get("/account/groups").text


@pytest.mark.parametrize(("language", "word"), [("ru", "день рождения"), ("de", "Geburtstag")])
def test_in_each_language(app: Flask, mailserver, language: str, word: str) -> None:
    running(pens.addressee(born_on=born_in(26), born_precision=Precision.DAY), reachable(language=language))
    tell_birthdays()
    deliver_lane(Lane.LETTERS, in_context=app.app_context, threads=1)
    assert any(word in mail.text for mail in mailserver.mails)
