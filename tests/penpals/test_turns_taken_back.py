"""A letter that was noted in a turn and did not go out: on the same day it is taken back, and all is as it was."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Forbidden
from campaign.penpals.models import Assignment, AttentionEntry, Group, GroupTurn, TurnState
from campaign.penpals.service import group_prisoners, rota
from tests.penpals.test_group_pages import page, shown
from tests.penpals.test_groups import ACTOR, give, holder, join, own_writer, turns, write
from tests.support import pens
from tests.support.accounts import submit


def written(group: Group) -> list[GroupTurn]:
    return turns(group, TurnState.WRITTEN)


def take_back(group: Group, turn: GroupTurn) -> None:
    with transaction():
        rota.take_back_written(group.id, turn.id, turn.volunteer_id)


def counted(prisoner) -> int:
    statement = select(func.count()).select_from(AttentionEntry).where(AttentionEntry.prisoner_id == prisoner)
    return session.scalar(statement) or 0


def held(group: Group) -> Assignment:
    statement = select(Assignment).where(Assignment.group_id == group.id, Assignment.volunteer_id.is_(None))
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def test_it_counts_no_more_and_the_turn_is_theirs_again(app):
    group = pens.group()
    join(group)
    prisoner = give(group)
    join(group)
    write(group, clock.today() - timedelta(days=2))
    (next_turn,) = turns(group)
    (turn,) = written(group)
    assert counted(prisoner) == 1
    due = turn.due_on
    take_back(group, turn)
    (again,) = turns(group)
    assert (again.id, again.due_on, again.done_on) == (turn.id, due, None)
    assert session.get(GroupTurn, next_turn.id, populate_existing=True) is None
    assert (counted(prisoner), held(group).last_letter_on) == (0, None)
    with pytest.raises(rota.TurnOver):
        take_back(group, turn)
    write(group)
    assert counted(prisoner) == 1


def test_it_is_taken_back_from_ones_own_assignment_too(app):
    group = pens.group()
    join(group)
    prisoner = give(group)
    write(group, clock.today() - timedelta(days=9))
    own = own_writer(group, prisoner)
    with transaction():
        rota.give_turn(group.id, turns(group)[0].id, own.id, actor=ACTOR)
    write(group)
    turn = next(each for each in written(group) if each.volunteer_id == own.id)
    take_back(group, turn)
    assert holder(group) == own.id
    assert held(group).last_letter_on == clock.today() - timedelta(days=9)
    theirs = session.scalars(select(Assignment).where(Assignment.volunteer_id == own.id)).one()
    assert theirs.last_letter_on is None


def test_not_on_another_day_nor_anothers_nor_after_the_next_letter(app):
    group = pens.group()
    for _each in range(2):
        join(group)
    give(group)
    write(group)
    (first,) = written(group)
    other = next(each for each in (turns(group)[0].volunteer_id,) if each != first.volunteer_id)
    with pytest.raises(Forbidden), transaction():
        rota.take_back_written(group.id, first.id, other)
    with time_machine.travel(clock.now() + timedelta(days=1)), pytest.raises(rota.TurnOver):
        take_back(group, first)
    write(group)
    with pytest.raises(rota.TurnOver):
        take_back(group, first)
    assert len(written(group)) == 2


def test_not_after_the_group_has_handed_them_back(app):
    group = pens.group()
    join(group)
    prisoner = give(group)
    write(group)
    with transaction():
        group_prisoners.hand_back(group.id, prisoner, seen_writers=0, actor=ACTOR)
    (turn,) = written(group)
    with pytest.raises(rota.TurnOver):
        take_back(group, turn)
    assert counted(prisoner) == 1


def test_the_page_offers_it_to_whoever_wrote_and_to_nobody_else(enter):
    group = pens.group()
    me = enter(group)
    give(group)
    other = enter(group)
    assert submit(me, page(group), "/written").status_code == 303
    for path in ("/account/groups", page(group)):
        assert "Was that a slip?" in shown(me, path)
        assert "Was that a slip?" not in shown(other, path)
    assert submit(me, page(group), "/back").status_code == 303
    words = shown(me, page(group))
    assert "It is your turn again." in words
    assert "Was that a slip?" not in words
    assert holder(group) == me.volunteer.id
