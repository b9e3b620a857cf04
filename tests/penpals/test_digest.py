"""The coordinator's weekly mail: on Mondays, in numbers, of their own groups, and none where nothing waits."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from campaign.accounts.models import EMAIL, SCOPE
from campaign.accounts.queries import get_account
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane, MailRow
from campaign.penpals.service.digest import MAIL
from tests.support import accounts, pens
from workers.lines.penpals import send_digests


def coordinator(address: str, language: str = "en", *roles: Role, **scope):
    person = accounts.person(*(roles or (Role.COORDINATOR,)), **scope)
    keyring.ensure(SCOPE)
    with transaction():
        account = get_account(person.id, lock=True)
        account.email_sealed = EMAIL.seal(SCOPE, account.id, address)
        account.email_index, account.language = blind_index(SCOPE, address), language
    return person


def next_monday(hour: int = 8) -> datetime:
    today = clock.today()
    day = today + timedelta(days=(7 - today.weekday()) % 7)
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def read(app: Flask, mailserver):
    """Call it for what arrives on that day, after the timetable's line ran twice."""

    def arrived(moment: datetime) -> dict[str, str]:
        with time_machine.travel(moment):
            for _each in range(2):
                send_digests()
            session.remove()
            deliver_lane(Lane.LETTERS, in_context=app.app_context, threads=1)
            session.remove()
        found = {str(mail.message["To"]): mail.text for mail in mailserver.mails}
        mailserver.clear()
        return found

    return arrived


def test_what_waits_in_ones_groups_in_numbers_and_once_a_week(read) -> None:
    mine, _other = pens.group(), pens.group()
    coordinator("one@example.org", group=mine.id)
    coordinator("all@example.org")
    told = read(next_monday())
    assert set(told) == {"one@example.org", "all@example.org"}
    assert "• groups with fewer than two leads: 1" in told["one@example.org"]
    assert "• groups with fewer than two leads: 2" in told["all@example.org"]
    assert "http://localhost/staff" in told["one@example.org"]
    assert "Made-up group" not in told["all@example.org"]
    assert read(next_monday() + timedelta(days=1)) == {}
    assert len(read(next_monday() + timedelta(days=7))) == 2


def test_where_nothing_waits_no_mail_comes(read) -> None:
    coordinator("idle@example.org")
    assert read(next_monday()) == {}


@pytest.mark.parametrize("days", [3, 4, 6])
def test_later_in_the_week_none_comes(read, days: int) -> None:
    pens.group()
    coordinator("all@example.org")
    assert read(next_monday() + timedelta(days=days)) == {}


def test_not_before_the_morning(read, app: Flask) -> None:
    pens.group()
    coordinator("all@example.org")
    assert read(next_monday(hour=1)) == {}
    assert set(read(next_monday(hour=6) + timedelta(minutes=1))) == {"all@example.org"}


def test_only_to_whoever_coordinates_today_and_has_an_address(read) -> None:
    pens.group()
    accounts.person(Role.COORDINATOR)
    coordinator("admin@example.org", "en", Role.ADMIN)
    coordinator("editor@example.org", "en", Role.DATA_EDITOR)
    assert read(next_monday()) == {}
    assert session.scalar(select(func.count()).where(MailRow.kind == MAIL)) == 0


def test_one_count_serves_all_who_coordinate_the_same(app: Flask, mailserver, statements) -> None:
    pens.group()
    for number in range(5):
        coordinator(f"c{number}@example.org")
    with time_machine.travel(next_monday()):
        send_digests()
        session.remove()
        with statements() as few:
            deliver_lane(Lane.LETTERS, in_context=app.app_context, threads=1)
    assert len(mailserver.mails) == 5
    assert len(few) < 40


@pytest.mark.parametrize(
    ("language", "word"),
    [("ru", "группы, где меньше двух ведущих: 1"), ("de", "Gruppen mit weniger als zwei Leitenden: 1")],
)
def test_in_each_language(read, language: str, word: str) -> None:
    pens.group()
    coordinator("all@example.org", language)
    assert word in read(next_monday())["all@example.org"]
