"""Test mails of a mailing: to an account of staff, never to an address that somebody types."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from campaign.accounts.models import SCOPE, Account
from campaign.accounts.queries import list_staff
from campaign.accounts.service.emails import email_of
from campaign.kernel import audit, clock
from campaign.kernel.allowance import Allowance, take
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.mailings.models import Mailing, MailingText, Variant

KINDS = {Variant.A: "mailing.test", Variant.B: "mailing.test_b"}
A_DAY = Allowance("mailing-tests", 20, timedelta(days=1))


class CannotTest(DomainError):
    """No test mail leaves."""


def list_testers() -> Sequence[Account]:
    """Staff whose address is confirmed, by name."""
    today = clock.today()
    found = {
        account.id: account
        for account, grant in list_staff()
        if account.is_active and account.email_sealed is not None and grant.expires_on >= today
    }
    return sorted(found.values(), key=lambda account: account.username.casefold())


def send_test(mailing: Mailing, language: str, variant: Variant, *, to: uuid.UUID, actor: uuid.UUID) -> None:
    """Owe a test mail to a member of staff. Raises NotFound, CannotTest after twenty a day."""
    account = next((each for each in list_testers() if each.id == to), None)
    text = session.get(MailingText, (mailing.id, language))
    if account is None or text is None:
        raise NotFound
    if not text.subject or not text.body:
        raise CannotTest(N_("Write the subject and the text first."))
    if not take(A_DAY, actor):
        raise CannotTest(N_("You have sent twenty test mails today. Tomorrow there are twenty more."))
    keyring.ensure(SCOPE)
    key = dedupe_key(SCOPE, "mailing-test", uuid.uuid4().bytes)
    queue_mail(
        KINDS[variant], lane=Lane.FAST, language=language, dedupe=key, ref=mailing.id, recipient=email_of(account),
        scope=SCOPE,
    )  # fmt: skip
    audit.record("mailing.test", actor=actor, about=f"mailing:{mailing.id}", reason=f"to account {to}")


def texts_to_test(wanted: set[tuple[uuid.UUID, str]]) -> dict[tuple[uuid.UUID, str], tuple[Mailing, MailingText]]:
    """By mailing and language: what test mails say; what was deleted meanwhile is missing."""
    ids = {mailing_id for mailing_id, _language in wanted}
    joined = select(Mailing, MailingText).join(MailingText, MailingText.mailing_id == Mailing.id)
    rows = session.execute(joined.where(Mailing.id.in_(ids)))
    return {(mailing.id, text.language): (mailing, text) for mailing, text in rows}
