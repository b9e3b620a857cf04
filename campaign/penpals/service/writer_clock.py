"""What happens to writers by itself: pauses end, roles are renewed, and whoever is gone for half a year is let go."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select, update

from campaign.accounts.models import Account, AccountState, Origin, RoleGrant, SignInSession
from campaign.accounts.service.roles import put_grant
from campaign.kernel.actors import Role
from campaign.kernel.db import session
from campaign.penpals.models import LIVE, Assignment, WriterProfile
from campaign.penpals.service import writer_mails, writers
from campaign.people.models import AT_WORK, Volunteer, VolunteerState
from campaign.people.service import volunteers

AWAY = timedelta(days=182)
NOTICE = timedelta(days=7)
RENEW_BEFORE = timedelta(days=14)
# Beside those who rest: a pause ends by itself, and whoever waits for an answer owes no sign of life.
_WATCHED = (*sorted(AT_WORK), VolunteerState.PAUSED)


@dataclass(slots=True)
class Turned:
    """What one round did."""

    resumed: int = 0
    warned: int = 0
    gone: int = 0
    renewed: int = 0


def turn(today: date) -> Turned:
    """Do what is due today. Safe to repeat: each part finds by state what is left to do."""
    note_presence()
    return Turned(end_pauses(today), warn(today), let_go(today), renew_roles(today))


def note_presence() -> None:
    """Keep the last day on which each volunteer was here, since their sessions are deleted.

    Being here is signing in, or changing anything while signed in, or having a letter noted.
    """
    here = (
        select(SignInSession.account_id, func.max(SignInSession.last_on).label("day"))
        .group_by(SignInSession.account_id)
        .subquery()
    )
    session.execute(
        update(Volunteer)
        .where(Volunteer.account_id == here.c.account_id, func.coalesce(Volunteer.seen_on, date.min) < here.c.day)
        .values(seen_on=here.c.day, warned_on=None)
    )
    wrote = (
        select(Assignment.volunteer_id, func.max(Assignment.last_letter_on).label("day"))
        .where(Assignment.volunteer_id.is_not(None), Assignment.state.in_(LIVE))
        .group_by(Assignment.volunteer_id)
        .subquery()
    )
    session.execute(
        update(Volunteer)
        .where(Volunteer.id == wrote.c.volunteer_id, func.coalesce(Volunteer.seen_on, date.min) < wrote.c.day)
        .values(seen_on=wrote.c.day, warned_on=None)
    )
    session.expire_all()


def end_pauses(today: date) -> int:
    """End the pauses whose day has come, of accounts that are not locked; gives how many."""
    due = (
        select(Volunteer.id)
        .join(WriterProfile, WriterProfile.volunteer_id == Volunteer.id)
        .join(Account, Account.id == Volunteer.account_id)
        .where(
            Volunteer.state == VolunteerState.PAUSED,
            WriterProfile.paused_until <= today,
            Account.state == AccountState.ACTIVE,
        )
        .order_by(Volunteer.id)
    )
    return _each(session.scalars(due).all(), lambda one: writers.resume(one, actor=None))


def warn(today: date) -> int:
    """Tell those who were not here for half a year less a week that they will count as gone; gives how many."""
    due = select(Volunteer).where(
        _last_here() <= today - AWAY + NOTICE, Volunteer.state.in_(_WATCHED), Volunteer.warned_on.is_(None)
    )
    found = session.scalars(due.order_by(Volunteer.id).with_for_update(skip_locked=True)).all()
    for each in found:
        each.warned_on = today
    session.flush()
    for each in found:
        writer_mails.tell(each, writer_mails.WARNING)
    return len(found)


def let_go(today: date) -> int:
    """Count those as gone who were told a week ago and did not come; gives how many."""
    due = select(Volunteer.id).where(
        _last_here() <= today - AWAY, Volunteer.state.in_(_WATCHED), Volunteer.warned_on <= today - NOTICE
    )
    return _each(session.scalars(due.order_by(Volunteer.id)).all(), writers.become_inactive)


def renew_roles(today: date) -> int:
    """Renew the role of those who signed up by themselves, as long as they are volunteers; gives how many.

    A role of 90 days is renewed by a second person (SAFETY.md 11) because it opens what others entrust to us. This one
    opens nothing but the holder's own pages, and the second person stands where they are accepted; whoever is not here
    for half a year is let go above, and their role then ends with its days.
    """
    held = (
        select(RoleGrant.account_id, RoleGrant.origin)
        .join(Volunteer, Volunteer.account_id == RoleGrant.account_id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role == Role.VOLUNTEER,
            RoleGrant.scope_kind.is_(None),
            RoleGrant.revoked_on.is_(None),
            RoleGrant.origin.in_((Origin.SIGN_UP, Origin.DEMO)),
            RoleGrant.expires_on <= today + RENEW_BEFORE,
            Volunteer.state != VolunteerState.INACTIVE,
            Account.state == AccountState.ACTIVE,
        )
        .order_by(RoleGrant.account_id)
    )
    rows = session.execute(held).all()
    for account_id, origin in rows:
        put_grant(account_id, Role.VOLUNTEER, origin=Origin(origin))
    return len(rows)


def forget_unanswered(today: date) -> int:
    """Delete offers that nobody answered within 90 days, and tell whoever made them; the account stays theirs."""
    due = select(Volunteer).where(
        Volunteer.state == VolunteerState.APPLIED,
        Volunteer.state_since_on <= today - timedelta(days=writers.UNANSWERED_DAYS),
    )
    found = session.scalars(due.order_by(Volunteer.id).with_for_update(skip_locked=True)).all()
    for each in found:
        writer_mails.tell(each, writer_mails.UNANSWERED)
        volunteers.delete_volunteer(each.id)
    session.expire_all()
    return len(found)


def forget_left(today: date) -> int:
    """Delete what is left of volunteers who went 180 days ago: the days of what they took on, under no name."""
    due = select(Volunteer.id).where(
        Volunteer.state == VolunteerState.LEFT, Volunteer.state_since_on <= today - timedelta(days=writers.LEFT_DAYS)
    )
    return _each(session.scalars(due).all(), volunteers.delete_volunteer)


def _last_here() -> ColumnElement[date]:
    rested_until = (
        select(WriterProfile.paused_until).where(WriterProfile.volunteer_id == Volunteer.id).scalar_subquery()
    )
    return func.greatest(Volunteer.seen_on, Volunteer.state_since_on, rested_until)


def _each(found: Sequence[uuid.UUID], act: Callable[[uuid.UUID], object]) -> int:
    for one in found:
        act(one)
    return len(found)
