"""The coordinator's weekly mail: that something waits in their groups, in numbers. Once a week, on its first days."""

import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time

from sqlalchemy import or_, select

from campaign.accounts.models import Account, AccountState, RoleGrant
from campaign.accounts.queries import holds
from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.kernel.registry_digest import Waiting, digest_parts
from campaign.penpals.models.groups import SCOPE
from campaign.penpals.policy import COORDINATORS
from campaign.penpals.policy import SCOPE as KIND

MAIL = "coordinator.digest"
LAST_WEEKDAY = 3
"""After an outage it may come until Wednesday; later it would soon be followed by the next."""
HOUR = time(6, tzinfo=UTC)

Groups = frozenset[uuid.UUID] | None
"""None: all of them."""


def owe_digests(today: date) -> int:
    """Owe every coordinator with an address this week's mail; gives how many. Safe to run again: once a week each."""
    week = today.isocalendar()
    if week.weekday > LAST_WEEKDAY:
        return 0
    keyring.ensure(SCOPE)
    due_at = max(clock.now(), datetime.combine(today, HOUR))
    owed = 0
    for account, _groups in list_coordinators(today).values():
        mark = dedupe_key(SCOPE, MAIL, account.id.bytes, f"{week.year}-{week.week}".encode())
        owed += queue_mail(
            MAIL, lane=Lane.LETTERS, language=account.language, dedupe=mark, ref=account.id, due_at=due_at
        )
    return owed


def list_coordinators(
    today: date, among: Collection[uuid.UUID] | None = None
) -> Mapping[uuid.UUID, tuple[Account, Groups]]:  # fmt: skip
    """Accounts with an address that coordinate today, and which groups; `among`: these alone. One statement."""
    statement = (
        select(Account, RoleGrant.scope_id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.role.in_(COORDINATORS), holds(today))
        .where(or_(RoleGrant.scope_kind.is_(None), RoleGrant.scope_kind == KIND))
        .where(Account.email_sealed.is_not(None), Account.state == AccountState.ACTIVE)
        .order_by(Account.id)
        .execution_options(populate_existing=True)
    )
    if among is not None:
        statement = statement.where(Account.id.in_(among))
    found: dict[uuid.UUID, tuple[Account, Groups]] = {}
    for account, scope in session.execute(statement):
        known = found[account.id][1] if account.id in found else frozenset()
        groups = None if scope is None or known is None else known | {scope}
        found[account.id] = account, groups
    return found


def count_waiting(groups: Groups, today: date) -> list[Waiting]:
    """What waits there, without what is nil."""
    return [each for part in digest_parts for each in part(groups, today) if each.amount]
