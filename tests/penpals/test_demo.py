"""What the demo says of writers and letters: uneven as life is, and in agreement with itself."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from campaign.accounts.models import Account
from campaign.accounts.queries import find_account_by_name
from campaign.accounts.service.demo import make_demo_accounts
from campaign.designations.service import load_register
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.penpals.models import (
    Assignment,
    AttentionDay,
    Evening,
    EveningState,
    Group,
    GroupMember,
    MemberRole,
    Reservation,
    WriterProfile,
)
from campaign.penpals.queries.attention import list_days, list_reachable, spread_of
from campaign.penpals.service import attention
from campaign.people.models import Volunteer
from campaign.prisoners.models import Attention, Prisoner
from campaign.site.demo_evenings import plan_evenings
from campaign.site.demo_letters import load_penpals
from campaign.site.demo_prisoners import load_prisoners


@pytest.fixture
def demo(app):
    with transaction():
        load_register()
        make_demo_accounts(is_demo=True)
        load_prisoners([])
        load_penpals()
    session.expire_all()


@pytest.mark.slow
def test_the_demo_tells_of_writers_and_of_whom_they_leave_out(demo):
    _six_hundred_writers_of_whom_one_can_sign_in()
    _twelve_groups_with_two_leads_each()
    _half_get_nothing()
    _assignments_are_active_and_some_are_offered()
    _ninety_days_are_known_and_agree_with_today()
    with transaction():
        assert attention.rebuild() == 0
    _an_evening_was_held()


def _six_hundred_writers_of_whom_one_can_sign_in():
    writers = select(Volunteer).join(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
    assert session.scalar(select(func.count()).select_from(Volunteer)) == 600
    assert len(session.scalars(writers).all()) == 600
    assert all("made up" in each.pseudonym and each.is_demo for each in session.scalars(writers))
    able = select(Account.username).join(Volunteer, Volunteer.account_id == Account.id)
    assert session.scalars(able.where(Account.passphrase_hash.is_not(None))).all() == ["volunteer-1"]


def _twelve_groups_with_two_leads_each():
    leads = Counter(session.scalars(select(GroupMember.group_id).where(GroupMember.role == MemberRole.LEAD)))
    assert len(leads) == session.scalar(select(func.count()).select_from(Group)) == 12
    assert min(leads.values()) >= 2
    mine = select(GroupMember).join(Volunteer).where(Volunteer.account_id == find_account_by_name("volunteer-1").id)
    assert session.scalar(mine) is not None


def _half_get_nothing():
    fiction = select(Prisoner.id).where(Prisoner.is_demo, ~Prisoner.is_public_figure)
    people = session.scalars(fiction).all()
    written = session.scalars(
        select(Attention.prisoner_id).where(Attention.quarters > 0, Attention.prisoner_id.in_(people))
    ).all()
    assert (len(people), len(written)) == (60, 30)
    famous = select(Attention).join(Prisoner).where(Prisoner.is_public_figure, Attention.quarters > 0)
    assert session.scalars(famous).all() == []
    reachable = list_reachable(clock.today())
    nothing = sum(each.quarters == 0 for each in reachable)
    assert abs(2 * nothing - len(reachable)) <= 2


def _assignments_are_active_and_some_are_offered():
    states = Counter(session.scalars(select(Assignment.state)))
    assert states["active"] >= 20
    assert {"offered", "paused", "ended"} <= set(states)
    mine = (
        select(Assignment.state).join(Volunteer).where(Volunteer.account_id == find_account_by_name("volunteer-1").id)
    )
    assert set(session.scalars(mine)) >= {"active", "offered"}


def _an_evening_was_held():
    with transaction():
        plan_evenings()
    (held,) = session.scalars(select(Evening).where(Evening.state == EveningState.RECORDED)).all()
    cards = Counter(session.scalars(select(Reservation.state).where(Reservation.evening_id == held.event_id)))
    assert (held.addressees, cards) == (9, {"written": 7, "live": 1, "released": 1})
    _half_get_nothing()


def _ninety_days_are_known_and_agree_with_today():
    days = list_days()
    assert len(days) == session.scalar(select(func.count()).select_from(AttentionDay)) == 90
    quarters = [each.quarters for each in list_reachable(clock.today())]
    assert days[-1].deciles == list(spread_of(quarters).deciles)
    assert abs(days[-1].quarters - days[-2].quarters) < 40
    assert days[-1].gini > 600
