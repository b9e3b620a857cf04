"""Sessions: random tokens of ours, stored hashed, replaced at every sign-in and step-up, dead when revoked.

What a browser is, where it is and when exactly it came is not kept (SAFETY.md 2): a number, or what its owner calls
it, and days.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update

from campaign.accounts.models import Account, AccountState, RoleGrant, SignInSession
from campaign.accounts.queries import has_second_factor, holds
from campaign.accounts.service.acting import Granted, Grants
from campaign.kernel import clock
from campaign.kernel.actors import STAFF_ROLES, Role
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.text import one_line
from campaign.kernel.tokens import digest_secret, new_secret

FRESH = timedelta(minutes=10)
STAFF_DAYS = 7
OTHER_DAYS = 30
LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class SignedIn(Granted):
    """Who is signed in, for one request: what `current_user` is. Satisfies kernel.actors.Actor."""

    id: uuid.UUID
    username: str
    language: str
    is_demo: bool
    session_id: uuid.UUID
    fresh_until: datetime
    has_second_factor: bool
    grants: Grants = field(default=())

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The account's id, as Flask-Login asks for it."""
        return str(self.id)

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held today, wherever."""
        return frozenset(role for role, _kind, _id in self.grants)

    @property
    def is_staff(self) -> bool:
        """Whether any staff role is held today."""
        return bool(self.roles & STAFF_ROLES)

    @property
    def needs_second_factor(self) -> bool:
        """Whether a second factor must be set up before anything of the staff side opens."""
        return self.is_staff and not self.has_second_factor and not self.is_demo

    @property
    def is_fresh(self) -> bool:
        """Whether its owner proved who they are within the last ten minutes."""
        return clock.now() < self.fresh_until


def open_session(account: Account, *, second_factor_done: bool) -> str:
    """Open a session and return its token, which is stored nowhere.

    Without its second factor it opens nothing but the page that asks for it, and for ten minutes only.
    """
    token, token_hash = new_secret()
    today = clock.today()
    # The account's row orders two sign-ins at once, so that both do not become "session 3".
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    newest = session.scalar(select(func.max(SignInSession.number)).where(SignInSession.account_id == account.id))
    days = STAFF_DAYS if _is_staff(account.id, today) else OTHER_DAYS
    opened = SignInSession(
        id=uuid.uuid4(), token_hash=token_hash, account_id=account.id, number=(newest or 0) + 1, label="",
        first_on=today, last_on=today, ends_on=today + timedelta(days=days), fresh_until=clock.now() + FRESH,
        second_factor_done=second_factor_done, revoked_on=None,
    )  # fmt: skip
    session.add(opened)
    session.flush()
    return token


def find_signed_in(token: str, *, demo: bool) -> SignedIn | None:
    """Who holds this session, or None when it is unknown, over, revoked, or waits for its second factor."""
    today = clock.today()
    proven = has_second_factor()
    statement = (
        select(SignInSession, Account, proven.label("proven"))
        .join(Account, Account.id == SignInSession.account_id)
        .where(
            SignInSession.token_hash == digest_secret(token),
            SignInSession.revoked_on.is_(None),
            SignInSession.ends_on > today,
            Account.state == AccountState.ACTIVE,
        )
        .execution_options(populate_existing=True)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        return None
    opened, account, has_factor = found
    # A demo account that came with a copied database opens nothing where there is no demo.
    if (has_factor and not opened.second_factor_done) or (account.is_demo and not demo):
        return None
    return SignedIn(
        id=account.id, username=account.username, language=account.language, is_demo=account.is_demo,
        session_id=opened.id, fresh_until=opened.fresh_until, has_second_factor=has_factor,
        grants=_grants(account.id, today),
    )  # fmt: skip


def find_waiting(token: str) -> tuple[SignInSession, Account] | None:
    """The session behind `token` that waits for its second factor, with its account, or None."""
    statement = (
        select(SignInSession, Account)
        .join(Account, Account.id == SignInSession.account_id)
        .where(
            SignInSession.token_hash == digest_secret(token),
            SignInSession.revoked_on.is_(None),
            SignInSession.second_factor_done.is_(False),
            SignInSession.fresh_until > clock.now(),
            Account.state == AccountState.ACTIVE,
            has_second_factor(),
        )
    )
    found = session.execute(statement).one_or_none()
    return None if found is None else (found[0], found[1])


def renew_token(session_id: uuid.UUID, *, second_factor_done: bool) -> str:
    """Give a session a new token and ten fresh minutes; the old token is worthless from here on."""
    opened = session.get(SignInSession, session_id, with_for_update=True)
    if opened is None or opened.revoked_on is not None:
        raise NotFound
    token, opened.token_hash = new_secret()
    opened.fresh_until = clock.now() + FRESH
    opened.second_factor_done = opened.second_factor_done or second_factor_done
    opened.last_on = max(opened.last_on, clock.today())
    session.flush()
    return token


def note_use(session_id: uuid.UUID) -> None:
    """Keep the day on which a session last changed something."""
    today = clock.today()
    statement = update(SignInSession).where(SignInSession.id == session_id, SignInSession.last_on < today)
    session.execute(statement.values(last_on=today))


def name_session(account_id: uuid.UUID, session_id: uuid.UUID, label: str) -> None:
    """Let the owner call a session what they like; raises NotFound when it is not theirs."""
    _own(account_id, session_id).label = one_line(label, LONGEST_LABEL)
    session.flush()


def end_session(account_id: uuid.UUID, session_id: uuid.UUID) -> None:
    """End one session of the account; raises NotFound when it is not theirs. Safe to repeat."""
    opened = _own(account_id, session_id)
    opened.revoked_on = opened.revoked_on or clock.today()
    session.flush()


def end_sessions(account_id: uuid.UUID, *, besides: uuid.UUID | None = None) -> int:
    """End every session of the account, or every other one; gives how many."""
    statement = update(SignInSession).where(SignInSession.account_id == account_id, SignInSession.revoked_on.is_(None))
    if besides is not None:
        statement = statement.where(SignInSession.id != besides)
    return len(session.execute(statement.values(revoked_on=clock.today()).returning(SignInSession.id)).all())


def end_all_sessions() -> None:
    """Sign everybody out."""
    session.execute(update(SignInSession).where(SignInSession.revoked_on.is_(None)).values(revoked_on=clock.today()))


def _own(account_id: uuid.UUID, session_id: uuid.UUID) -> SignInSession:
    statement = select(SignInSession).where(SignInSession.id == session_id, SignInSession.account_id == account_id)
    opened = session.scalar(statement)
    if opened is None:
        raise NotFound
    return opened


def _grants(account_id: uuid.UUID, today: date) -> Grants:
    statement = select(RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id).where(
        RoleGrant.account_id == account_id, holds(today)
    )
    return tuple((Role(role), kind, subject) for role, kind, subject in session.execute(statement))


def _is_staff(account_id: uuid.UUID, today: date) -> bool:
    return any(role in STAFF_ROLES for role, _kind, _id in _grants(account_id, today))
