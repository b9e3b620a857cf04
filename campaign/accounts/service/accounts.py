"""Accounts themselves: making, changing, locking and leaving them."""

import secrets
import uuid

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from campaign.accounts.models import Account, AccountState, Passkey, RoleGrant, TotpSecret, username_key
from campaign.accounts.policy import (
    Subject,
    can_lock,
    check_passphrase,
    check_username,
    is_long,
)
from campaign.accounts.queries import current_roles, get_account, proofs_of
from campaign.accounts.service.emails import drop_change
from campaign.accounts.service.passphrases import hash_passphrase
from campaign.accounts.service.recovery_codes import forget_codes
from campaign.accounts.service.roles import drop_what_waits, refuse_last_admin, subject_of
from campaign.accounts.service.sessions import end_sessions
from campaign.kernel import audit, clock
from campaign.kernel.actors import Actor, Role
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden
from campaign.kernel.registry import account_leavings, account_locks


class UsernameTaken(DomainError):
    """Another account has this name, or one that looks like it."""


class LastWayIn(Conflict):
    """Without this proof the account could not be opened, or not as safely as its roles ask for."""


def create_account(username: str, passphrase: str, *, language: str, is_demo: bool = False) -> Account:
    """Make an account that holds no role. Raises BadUsername, UsernameTaken, BadPassphrase."""
    name = check_username(username)
    clean = check_passphrase(passphrase, username=name, has_second_factor=False)
    statement = insert(Account).values(
        id=uuid.uuid4(), username=name, username_key=username_key(name), passphrase_hash=hash_passphrase(clean),
        passphrase_is_long=is_long(clean), email_sealed=None, email_index=None, language=language, is_demo=is_demo,
        created_on=clock.today(), state=AccountState.ACTIVE,
    )  # fmt: skip
    # The database decides, so that of two who choose the same name at once one is told.
    made = session.scalar(statement.on_conflict_do_nothing().returning(Account.id))
    if made is None:
        raise UsernameTaken(N_("This name, or one that looks like it, is taken. Please choose another."))
    audit.record("account.created", actor=made, about=f"account:{made}")
    return get_account(made)


def set_passphrase(account: Account, passphrase: str, *, has_second_factor: bool) -> None:
    """Replace the passphrase. Raises BadPassphrase."""
    clean = check_passphrase(passphrase, username=account.username, has_second_factor=has_second_factor)
    account.passphrase_hash, account.passphrase_is_long = hash_passphrase(clean), is_long(clean)
    session.flush()


def change_passphrase(account_id: uuid.UUID, passphrase: str, *, keep_session: uuid.UUID) -> None:
    """Replace the passphrase and end every other session. Raises BadPassphrase."""
    account = get_account(account_id, lock=True)
    set_passphrase(account, passphrase, has_second_factor=proofs_of(account_id).any)
    end_sessions(account_id, besides=keep_session)
    audit.record("account.passphrase_changed", actor=account_id, about=f"account:{account_id}")


def change_language(account_id: uuid.UUID, language: str) -> None:
    """Keep the language in which we write to the account."""
    get_account(account_id, lock=True).language = language
    session.flush()


def check_removable(account: Account, *, passkey: uuid.UUID | None = None, totp: bool = False) -> None:
    """Raise LastWayIn unless the account can do without this passkey or its app."""
    proofs = proofs_of(account.id)
    left = len([each for each in proofs.passkeys if each.id != passkey]) + (proofs.totp and not totp)
    if left:
        return
    if subject_of(account.id).is_staff and not account.is_demo:
        raise LastWayIn(N_("Your roles need a second factor. Add another one first; then this one can go."))
    if account.passphrase_hash is None or not account.passphrase_is_long:
        raise LastWayIn(N_("Without it your passphrase would be too short. Choose one of 15 characters or more first."))


def leave(account_id: uuid.UUID) -> None:
    """End an account: access ends at once, what identifies its owner is erased, the audit keeps a bare number.

    Raises LastAdmin.
    """
    account = get_account(account_id, lock=True)
    if Role.ADMIN in current_roles(account_id):
        refuse_last_admin(account_id)
    for step in account_leavings:
        step(account_id)
    forget_proofs(account)
    end_sessions(account_id)
    drop_what_waits(account_id)
    drop_change(account_id)
    _end_grants(account_id)
    stand_in = f"left-{secrets.token_hex(8)}"
    account.state, account.username, account.username_key = AccountState.LEFT, stand_in, username_key(stand_in) or ""
    account.passphrase_hash = account.email_sealed = account.email_index = None
    session.flush()
    audit.record("account.left", actor=account_id, about=f"account:{account_id}")


def lock_account(actor: Actor, account_id: uuid.UUID) -> None:
    """Stop an account until it is unlocked; its sessions end at once. Raises Forbidden, LastAdmin."""
    account = _lockable(actor, account_id)
    if Role.ADMIN in current_roles(account_id):
        refuse_last_admin(account_id)
    account.state = AccountState.LOCKED
    end_sessions(account_id)
    drop_what_waits(account_id)
    session.flush()
    for step in account_locks:
        step(account_id)
    audit.record("account.locked", actor=actor.id, about=f"account:{account_id}")


def unlock_account(actor: Actor, account_id: uuid.UUID) -> None:
    """Let a locked account sign in again. Raises Forbidden."""
    _lockable(actor, account_id).state = AccountState.ACTIVE
    session.flush()
    audit.record("account.unlocked", actor=actor.id, about=f"account:{account_id}")


def forget_proofs(account: Account) -> None:
    """Delete the account's app, passkeys and recovery codes."""
    session.execute(delete(TotpSecret).where(TotpSecret.account_id == account.id))
    session.execute(delete(Passkey).where(Passkey.account_id == account.id))
    forget_codes(account.id)


def _lockable(actor: Actor, account_id: uuid.UUID) -> Account:
    account = get_account(account_id, lock=True)
    if not can_lock(actor, Subject(account.id, frozenset())):
        raise Forbidden
    return account


def _end_grants(account_id: uuid.UUID) -> None:
    mine = update(RoleGrant).where(RoleGrant.account_id == account_id, RoleGrant.revoked_on.is_(None))
    session.execute(mine.values(revoked_on=clock.today()))
