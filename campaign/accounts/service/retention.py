"""What of accounts goes away by itself."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, or_

from campaign.accounts.models import (
    EmailChange,
    Invitation,
    RequestState,
    RoleRequest,
    SignInSession,
    TotpSecret,
    UsedChallenge,
)
from campaign.kernel.db import session

SESSION_DAYS = 30
INVITATION_DAYS = 30
REQUEST_DAYS = 365


def delete_old_sessions(today: date) -> int:
    """Delete sessions that ended 30 days ago; gives how many."""
    before = today - timedelta(days=SESSION_DAYS)
    statement = delete(SignInSession).where(or_(SignInSession.ends_on <= before, SignInSession.revoked_on <= before))
    return len(session.execute(statement.returning(SignInSession.id)).all())


def delete_old_invitations(today: date) -> int:
    """Delete invitations 30 days after they ended, used or not; gives how many."""
    before = _midnight(today - timedelta(days=INVITATION_DAYS))
    statement = delete(Invitation).where(Invitation.expires_at <= before)
    return len(session.execute(statement.returning(Invitation.id)).all())


def delete_old_requests(today: date) -> int:
    """Delete role requests a year after they were made, unless they still wait; the audit trail keeps the outcome."""
    statement = delete(RoleRequest).where(
        RoleRequest.state != RequestState.WAITING, RoleRequest.asked_on <= today - timedelta(days=REQUEST_DAYS)
    )
    return len(session.execute(statement.returning(RoleRequest.id)).all())


def delete_old_email_changes(today: date) -> int:
    """Delete addresses whose link has ended; gives how many."""
    statement = delete(EmailChange).where(EmailChange.expires_on < today)
    return len(session.execute(statement.returning(EmailChange.id)).all())


def delete_leftovers(today: date) -> int:
    """Delete answered challenges that are too old to be sent again, and app secrets nobody confirmed; how many."""
    challenges = delete(UsedChallenge).where(UsedChallenge.expires_at <= _midnight(today))
    secrets = delete(TotpSecret).where(TotpSecret.is_confirmed.is_(False), TotpSecret.made_on < today)
    gone = session.execute(challenges.returning(UsedChallenge.challenge_hash)).all()
    return len(gone) + len(session.execute(secrets.returning(TotpSecret.id)).all())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
