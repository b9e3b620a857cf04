"""Mails to writers, where an account has an address. Whoever has none finds the same on their page."""

import uuid

from campaign.accounts.models import SCOPE, AccountState
from campaign.accounts.queries import find_account
from campaign.accounts.service.emails import email_of
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.people.models import Volunteer

ACCEPTED = "writer.accepted"
CHANGED = "writer.changed"
WARNING = "writer.warning"
UNANSWERED = "writer.unanswered"
KINDS = (ACCEPTED, CHANGED, WARNING, UNANSWERED)


def tell(volunteer: Volunteer, kind: str) -> bool:
    """Owe one mail about the step at hand; False where there is no address, or it is owed already."""
    account = find_account(volunteer.account_id) if volunteer.account_id is not None else None
    if account is None or account.email_sealed is None or account.state != AccountState.ACTIVE:
        return False
    mark = dedupe_key(SCOPE, kind, volunteer.id.bytes, str(volunteer.version).encode(), _day(volunteer))
    return queue_mail(kind, lane=Lane.LETTERS, language=account.language, dedupe=mark, ref=account.id)


def address_for(account_id: uuid.UUID | None) -> str:
    """The address of an account that is still in use, or an empty text."""
    account = find_account(account_id) if account_id is not None else None
    if account is None or account.state != AccountState.ACTIVE:
        return ""
    return email_of(account)


def _day(volunteer: Volunteer) -> bytes:
    return (volunteer.warned_on or volunteer.state_since_on).isoformat().encode()
