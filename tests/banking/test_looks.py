"""Money that went out on the word of one person: another looks, and the month is not closed before."""

import uuid

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from campaign.accounting.queries.waiting import list_checks
from campaign.banking.models import BankLine, LineState
from campaign.banking.service import aside, looks, own
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from tests.banking import made
from tests.banking.made import TREASURER
from tests.funds import made as funds
from tests.support.pages import field_values

pytestmark = pytest.mark.usefixtures("app")
OTHER = uuid.UUID(int=77)


def line(minor: int) -> uuid.UUID:
    return made.line(minor)


def awaits(line_id: uuid.UUID) -> bool:
    session.expire_all()
    return session.get_one(BankLine, line_id).awaits_look


def alone() -> int:
    return next(each.count for each in list_checks(made.DAY, made.DAY) if each.is_blocking)


def ignore(line_id: uuid.UUID) -> None:
    with transaction():
        aside.ignore(line_id, "not_ours", "", TREASURER)


def look(line_id: uuid.UUID, actor: uuid.UUID = OTHER) -> None:
    with transaction():
        looks.look(line_id, actor)


def test_what_is_left_out_or_called_a_fee_waits_for_another(app: Flask) -> None:
    fund, left_out, fee, small, came = funds.fund(), line(-5_000), line(-90_000), line(-2_000), line(5_000)
    ignore(left_out)
    ignore(came)
    with transaction():
        own.post_fee(fee, fund, TREASURER)
        own.post_fee(small, fund, TREASURER)
    assert [awaits(each) for each in (left_out, fee, small, came)] == [True, True, False, False]
    assert alone() == 2
    with pytest.raises(Forbidden):
        look(fee, TREASURER)
    look(fee)
    look(left_out)
    assert alone() == 0
    with pytest.raises(Conflict):
        look(fee)


def test_a_transfer_waits_until_its_other_end_has_come(app: Flask) -> None:
    fund, here, there = funds.fund(), line(-40_000), made.account("Other")
    with transaction():
        posted = own.post_transfer(here, made.account_id(there), fund, TREASURER).id
    assert awaits(here)
    theirs = made.line(40_000, code=there)
    with transaction():
        own.join_transfer(theirs, posted, TREASURER)
    assert not awaits(here)
    assert alone() == 0


def test_taken_up_again_nothing_is_left_to_look_at(app: Flask) -> None:
    found = line(-5_000)
    ignore(found)
    with transaction():
        aside.take_up(found, TREASURER)
    assert not awaits(found)
    ignore(found)
    look(found)
    with transaction():
        aside.take_up(found, TREASURER)
    ignore(found)
    assert awaits(found), "an old look says nothing of a new word"


def test_the_database_refuses_a_look_of_ones_own(app: Flask) -> None:
    found = line(-5_000)
    ignore(found)
    with pytest.raises(IntegrityError), transaction():
        row = session.get_one(BankLine, found)
        row.awaits_look, row.looked_by = False, row.settled_by


def test_the_page_asks_another_and_not_whoever_said_it(sign_in) -> None:
    first, second = sign_in(Role.TREASURER), sign_in(Role.ADMIN)
    found = line(-5_000)
    with transaction():
        aside.ignore(found, "not_ours", "", first.person.id)
    page = f"/staff/statements/lines/{found}"
    assert "I looked: it is so" not in first.get(page).text
    assert "I looked: it is so" in second.get(page).text
    assert "one person alone said" in second.get("/staff").text
    assert first.post(page + "/look", data={}).status_code in {400, 403, 409}
    assert awaits(found)
    form = field_values(second.get(page).text, "/look")
    assert second.post(page + "/look", data=form).status_code == 303
    assert session.get_one(BankLine, found).state == LineState.IGNORED
    assert not awaits(found)
