"""What accounts add to the rest: who a request comes from, what staff must look after, and what is forgotten when."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Request, url_for
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin

from campaign.accounts import queries
from campaign.accounts.models import EmailChange
from campaign.accounts.policy import can_change_roles, can_decide
from campaign.accounts.service import retention, vault
from campaign.accounts.service.emails import CONFIRM, DAYS, REPLACED, address_of, confirmation_token, is_taken
from campaign.accounts.service.sessions import SignedIn, end_all_sessions, find_signed_in
from campaign.extensions import login
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.crypto.vault_door import vault_door
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, Why, page_link, register_all
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry import (
    Need,
    RetentionRule,
    StaffLink,
    after_restore,
    dashboard_needs,
    retention_rules,
    staff_links,
)
from campaign.web.mailing import render_text
from campaign.web.session_cookie import carried_token
from campaign.web.settings import absolute_url, settings


class Nobody(AnonymousUserMixin):  # type: ignore[misc]
    """A visitor who is not signed in, with the same questions answered."""

    is_staff = False
    is_demo = False
    is_fresh = False
    needs_second_factor = False

    def has_role(self, *_roles: Role) -> bool:
        """Never."""
        return False

    def has_role_in(self, _kind: str, _subject: uuid.UUID, *_roles: Role) -> bool:
        """Never."""
        return False

    def subjects_of(self, _kind: str, *_roles: Role) -> frozenset[uuid.UUID] | None:
        """None of them."""
        return frozenset()


ACCOUNTS = StaffLink(
    "staff_accounts.list_accounts", N_("People with access"), frozenset({Role.ADMIN, Role.COORDINATOR}), 80
)
VAULT = StaffLink("vault.show_vault", N_("Vault"), frozenset(vault.OPENERS), 85)

ASKED, NEW_ADDRESS = N_("Somebody entered an address for their account."), N_("the address that was entered")
MAILS = (
    AutomaticMail(
        CONFIRM, N_("Confirm the address of an account"), ASKED, NEW_ADDRESS, Why.ACT,
        (page_link("/account/email/example"),),
    ),
    AutomaticMail(
        CONFIRM, N_("The address belongs to another account"), ASKED, NEW_ADDRESS, Why.ACT,
        folder="account_email_taken",
    ),
    AutomaticMail(
        REPLACED, N_("An account uses this address no longer"),
        N_("The address of an account was replaced or taken out."), N_("the address that was used before"), Why.ACT,
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    login.request_loader(_load_signed_in)
    login.anonymous_user = Nobody
    # Flask-Login's own protection hashes the client's address and browser into the cookie; neither is kept here.
    login.session_protection = None
    for name, need in (
        ("accounts-roles-expire", expiring_roles),
        ("accounts-last-admin", lapsed_last_admin),
        ("accounts-requests", waiting_requests),
        ("accounts-break-glass", break_glass),
        ("vault", vault_waits),
    ):
        dashboard_needs.register(name, need)
    staff_links.register("accounts", ACCOUNTS)
    mail_kinds.register(CONFIRM, MailKind(_build_confirm))
    mail_kinds.register(REPLACED, MailKind(_build_replaced))
    register_all(MAILS)
    staff_links.register("vault", VAULT)
    # A session that was ended since the backup, perhaps because a browser was stolen, must not come back.
    after_restore.register("accounts", end_all_sessions)
    for rule in (
        RetentionRule(
            "sessions", retention.SESSION_DAYS, retention.delete_old_sessions,
            N_("That an account was signed in, by day: deleted 30 days after the session ended."),
        ),
        RetentionRule(
            "invitations", retention.INVITATION_DAYS, retention.delete_old_invitations,
            N_("That an account was invited, and by whom: deleted 30 days after the invitation ended."),
        ),
        RetentionRule(
            "role-requests", retention.REQUEST_DAYS, retention.delete_old_requests,
            N_("Who asked for a role and who decided: deleted after a year."),
        ),
        RetentionRule(
            "account-addresses", DAYS, retention.delete_old_email_changes,
            N_("An address for an account that nobody confirmed: deleted after 3 days."),
        ),
        RetentionRule(
            "sign-in-leftovers", 1, retention.delete_leftovers,
            N_("Unfinished set-ups of a second factor: deleted after a day."),
        ),
    ):  # fmt: skip
        retention_rules.register(rule.name, rule)


def _build_confirm(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """The link, or to somebody who has another account here that nothing can come of it."""
    mails = {}
    for claim in claims:
        change = session.get(EmailChange, claim.ref, populate_existing=True) if claim.ref else None
        if change is None or change.confirmed_on is not None or change.expires_on < clock.today():
            continue
        link = absolute_url(f"/account/email/{confirmation_token(change)}", claim.language)
        text = "account_email_taken" if is_taken(change) else "account_email_confirm"
        mails[claim.id] = Mail(address_of(change), render_text(text, claim.language), {"link": link})
    return mails


def _build_replaced(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """To the address that an account used before."""
    text = "account_email_replaced"
    return {claim.id: Mail(claim.recipient(), render_text(text, claim.language)) for claim in claims}


def _load_signed_in(_request: Request) -> SignedIn | None:
    token = carried_token()
    return find_signed_in(token, demo=settings().demo) if token else None


def expiring_roles(actor: Any) -> Sequence[Need]:
    """The actor's own roles that end within 14 days."""
    soon = clock.today() + timedelta(days=queries.WARN_DAYS)
    ending = [grant for grant in queries.list_grants(actor.id) if grant.expires_on <= soon]
    if not ending:
        return ()
    return (Need(_("Your roles end soon: ask for their renewal"), len(ending), url_for("account.show_account")),)


def lapsed_last_admin(actor: Any) -> Sequence[Need]:
    """Loud: no admin has a role that still runs. The newest stays, but somebody must renew it now."""
    newest = queries.last_admin_expiry()
    if newest is None or newest > clock.today():
        return ()
    title = _("The last admin role is past its date: it must be renewed now, here or with “flask staff renew”")
    return (Need(title, 1, url_for("staff_accounts.list_accounts"), urgent=True),)


def waiting_requests(actor: Any) -> Sequence[Need]:
    """Roles that others asked for and this admin may decide on."""
    if not can_change_roles(actor):
        return ()
    waiting = queries.list_waiting_requests()
    mine = [each for each in waiting if can_decide(actor, asked_by=each.asked_by, about=each.account_id)]
    if not mine:
        return ()
    return (Need(_("Roles to approve or decline"), len(mine), url_for("staff_accounts.list_accounts")),)


def break_glass(_actor: Any) -> Sequence[Need]:
    """What the command line did alone within seven days, for every staff member to see (SAFETY.md 13)."""
    amount = queries.count_break_glass(clock.today())
    if not amount:
        return ()
    title = _("Changes to accounts from the server's command line in the last 7 days")
    return (Need(title, amount, url_for("staff_accounts.list_accounts"), urgent=True),)


def vault_waits(actor: Any) -> Sequence[Need]:
    """Somebody has loaded the vault's key and waits for this person as the second one."""
    if not vault.can_open(actor):
        return ()
    state = vault_door.state()
    if not state.is_waiting or state.first == actor.id:
        return ()
    return (Need(_("The vault waits for a second person"), 1, url_for("vault.show_vault"), urgent=True),)
