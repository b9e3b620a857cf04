"""Reads of accounts, their roles and what they sign in with."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from campaign.accounts.models import (
    Account,
    AccountState,
    EmailChange,
    Invitation,
    Passkey,
    RecoveryCode,
    RequestState,
    RoleGrant,
    RoleRequest,
    SignInSession,
    TotpSecret,
    username_key,
)
from campaign.kernel import clock
from campaign.kernel.actors import STAFF_ROLES, Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound

WARN_DAYS = 14
BREAK_GLASS_DAYS = 7


@dataclass(frozen=True, slots=True)
class Proofs:
    """What an account can sign in with besides its passphrase."""

    totp: bool
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor."""
        return self.totp or bool(self.passkeys)


def holds(today: date) -> ColumnElement[bool]:
    """Whether a grant (of RoleGrant) gives its role on `today`.

    The admin role that expires last always does: were it to lapse, nobody could renew anything (SAFETY.md 13).
    """
    newest = aliased(RoleGrant)
    last_admin = (
        select(func.max(newest.expires_on))
        .join(Account, Account.id == newest.account_id)
        .where(
            newest.role == Role.ADMIN,
            newest.scope_kind.is_(None),
            newest.revoked_on.is_(None),
            Account.state == AccountState.ACTIVE,
        )
        .scalar_subquery()
    )
    endless = and_(
        RoleGrant.role == Role.ADMIN, RoleGrant.scope_kind.is_(None), RoleGrant.expires_on == last_admin
    )  # fmt: skip
    return and_(RoleGrant.revoked_on.is_(None), or_(RoleGrant.expires_on > today, endless))


def find_account(account_id: uuid.UUID) -> Account | None:
    """The account, or None."""
    return session.get(Account, account_id)


def get_account(account_id: uuid.UUID, *, lock: bool = False) -> Account:
    """The account. Raises NotFound, also for one that has left."""
    statement = select(Account).where(Account.id == account_id, Account.state != AccountState.LEFT)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    account = session.scalar(statement)
    if account is None:
        raise NotFound
    return account


def find_account_by_name(username: str) -> Account | None:
    """The account of that name in whatever case, or None; takes any text."""
    key = username_key(username)
    return None if key is None else session.scalar(select(Account).where(Account.username_key == key))


def list_grants(account_id: uuid.UUID) -> Sequence[RoleGrant]:
    """The grants that nobody revoked, expired ones too, so that they can be renewed."""
    statement = select(RoleGrant).where(RoleGrant.account_id == account_id, RoleGrant.revoked_on.is_(None))
    return session.scalars(statement.order_by(RoleGrant.role, RoleGrant.granted_on)).all()


def list_current_grants(account_id: uuid.UUID, today: date) -> Sequence[RoleGrant]:
    """The grants that give their role on `today`."""
    statement = select(RoleGrant).where(RoleGrant.account_id == account_id, holds(today))
    return session.scalars(statement.order_by(RoleGrant.role)).all()


def current_roles(account_id: uuid.UUID) -> frozenset[Role]:
    """The roles an account holds today, wherever."""
    return frozenset(Role(grant.role) for grant in list_current_grants(account_id, clock.today()))


def count_admins(*, besides: frozenset[uuid.UUID] = frozenset()) -> int:
    """How many active accounts are admins today, without `besides`."""
    return count_holders(Role.ADMIN, besides=besides)


def count_holders(*roles: Role, besides: frozenset[uuid.UUID] = frozenset()) -> int:
    """How many active accounts hold one of the roles everywhere today, without `besides`: who could be the second."""
    statement = (
        select(func.count(RoleGrant.account_id.distinct()))
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role.in_(roles),
            RoleGrant.scope_kind.is_(None),
            Account.state == AccountState.ACTIVE,
            Account.id.not_in(besides),
            holds(clock.today()),
        )
    )
    return session.scalar(statement) or 0


def find_email_change(account_id: uuid.UUID) -> EmailChange | None:
    """The address that waits for its confirmation, or was confirmed within its days; None when there is neither."""
    return session.scalar(select(EmailChange).where(EmailChange.account_id == account_id))


def find_waiting_email(account_id: uuid.UUID, today: date) -> EmailChange | None:
    """The address that waits for its confirmation and can still get it, or None."""
    change = find_email_change(account_id)
    return change if change and change.confirmed_on is None and change.expires_on >= today else None


def find_totp(account_id: uuid.UUID, *, confirmed: bool, lock: bool = False) -> TotpSecret | None:
    """The account's authenticator secret, or None."""
    statement = select(TotpSecret).where(TotpSecret.account_id == account_id, TotpSecret.is_confirmed.is_(confirmed))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def list_passkeys(account_id: uuid.UUID) -> Sequence[Passkey]:
    """The account's passkeys, oldest first."""
    return session.scalars(
        select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.added_on, Passkey.name)
    ).all()


def proofs_of(account_id: uuid.UUID) -> Proofs:
    """What the account can sign in with besides its passphrase."""
    codes = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_on.is_(None))
    return Proofs(
        totp=find_totp(account_id, confirmed=True) is not None,
        passkeys=list_passkeys(account_id),
        codes_left=session.scalar(codes) or 0,
    )


def has_second_factor() -> ColumnElement[bool]:
    """Whether an account (of Account) has a confirmed app or a passkey."""
    return or_(
        exists().where(TotpSecret.account_id == Account.id, TotpSecret.is_confirmed),
        exists().where(Passkey.account_id == Account.id),
    )


def list_sessions(account_id: uuid.UUID, today: date) -> Sequence[SignInSession]:
    """The sessions that are open, newest first."""
    statement = select(SignInSession).where(
        SignInSession.account_id == account_id,
        SignInSession.revoked_on.is_(None),
        SignInSession.ends_on > today,
        or_(SignInSession.second_factor_done, SignInSession.fresh_until > clock.now()),
    )
    return session.scalars(statement.order_by(SignInSession.number.desc())).all()


def select_accounts(*, text: str = "", role: Role | None = None, expiring: bool = False) -> Select[Account]:
    """The people with access, by name: active and locked accounts, narrowed by name, role and nearing expiry."""
    statement = select(Account).where(Account.state != AccountState.LEFT).order_by(func.lower(Account.username))
    if text:
        literal = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        statement = statement.where(Account.username.ilike(f"%{literal}%"))
    today = clock.today()
    if role is not None:
        statement = statement.where(
            exists().where(RoleGrant.account_id == Account.id, RoleGrant.role == role, holds(today))
        )
    if expiring:
        soon = today + timedelta(days=WARN_DAYS)
        statement = statement.where(
            exists().where(
                RoleGrant.account_id == Account.id, RoleGrant.revoked_on.is_(None), RoleGrant.expires_on <= soon
            )
        )
    return statement


def grants_by_account(accounts: Sequence[Account]) -> dict[uuid.UUID, list[RoleGrant]]:
    """Unrevoked grants of each of `accounts`."""
    found: dict[uuid.UUID, list[RoleGrant]] = {account.id: [] for account in accounts}
    statement = select(RoleGrant).where(RoleGrant.account_id.in_(found), RoleGrant.revoked_on.is_(None))
    for grant in session.scalars(statement.order_by(RoleGrant.role)):
        found[grant.account_id].append(grant)
    return found


def list_waiting_requests(account_id: uuid.UUID | None = None) -> Sequence[RoleRequest]:
    """Role requests that wait for a decision, oldest first; of one account or of all."""
    statement = select(RoleRequest).where(RoleRequest.state == RequestState.WAITING)
    if account_id is not None:
        statement = statement.where(RoleRequest.account_id == account_id)
    return session.scalars(statement.order_by(RoleRequest.asked_on, RoleRequest.id)).all()


def list_open_invitations() -> Sequence[Invitation]:
    """Invitations that can still be used, newest first."""
    statement = select(Invitation).where(
        Invitation.used_on.is_(None), Invitation.revoked_on.is_(None), Invitation.expires_at > clock.now()
    )
    return session.scalars(statement.order_by(Invitation.made_at.desc())).all()


def names_of(ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """User names by id, for pages that say who asked or invited."""
    rows = session.execute(select(Account.id, Account.username).where(Account.id.in_(ids)))
    return {row.id: row.username for row in rows}


def list_staff() -> Sequence[tuple[Account, RoleGrant]]:
    """Every unrevoked staff grant with its account, by name."""
    statement = (
        select(Account, RoleGrant)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.revoked_on.is_(None), RoleGrant.role.in_(STAFF_ROLES), Account.state != AccountState.LEFT
        )
        .order_by(func.lower(Account.username), RoleGrant.role)
    )  # fmt: skip
    return [(account, grant) for account, grant in session.execute(statement)]


def count_break_glass(today: date) -> int:
    """How often the command line acted on accounts within the last seven days."""
    since = datetime.combine(today - timedelta(days=BREAK_GLASS_DAYS), time(), UTC)
    statement = select(func.count()).where(AuditEntry.action.startswith("break_glass."), AuditEntry.at >= since)
    return session.scalar(statement) or 0


def last_admin_expiry() -> date | None:
    """The day on which the newest admin role expires or expired, or None when there is no admin."""
    statement = (
        select(func.max(RoleGrant.expires_on))
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role == Role.ADMIN, RoleGrant.scope_kind.is_(None), RoleGrant.revoked_on.is_(None),
            Account.state == AccountState.ACTIVE,
        )
    )  # fmt: skip
    return session.scalar(statement)
