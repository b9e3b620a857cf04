"""Invitations, and the way back in: a link from hand to hand, good once and for 72 hours (SAFETY.md 16)."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select, update

from campaign.accounts.models import Account, Invitation, InvitationKind, Origin
from campaign.accounts.policy import can_invite, can_let_back_in, can_see_accounts
from campaign.accounts.queries import count_admins, current_roles, get_account, list_grants
from campaign.accounts.service.accounts import create_account, forget_proofs, set_passphrase
from campaign.accounts.service.emails import drop_change
from campaign.accounts.service.roles import (
    LastAdmin,
    Scope,
    check_scope,
    drop_what_waits,
    put_grant,
    put_request,
    scope_of,
    subject_of,
    take_back,
)
from campaign.accounts.service.sessions import end_sessions, open_session
from campaign.kernel import audit, clock
from campaign.kernel.actors import STAFF_ROLES, Actor, Role
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, Forbidden, NotFound
from campaign.kernel.text import one_line
from campaign.kernel.tokens import digest_secret, new_secret

LIFETIME = timedelta(hours=72)
LONGEST_NOTE = 60


class InvitationOver(DomainError):
    """The link was used, revoked, is too old, or was never ours: the answer is the same."""


def invite(actor: Actor, roles: Iterable[Role], *, note: str = "", scope: Scope = None) -> str:
    """Make an invitation and return its token, which is stored nowhere. Raises Forbidden, NotNarrowable."""
    wanted = frozenset(roles)
    if not can_invite(actor, wanted):
        raise Forbidden
    for role in wanted:
        check_scope(role, scope)
    token = _put(InvitationKind.NEWCOMER, actor, roles=sorted(wanted), account_id=None, note=note, scope=scope)
    audit.record("invitation.made", actor=actor.id, reason=" ".join(sorted(wanted)))
    return token


def let_back_in(actor: Actor, account_id: uuid.UUID) -> str:
    """Make the way back in for someone who lost passphrase or second factor; an older one ends. Gives its token.

    It brings back no staff role by itself: those wait for another person. Raises Forbidden, LastAdmin, NotFound.
    """
    account = get_account(account_id, lock=True)
    subject = subject_of(account_id)
    if not can_let_back_in(actor, subject) or not account.is_active:
        raise Forbidden
    _refuse_too_few_admins(account_id)
    older = update(Invitation).where(Invitation.account_id == account_id, Invitation.used_on.is_(None))
    session.execute(older.where(Invitation.revoked_on.is_(None)).values(revoked_on=clock.today()))
    token = _put(InvitationKind.RECOVERY, actor, roles=[], account_id=account_id, note="", scope=None)
    audit.record("invitation.way_back_made", actor=actor.id, about=f"account:{account_id}")
    return token


def revoke_invitation(actor: Actor, invitation_id: uuid.UUID) -> None:
    """End an invitation that was not used. Raises Forbidden, NotFound. Safe to repeat."""
    invitation = session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise NotFound
    if not (can_see_accounts(actor) and (actor.id == invitation.invited_by or actor.has_role(Role.ADMIN))):
        raise Forbidden
    if invitation.used_on is None and invitation.revoked_on is None:
        invitation.revoked_on = clock.today()
        session.flush()
        audit.record("invitation.revoked", actor=actor.id, about=f"invitation:{invitation.id}")


def find_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The invitation behind a link, if it can still be used. Raises InvitationOver."""
    statement = select(Invitation).where(Invitation.token_hash == digest_secret(token))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None or found.used_on or found.revoked_on or found.expires_at <= clock.now():
        raise InvitationOver(N_("This link was used, taken back, or is older than three days. Ask for a new one."))
    return found


def accept_invitation(token: str, *, username: str, passphrase: str, language: str) -> str:
    """Make the newcomer's account and sign them in; gives the session's token.

    A volunteer's role is theirs at once. A staff role is asked for in the inviter's name and waits for a second
    person (SAFETY.md 13). Raises InvitationOver, BadUsername, UsernameTaken, BadPassphrase.
    """
    invitation = _usable(token, InvitationKind.NEWCOMER)
    account = create_account(username, passphrase, language=language)
    for role in map(Role, invitation.roles):
        if role in STAFF_ROLES:
            put_request(
                account.id, role, asked_by=invitation.invited_by, reason="", scope=scope_of(invitation),
                is_renewal=False,
            )  # fmt: skip
        else:
            put_grant(account.id, role, origin=Origin.INVITATION, granted_by=invitation.invited_by)
    _use(invitation, account)
    return open_session(account, second_factor_done=False)


def come_back(token: str, passphrase: str) -> str:
    """Give an account a new passphrase and nothing else it had: sessions, app, passkeys and codes are gone.

    Staff roles are asked for anew in the name of who made the link, so that one person alone cannot take over what
    another may do. Gives the session's token. Raises InvitationOver, BadPassphrase, LastAdmin.
    """
    invitation = _usable(token, InvitationKind.RECOVERY)
    account = get_account(invitation.account_id or uuid.uuid4(), lock=True)
    if not account.is_active:
        raise InvitationOver(N_("This account is locked."))
    set_passphrase(account, passphrase, has_second_factor=False)
    forget_proofs(account)
    drop_change(account.id)
    end_sessions(account.id)
    _ask_anew(account, invitation.invited_by)
    _use(invitation, account)
    return open_session(account, second_factor_done=False)


def _ask_anew(account: Account, asked_by: uuid.UUID) -> None:
    _refuse_too_few_admins(account.id)
    drop_what_waits(account.id)
    staff = [grant for grant in list_grants(account.id) if grant.is_staff]
    for grant in staff:
        take_back(grant, asked_by)
    for grant in staff:
        put_request(
            account.id, Role(grant.role), asked_by=asked_by, reason="", scope=scope_of(grant), is_renewal=True
        )  # fmt: skip


def _refuse_too_few_admins(account_id: uuid.UUID) -> None:
    """Raise LastAdmin when an admin's role could not be given back: one admin asks for it and another approves."""
    if Role.ADMIN in current_roles(account_id) and count_admins(besides=frozenset({account_id})) < 2:
        raise LastAdmin(
            N_("Too few admins are left to confirm this admin's role again. Use the command line of the server.")
        )


def _put(
    kind: InvitationKind, actor: Actor, *, roles: list[Role], account_id: uuid.UUID | None, note: str,
    scope: Scope,
) -> str:  # fmt: skip
    token, token_hash = new_secret()
    moment = clock.now()
    session.add(
        Invitation(
            id=uuid.uuid4(), token_hash=token_hash, kind=kind, roles=[role.value for role in roles],
            scope_kind=scope[0] if scope else None, scope_id=scope[1] if scope else None,
            account_id=account_id, note=one_line(note, LONGEST_NOTE), invited_by=actor.id, made_at=moment,
            expires_at=moment + LIFETIME, used_on=None, used_by=None, revoked_on=None,
        )
    )  # fmt: skip
    session.flush()
    return token


def _usable(token: str, kind: InvitationKind) -> Invitation:
    """Lock the invitation, so that of two who open the link at once one comes in."""
    invitation = find_invitation(token, lock=True)
    if invitation.kind != kind:
        raise InvitationOver(N_("This link was used, taken back, or is older than three days. Ask for a new one."))
    return invitation


def _use(invitation: Invitation, account: Account) -> None:
    invitation.used_on, invitation.used_by = clock.today(), account.id
    session.flush()
    audit.record("invitation.used", actor=account.id, about=f"invitation:{invitation.id}")
