"""The address of an account: used from the moment on which somebody who reads its mail has said so.

Nobody is told whether another account has an address: its reader alone learns that, by mail (SAFETY.md 12).
"""

import uuid
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from campaign.accounts.models import EMAIL, NEW_EMAIL, SCOPE, Account, EmailChange
from campaign.accounts.queries import find_email_change, get_account
from campaign.kernel import audit, clock, tokens
from campaign.kernel.addresses import Mailbox, read_address
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.mail.quota import take_mail
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail

PURPOSE = "account-email"
CONFIRM, REPLACED = "account.email_confirm", "account.email_replaced"
DAYS = 3
MAILS = 3


class AddressTaken(DomainError):
    """The address belongs to another account."""


class EnoughMails(Conflict):
    """Three mails went to this address already."""


def email_of(account: Account) -> str:
    """The account's address in clear, or an empty text."""
    return EMAIL.unseal(SCOPE, account.id, account.email_sealed) if account.email_sealed else ""


def ask_for_email(account_id: uuid.UUID, address: str) -> None:
    """Ask the reader of an address whether the account may use it; what waited before is dropped. Raises BadAddress.

    The same happens for an address that another account has; the mail then says so.
    """
    account, mailbox = get_account(account_id, lock=True), read_address(address)
    keyring.ensure(SCOPE)
    index = blind_index(SCOPE, mailbox.canonical)
    drop_change(account_id)
    if index == account.email_index:
        return
    identity, today = uuid.uuid4(), clock.today()
    change = EmailChange(
        id=identity, account_id=account_id, address_sealed=NEW_EMAIL.seal(SCOPE, identity, mailbox.address),
        address_index=index, asked_on=today, expires_on=today + timedelta(days=DAYS), mails=1, confirmed_on=None,
    )  # fmt: skip
    session.add(change)
    session.flush()
    _owe(change, account, mailbox)


def send_again(account_id: uuid.UUID) -> None:
    """Send the link once more. Raises NotFound when nothing waits, EnoughMails."""
    account = get_account(account_id, lock=True)
    change = find_email_change(account_id)
    if change is None or change.address_sealed is None:
        raise NotFound
    if change.mails >= MAILS:
        raise EnoughMails(N_("Three mails have gone to this address. Look into its folder for spam, or enter it anew."))
    change.mails += 1
    session.flush()
    _owe(change, account, read_address(address_of(change)))


def drop_change(account_id: uuid.UUID) -> None:
    """Forget an address that waits; its link is worthless from here on."""
    session.execute(delete(EmailChange).where(EmailChange.account_id == account_id))


def forget_email(account_id: uuid.UUID) -> None:
    """Erase the account's address, and one that waits; who read the mail of the former is told."""
    account = get_account(account_id, lock=True)
    drop_change(account_id)
    _tell_former(account)
    account.email_sealed = account.email_index = None
    session.flush()


def address_of(change: EmailChange) -> str:
    """The address that waits, in clear. Raises NotFound once it was confirmed, which erases it here."""
    if change.address_sealed is None:
        raise NotFound
    return NEW_EMAIL.unseal(SCOPE, change.id, change.address_sealed)


def confirmation_token(change: EmailChange) -> str:
    """The token of the link in the mail."""
    return tokens.derive(SCOPE, PURPOSE, change.id, version=1, expires_on=change.expires_on)


def find_by_token(token: str, *, lock: bool = False) -> EmailChange | None:
    """What a link is about, or None when it was dropped or replaced meanwhile. Raises BadToken, TokenExpired."""
    claim = tokens.parse(token)
    tokens.verify(claim, SCOPE, PURPOSE, version=1, today=clock.today())
    statement = select(EmailChange).where(EmailChange.id == claim.row)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def confirm_email(token: str) -> None:
    """Use the address from now on, and tell who read the former one. Doing it twice does it once.

    Raises BadToken, TokenExpired, NotFound, and AddressTaken when another account has it.
    """
    change = find_by_token(token, lock=True)
    if change is None:
        raise NotFound
    if change.confirmed_on is not None:
        return
    account, address = get_account(change.account_id, lock=True), address_of(change)
    if is_taken(change):
        raise AddressTaken(N_("This address cannot be used here. Use another, or none."))
    _tell_former(account)
    account.email_sealed, account.email_index = EMAIL.seal(SCOPE, account.id, address), change.address_index
    change.address_sealed = change.address_index = None
    change.confirmed_on = clock.today()
    try:
        session.flush()
    except IntegrityError as problem:  # another account confirmed the same address at the same moment
        raise AddressTaken(N_("This address cannot be used here. Use another, or none.")) from problem
    audit.record("account.email_confirmed", actor=account.id, about=f"account:{account.id}")


def is_taken(change: EmailChange) -> bool:
    """Whether another account uses the address that waits."""
    taken = select(Account.id).where(Account.email_index == change.address_index, Account.id != change.account_id)
    return session.scalar(taken) is not None


def _owe(change: EmailChange, account: Account, mailbox: Mailbox) -> None:
    """Owe the mail with the link, unless the address has had its three mails of today (SAFETY.md 20)."""
    if take_mail(mailbox.canonical):
        mark = dedupe_key(SCOPE, CONFIRM, change.id.bytes, str(change.mails).encode())
        queue_mail(CONFIRM, lane=Lane.FAST, language=account.language, dedupe=mark, ref=change.id)


def _tell_former(account: Account) -> None:
    if account.email_sealed is None:
        return
    mark = dedupe_key(SCOPE, REPLACED, uuid.uuid4().bytes)
    queue_mail(
        REPLACED, lane=Lane.FAST, language=account.language, dedupe=mark, ref=account.id, recipient=email_of(account),
        scope=SCOPE,
    )  # fmt: skip
