"""Giving, renewing and taking roles: one person asks, another decides (SAFETY.md 11 and 13)."""

import uuid
from datetime import timedelta

from sqlalchemy import or_, select, update

from campaign.accounts.models import Invitation, Origin, RequestState, RoleGrant, RoleRequest
from campaign.accounts.policy import Subject, can_ask_for, can_change_roles, can_decide
from campaign.accounts.queries import count_admins, current_roles, get_account, list_grants
from campaign.accounts.service.sessions import end_sessions
from campaign.kernel import audit, clock
from campaign.kernel.actors import STAFF_ROLES, Actor, Role
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.registry import role_scopes
from campaign.kernel.text import one_line

GRANT_DAYS = 90
LONGEST_REASON = 200

Scope = tuple[str, uuid.UUID] | None


class AlreadyAsked(Conflict):
    """The same role waits for a decision already."""


class AlreadyDecided(Conflict):
    """Someone else was faster."""


class LastAdmin(Conflict):
    """Without this admin nobody could give or renew a role."""


class NotNarrowable(DomainError):
    """Not every role makes sense for one group or petition alone."""


class AccountLocked(Conflict):
    """A locked account is given nothing."""


def subject_of(account_id: uuid.UUID) -> Subject:
    """The account as policies see it."""
    return Subject(account_id, current_roles(account_id))


def ask_for_role(
    actor: Actor, account_id: uuid.UUID, role: Role, *, reason: str = "", scope: Scope = None
) -> RoleRequest:
    """Ask for a role or its renewal; it waits until an admin who neither asks nor gains approves it.

    Raises Forbidden, NotNarrowable, AlreadyAsked, AccountLocked, NotFound.
    """
    account = get_account(account_id, lock=True)
    is_renewal = any(_same(grant, role, scope) for grant in list_grants(account.id))
    if not can_ask_for(actor, account.id, is_renewal=is_renewal):
        raise Forbidden
    check_scope(role, scope)
    if not account.is_active:
        raise AccountLocked(N_("This account is locked. Unlock it before you ask for a role."))
    return put_request(
        account.id, role, asked_by=actor.id, reason=one_line(reason, LONGEST_REASON), scope=scope,
        is_renewal=is_renewal,
    )  # fmt: skip


def ask_for_renewal(actor: Actor, grant_id: uuid.UUID) -> RoleRequest:
    """Ask for the renewal of one grant, narrowed as it is. Raises as `ask_for_role` does."""
    grant = session.get(RoleGrant, grant_id)
    if grant is None or grant.revoked_on is not None:
        raise NotFound
    return ask_for_role(actor, grant.account_id, Role(grant.role), scope=scope_of(grant))


def check_scope(role: Role, scope: Scope) -> None:
    """Raise NotNarrowable unless the role can be narrowed to this subject, and the subject is there."""
    if scope is None:
        return
    kind, subject = scope
    if kind not in role_scopes or role not in role_scopes[kind].roles:
        raise NotNarrowable(N_("This role cannot be narrowed to that. Choose “everywhere”, or another role."))
    if subject not in role_scopes[kind].names_of(frozenset({subject})):
        raise NotNarrowable(N_("What the role should be narrowed to is not there any more."))


def put_request(
    account_id: uuid.UUID, role: Role, *, asked_by: uuid.UUID, reason: str, scope: Scope, is_renewal: bool
) -> RoleRequest:
    """Write a request that waits, under the lock of the account's row. Raises AlreadyAsked."""
    kind, subject = scope or (None, None)
    twin = select(RoleRequest.id).where(
        RoleRequest.account_id == account_id, RoleRequest.role == role, RoleRequest.state == RequestState.WAITING,
        RoleRequest.scope_kind.is_not_distinct_from(kind), RoleRequest.scope_id.is_not_distinct_from(subject),
    )  # fmt: skip
    if session.scalar(twin) is not None:
        raise AlreadyAsked(N_("This role was asked for already and waits for a decision."))
    request = RoleRequest(
        id=uuid.uuid4(), account_id=account_id, role=role, scope_kind=kind, scope_id=subject, is_renewal=is_renewal,
        asked_by=asked_by, asked_on=clock.today(), reason=reason, state=RequestState.WAITING, decided_by=None,
        decided_on=None,
    )  # fmt: skip
    session.add(request)
    session.flush()
    audit.record("role.asked", actor=asked_by, about=f"account:{account_id}", reason=role)
    return request


def decide_request(actor: Actor, request_id: uuid.UUID, *, approve: bool) -> RoleRequest:
    """Approve or decline what another asked for. Raises Forbidden, AlreadyDecided, NotFound."""
    statement = select(RoleRequest).where(RoleRequest.id == request_id).with_for_update(of=RoleRequest)
    request = session.scalar(statement.execution_options(populate_existing=True))
    if request is None:
        raise NotFound
    if not can_decide(actor, asked_by=request.asked_by, about=request.account_id):
        raise Forbidden(N_("Another admin has to decide: neither who asked nor who would hold the role."))
    if request.state != RequestState.WAITING:
        raise AlreadyDecided(N_("Someone has decided on this already."))
    request.state = RequestState.APPROVED if approve else RequestState.DECLINED
    request.decided_by, request.decided_on = actor.id, clock.today()
    if approve:
        put_grant(
            request.account_id, Role(request.role), origin=Origin.TWO_PERSONS, granted_by=request.asked_by,
            approved_by=actor.id, scope=scope_of(request),
        )  # fmt: skip
    else:
        audit.record("role.declined", actor=actor.id, about=f"account:{request.account_id}", reason=request.role)
    session.flush()
    return request


def put_grant(
    account_id: uuid.UUID, role: Role, *, origin: Origin, granted_by: uuid.UUID | None = None,
    approved_by: uuid.UUID | None = None, scope: Scope = None,
) -> RoleGrant:  # fmt: skip
    """Write a grant for 90 days in place of the one that stood, and audit it. Who may is the caller's to know."""
    kind, subject = scope or (None, None)
    today = clock.today()
    session.execute(
        update(RoleGrant)
        .where(
            RoleGrant.account_id == account_id, RoleGrant.role == role, RoleGrant.revoked_on.is_(None),
            RoleGrant.scope_kind.is_not_distinct_from(kind), RoleGrant.scope_id.is_not_distinct_from(subject),
        )
        .values(revoked_on=today)
    )  # fmt: skip
    grant = RoleGrant(
        id=uuid.uuid4(), account_id=account_id, role=role, scope_kind=kind, scope_id=subject, origin=origin,
        granted_by=granted_by, approved_by=approved_by, granted_on=today,
        expires_on=today + timedelta(days=GRANT_DAYS), revoked_on=None,
    )  # fmt: skip
    session.add(grant)
    session.flush()
    audit.record(
        "role.granted", actor=approved_by or granted_by, about=f"account:{account_id}", reason=f"{role} {origin}"
    )
    return grant


def revoke_role(actor: Actor, grant_id: uuid.UUID) -> RoleGrant:
    """Take a role away, at once and with every session of its holder; everybody may lay down their own.

    Raises Forbidden, LastAdmin, NotFound. Safe to repeat.
    """
    found = select(RoleGrant).where(RoleGrant.id == grant_id).with_for_update()
    grant = session.scalar(found.execution_options(populate_existing=True))
    if grant is None:
        raise NotFound
    if not (can_change_roles(actor) or actor.id == grant.account_id):
        raise Forbidden
    if grant.revoked_on is not None:
        return grant
    if grant.role == Role.ADMIN and grant.scope_kind is None:
        refuse_last_admin(grant.account_id)
    take_back(grant, actor.id)
    end_sessions(grant.account_id)
    return grant


def take_back(grant: RoleGrant, actor: uuid.UUID | None) -> None:
    """End a grant, and what its holder started with its power: invitations and requests that wait."""
    grant.revoked_on = clock.today()
    session.flush()
    audit.record("role.revoked", actor=actor, about=f"account:{grant.account_id}", reason=grant.role)
    if Role(grant.role) in STAFF_ROLES:
        drop_what_waits(grant.account_id)


def drop_what_waits(account_id: uuid.UUID) -> None:
    """Drop the requests that an account made or would gain from, and the invitations it handed out."""
    session.execute(
        update(RoleRequest)
        .where(
            or_(RoleRequest.account_id == account_id, RoleRequest.asked_by == account_id),
            RoleRequest.state == RequestState.WAITING,
        )
        .values(state=RequestState.DROPPED)
    )
    session.execute(
        update(Invitation)
        .where(Invitation.invited_by == account_id, Invitation.used_on.is_(None), Invitation.revoked_on.is_(None))
        .values(revoked_on=clock.today())
    )


def refuse_last_admin(account_id: uuid.UUID) -> None:
    """Raise LastAdmin when nobody but this account is an admin.

    The admin grants are locked first: two admins who remove each other at the same moment would else both succeed.
    """
    admins = select(RoleGrant.id).where(RoleGrant.role == Role.ADMIN, RoleGrant.revoked_on.is_(None))
    session.execute(admins.order_by(RoleGrant.id).with_for_update())
    if count_admins() > 0 and count_admins(besides=frozenset({account_id})) == 0:
        raise LastAdmin(N_("This is the only admin. Make someone else an admin first; then this role can go."))


def _same(grant: RoleGrant, role: Role, scope: Scope) -> bool:
    return grant.role == role and scope_of(grant) == scope


def scope_of(subject: RoleGrant | RoleRequest | Invitation) -> Scope:
    """To which group or petition it is narrowed; None for everywhere."""
    if subject.scope_kind is None or subject.scope_id is None:
        return None
    return (subject.scope_kind, subject.scope_id)
