"""Writers sign up, are accepted, rest, come back and leave; nobody they write to is dropped silently."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from campaign.accounts.models import Account, AccountState, Origin, RoleGrant, SignInSession
from campaign.accounts.queries import current_roles, get_account
from campaign.accounts.service.accounts import UsernameTaken, lock_account, unlock_account
from campaign.accounts.service.accounts import leave as leave_account
from campaign.accounts.service.emails import EMAIL, SCOPE
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.mail.rows import MailRow
from campaign.penpals.hooks.writers import RULES
from campaign.penpals.models import (
    Assignment,
    AssignmentEvent,
    AssignmentState,
    EndReason,
    GroupMember,
    MemberRole,
    WriterProfile,
)  # fmt: skip
from campaign.penpals.service import writer_clock, writers
from campaign.people.models import Volunteer, VolunteerEvent, VolunteerState
from campaign.people.service import volunteers
from tests.support import accounts, make, pens

S = VolunteerState
OFFER = writers.Offer(
    mode="penpal", lives="outside", languages=["ru", "de"], channels=["handwriting"], promise_days=30, capacity=2,
    topics=["cats"], avoids=["minors"],
)  # fmt: skip
PASSPHRASE = "violet harbour ladder quietly"


def sign_up(name: str = "quiet-otter") -> Volunteer:
    with transaction():
        writers.sign_up(name, PASSPHRASE, OFFER, language="en")
    session.expunge_all()
    return session.scalars(select(Volunteer).where(Volunteer.pseudonym == name)).one()


def give_address(volunteer: Volunteer) -> None:
    assert volunteer.account_id is not None
    keyring.ensure(SCOPE)
    with transaction():
        account = get_account(volunteer.account_id, lock=True)
        account.email_sealed = EMAIL.seal(SCOPE, account.id, f"{account.username}@example.org")
        account.email_index = uuid.uuid4().bytes * 2


def assign(volunteer: Volunteer, state: AssignmentState = AssignmentState.ACTIVE) -> Assignment:
    today, somebody = clock.today(), make.public_prisoner().id
    with transaction():
        made = Assignment(
            id=uuid.uuid4(), prisoner_id=somebody, volunteer_id=volunteer.id, state=state, promise_days=30,
            created_on=today, answer_by=today, next_letter_on=today,
        )  # fmt: skip
        session.add(made)
    return made


def again(volunteer: Volunteer) -> Volunteer:
    session.expire_all()
    return session.get_one(Volunteer, volunteer.id)


def kinds_of_mail() -> list[str]:
    return sorted(session.scalars(select(MailRow.kind)))


def test_signing_up_makes_an_account_a_role_a_volunteer_and_a_profile(app):
    made = sign_up()
    assert (made.state, made.trust) == (S.APPLIED, 0)
    profile = session.get_one(WriterProfile, made.id)
    assert (profile.languages, profile.avoids, profile.risk_text) == (["de", "ru"], ["minors"], writers.RISK_TEXT)
    grant = session.scalars(select(RoleGrant).where(RoleGrant.account_id == made.account_id)).one()
    assert (grant.role, grant.origin) == (Role.VOLUNTEER, Origin.SIGN_UP)
    assert [event.now for event in session.scalars(select(VolunteerEvent))] == [S.APPLIED]
    with pytest.raises(UsernameTaken), transaction():
        writers.sign_up("Quiet_Otter", PASSPHRASE, OFFER, language="en")


def test_an_account_that_is_there_offers_once(app):
    who = accounts.person(Role.COORDINATOR)
    with transaction():
        writers.begin_writing(who.id, OFFER)
    with pytest.raises(volunteers.AlreadyVolunteer), transaction():
        writers.begin_writing(who.id, OFFER)
    assert current_roles(who.id) == {Role.COORDINATOR, Role.VOLUNTEER}


def test_the_way_to_active_goes_step_by_step(app):
    made, actor = sign_up(), uuid.uuid4()
    give_address(made)
    for wrong in (S.PROBATION, S.ACTIVE):
        with pytest.raises(volunteers.NotThatStep), transaction():
            writers.move_on(made.id, wrong, actor=actor)
    for step in (S.SCREENING, S.PROBATION, S.ACTIVE):
        with transaction():
            writers.move_on(made.id, step, actor=actor)
    assert again(made).state == S.ACTIVE
    assert [event.now for event in session.scalars(select(VolunteerEvent).order_by(VolunteerEvent.id))] == [
        S.APPLIED, S.SCREENING, S.PROBATION, S.ACTIVE,
    ]  # fmt: skip
    assert kinds_of_mail() == ["writer.accepted", "writer.changed", "writer.changed"]


def test_two_clicks_make_one_step(app):
    made = sign_up()
    outcomes: list[str] = []

    def click() -> None:
        with app.app_context():
            try:
                with transaction():
                    writers.move_on(made.id, S.SCREENING, actor=uuid.uuid4(), seen_version=1)
                outcomes.append("moved")
            except Conflict:
                outcomes.append("told")
            session.remove()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["moved", "told"]
    assert session.scalar(select(func.count()).where(VolunteerEvent.now == S.SCREENING)) == 1


@pytest.mark.parametrize("before", [S.PROBATION, S.ACTIVE])
def test_a_pause_ends_on_its_day_where_one_was(app, before):
    made = pens.writer(before)
    runs, today = assign(made), clock.today()
    for wrong in (today, today + timedelta(days=400)):
        with pytest.raises(writers.BadPause), transaction():
            writers.pause(made.id, wrong, actor=made.account_id)
    with transaction():
        writers.pause(made.id, today + timedelta(days=10), actor=made.account_id)
    with transaction():
        writers.pause(made.id, today + timedelta(days=20), actor=made.account_id)
    assert again(made).state == S.PAUSED
    assert session.get_one(Assignment, runs.id).state == AssignmentState.PAUSED
    with transaction():
        assert writer_clock.end_pauses(today + timedelta(days=19)) == 0
        assert writer_clock.end_pauses(today + timedelta(days=20)) == 1
    assert again(made).state == before
    assert session.get_one(Assignment, runs.id).state in {AssignmentState.ACTIVE, AssignmentState.ACCEPTED}
    with transaction():
        assert writer_clock.end_pauses(today + timedelta(days=20)) == 0


def test_who_applied_cannot_rest(app):
    made = sign_up()
    with pytest.raises(volunteers.NotThatStep), transaction():
        writers.pause(made.id, clock.today() + timedelta(days=3), actor=made.account_id)


def test_a_capacity_below_what_runs_takes_nobody_away(app):
    made = pens.writer(capacity=3)
    for _ in range(3):
        assign(made)
    profile = session.get_one(WriterProfile, made.id)
    fewer = writers.Offer("penpal", "outside", ["ru"], ["handwriting"], 30, 1)
    with transaction():
        writers.change_offer(made.id, fewer, seen_version=profile.version)
    assert session.scalar(select(func.count()).where(Assignment.state == AssignmentState.ACTIVE)) == 3
    with pytest.raises(Conflict), transaction():
        writers.change_offer(made.id, fewer, seen_version=1)


def test_leaving_hands_everybody_on_and_forgets_the_writer(app):
    made, group = pens.writer(), pens.group()
    runs, offered = assign(made), assign(made, AssignmentState.OFFERED)
    with transaction():
        session.add(
            GroupMember(
                id=uuid.uuid4(), group_id=group.id, volunteer_id=made.id, role=MemberRole.WRITER,
                joined_on=clock.today(),
            )
        )  # fmt: skip
    with transaction():
        assert writers.leave(made.id, actor=made.account_id) == 2
    gone = again(made)
    assert (gone.state, gone.account_id, gone.pseudonym[:5]) == (S.LEFT, None, "left-")
    assert session.get(WriterProfile, made.id) is None
    assert session.get_one(Assignment, runs.id).end_reason == EndReason.WRITER_LEFT
    assert session.get_one(Assignment, offered.id).state not in {AssignmentState.OFFERED, AssignmentState.ACTIVE}
    assert session.scalar(select(func.count()).where(AssignmentEvent.assignment_id == runs.id)) >= 1
    assert session.scalar(select(GroupMember.left_on)) == clock.today()
    assert session.scalar(select(func.count()).where(VolunteerEvent.actor_id.is_not(None))) == 0


def test_closing_the_account_leaves_first(app):
    made = pens.writer()
    runs = assign(made)
    account_id = made.account_id
    assert account_id is not None
    with transaction():
        leave_account(account_id)
    assert again(made).state == S.LEFT
    assert session.get_one(Assignment, runs.id).state == AssignmentState.ENDED
    assert session.get_one(Account, account_id).state == AccountState.LEFT


def test_somebody_without_a_profile_can_close_their_account(app):
    made = pens.volunteer()
    assert made.account_id is not None
    with transaction():
        leave_account(made.account_id)
    assert again(made).state == S.LEFT


def test_a_locked_account_is_given_nobody_and_comes_back_by_itself(app):
    made, admin = pens.writer(), accounts.person(Role.ADMIN, app=True).signed_in()
    account_id = made.account_id
    assert account_id is not None
    with transaction():
        lock_account(admin, account_id)
    assert again(made).state == S.PAUSED
    with transaction():
        unlock_account(admin, account_id)
    with transaction():
        assert writer_clock.end_pauses(clock.today() + timedelta(days=500)) == 0
        writers.resume(made.id, actor=account_id)
    assert again(made).state == S.ACTIVE


def test_who_is_away_for_half_a_year_is_warned_a_week_before(app):
    made, today = pens.writer(), clock.today()
    give_address(made)
    runs = assign(made)
    with transaction():
        session.execute(update(Volunteer).values(seen_on=today, state_since_on=today))
    week_before = today + writer_clock.AWAY - writer_clock.NOTICE
    with transaction():
        assert writer_clock.warn(week_before - timedelta(days=1)) == 0
        assert writer_clock.warn(week_before) == 1
        assert writer_clock.warn(week_before) == 0
    with transaction():
        assert writer_clock.let_go(today + writer_clock.AWAY - timedelta(days=1)) == 0
        assert writer_clock.let_go(today + writer_clock.AWAY) == 1
    assert again(made).state == S.INACTIVE
    assert session.get_one(Assignment, runs.id).state == AssignmentState.ENDED
    assert kinds_of_mail() == ["writer.changed", "writer.warning"]
    with transaction():
        writers.ask_again(made.id, actor=uuid.uuid4())
    assert again(made).state == S.APPLIED


def test_a_warning_is_never_skipped_by_a_clock_that_stood_still(app):
    pens.writer()
    late = clock.today() + timedelta(days=900)
    with transaction():
        assert writer_clock.let_go(late) == 0
        assert writer_clock.warn(late) == 1
        assert writer_clock.let_go(late) == 0
        assert writer_clock.let_go(late + writer_clock.NOTICE) == 1


def test_signing_in_is_a_sign_of_life(app):
    made, today = pens.writer(), clock.today()
    who = accounts.Person(made.account_id or uuid.uuid4(), made.pseudonym)
    who.signed_in()
    with transaction():
        session.execute(update(Volunteer).values(warned_on=today))
        session.execute(update(SignInSession).values(last_on=today + timedelta(days=3)))
        writer_clock.note_presence()
    assert (again(made).seen_on, again(made).warned_on) == (today + timedelta(days=3), None)


def test_the_role_lives_as_long_as_the_volunteer(app):
    made, soon = sign_up(), clock.today() + timedelta(days=80)
    with transaction():
        assert writer_clock.renew_roles(clock.today()) == 0
        assert writer_clock.renew_roles(soon) == 1
    actor = uuid.uuid4()
    with transaction():
        writers.move_on(made.id, S.INACTIVE, actor=actor)
        assert writer_clock.renew_roles(soon + timedelta(days=300)) == 0


def test_an_offer_that_nobody_answered_goes_and_the_account_stays(app):
    made = sign_up()
    give_address(made)
    account_id, late = made.account_id, clock.today() + timedelta(days=90)
    assert RULES[0].apply(late - timedelta(days=1)) == 0
    with transaction():
        assert RULES[0].apply(late) == 1
    session.expire_all()
    assert session.get(Volunteer, made.id) is None
    assert session.get(WriterProfile, made.id) is None
    assert session.get_one(Account, account_id).state == AccountState.ACTIVE
    assert kinds_of_mail() == ["writer.unanswered"]


def test_what_is_left_of_who_left_goes_after_180_days(app):
    made = pens.writer()
    with transaction():
        writers.leave(made.id, actor=made.account_id)
    assert RULES[1].apply(clock.today() + timedelta(days=179)) == 0
    with transaction():
        assert RULES[1].apply(clock.today() + timedelta(days=180)) == 1
    session.expire_all()
    assert session.get(Volunteer, made.id) is None


def test_trust_is_zero_to_two(app):
    made = pens.writer()
    with pytest.raises(ValueError, match="3"), transaction():
        volunteers.set_trust(made.id, 3, actor=uuid.uuid4())
    with transaction():
        volunteers.set_trust(made.id, 2, actor=uuid.uuid4())
    assert again(made).trust == 2
    with pytest.raises(NotFound), transaction():
        volunteers.set_trust(uuid.uuid4(), 1, actor=uuid.uuid4())
