"""Sign-ins for looking around: made for development only, and marked, so that they open nothing anywhere else."""

from dataclasses import dataclass

from sqlalchemy import select

from campaign.accounts.models import Account, Origin
from campaign.accounts.queries import find_account_by_name
from campaign.accounts.service.accounts import create_account
from campaign.accounts.service.roles import put_grant
from campaign.kernel.actors import Role
from campaign.kernel.db import session
from campaign.kernel.errors import Forbidden

PASSPHRASE = "look around kindly, nothing here is real"  # noqa: S105 - printed at every start of a demo

# Two of each role that approves, so that the two-person rule can be seen at work.
_PAIRS = (Role.ADMIN, Role.ORGANISER, Role.COORDINATOR, Role.MODERATOR, Role.DATA_EDITOR, Role.TREASURER)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One sign-in to print."""

    username: str
    passphrase: str
    roles: tuple[Role, ...]


def demo_accounts() -> list[DemoAccount]:
    """Every demo sign-in, whether made yet or not."""
    pairs = [
        DemoAccount(f"{role.value.replace('_', '-')}-{number}", PASSPHRASE, (role,))
        for role in _PAIRS
        for number in (1, 2)
    ]
    return [*pairs, DemoAccount("volunteer-1", PASSPHRASE, (Role.VOLUNTEER,))]


def make_demo_accounts(*, is_demo: bool) -> list[DemoAccount]:
    """Make those that are missing and give all; raises Forbidden where there is no demo. Safe to repeat."""
    if not is_demo:
        raise Forbidden
    for each in demo_accounts():
        if find_account_by_name(each.username) is None:
            account = create_account(each.username, each.passphrase, language="en", is_demo=True)
            for role in each.roles:
                put_grant(account.id, role, origin=Origin.DEMO)
    return demo_accounts()


def list_made() -> list[DemoAccount]:
    """The demo sign-ins that exist in this database."""
    made = set(session.scalars(select(Account.username).where(Account.is_demo)))
    return [each for each in demo_accounts() if each.username in made]
