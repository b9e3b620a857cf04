"""What one person with access to the server's command line may do alone: audited, and shown to all staff for a week."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaign.accounts.models import Account, AccountState, Origin, RoleGrant
from campaign.accounts.queries import find_account_by_name, list_grants
from campaign.accounts.service.accounts import create_account, forget_proofs, set_passphrase
from campaign.accounts.service.roles import put_grant, scope_of
from campaign.accounts.service.sessions import end_sessions
from campaign.kernel import audit
from campaign.kernel.actors import Role
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Added:
    """What `add_staff` did."""

    account: Account
    grant: RoleGrant
    is_new: bool


def add_staff(username: str, role: Role, passphrase: str) -> Added:
    """Give a role, to a new account if there is none of that name; an existing one keeps its passphrase.

    Raises BadUsername, BadPassphrase (for a new account only), NotFound for an account that is locked.
    """
    account = find_account_by_name(username)
    is_new = account is None
    if account is None:
        account = create_account(username, passphrase, language="en")
    elif not account.is_active:
        raise NotFound
    grant = put_grant(account.id, role, origin=Origin.COMMAND)
    audit.record("break_glass.staff_added", about=f"account:{account.id}", reason=role)
    return Added(account, grant, is_new)


def reset_account(username: str, passphrase: str) -> Account:
    """Give an account a new passphrase, unlock it, and forget its second factors and sessions; its roles stay.

    Raises NotFound, BadPassphrase.
    """
    account = _named(username)
    set_passphrase(account, passphrase, has_second_factor=False)
    forget_proofs(account)
    end_sessions(account.id)
    account.state = AccountState.ACTIVE
    session.flush()
    audit.record("break_glass.account_reset", about=f"account:{account.id}")
    return account


def renew_staff(username: str) -> Sequence[RoleGrant]:
    """Renew every staff role of an account for 90 days, lapsed ones too; gives the new grants. Raises NotFound."""
    account = _named(username)
    renewed = []
    for grant in [each for each in list_grants(account.id) if each.is_staff]:
        renewed.append(put_grant(account.id, Role(grant.role), origin=Origin.COMMAND, scope=scope_of(grant)))
        audit.record("break_glass.staff_renewed", about=f"account:{account.id}", reason=grant.role)
    return renewed


def _named(username: str) -> Account:
    account = find_account_by_name(username)
    if account is None or account.state == AccountState.LEFT:
        raise NotFound
    return account
