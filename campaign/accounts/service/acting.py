"""Who acts: the roles of an account as they are today, signed in or not."""

import uuid
from dataclasses import dataclass

from campaign.accounts.models import AccountState
from campaign.accounts.queries import find_account, list_current_grants
from campaign.kernel import clock
from campaign.kernel.actors import Role

Grants = tuple[tuple[Role, str | None, uuid.UUID | None], ...]


class Granted:
    """The questions of kernel.actors.Actor, answered from grants."""

    __slots__ = ()
    grants: Grants

    def has_role(self, *roles: Role) -> bool:
        """Whether one of `roles` is held today without being narrowed to a group or petition."""
        return any(role in roles and kind is None for role, kind, _id in self.grants)

    def has_role_in(self, kind: str, subject: uuid.UUID, *roles: Role) -> bool:
        """Whether one of `roles` is held today for this group or petition, or everywhere."""
        return any(role in roles and (at is None or (at, where) == (kind, subject)) for role, at, where in self.grants)

    def subjects_of(self, kind: str, *roles: Role) -> frozenset[uuid.UUID] | None:
        """The groups or petitions for which one of `roles` is held today; None when it is held everywhere."""
        if self.has_role(*roles):
            return None
        return frozenset(where for role, at, where in self.grants if role in roles and at == kind and where)


@dataclass(frozen=True, slots=True)
class Acting(Granted):
    """An account in whose name work goes on while nobody is signed in."""

    id: uuid.UUID
    grants: Grants


def find_acting(account_id: uuid.UUID | None) -> Acting | None:
    """Whoever owns this account with today's roles; None where it is locked, left or gone."""
    account = find_account(account_id) if account_id is not None else None
    if account is None or account.state != AccountState.ACTIVE:
        return None
    grants = list_current_grants(account.id, clock.today())
    return Acting(account.id, tuple((Role(each.role), each.scope_kind, each.scope_id) for each in grants))
