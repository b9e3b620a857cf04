"""A test of an automatic mail, to the address of whoever asks for it."""

import uuid
from collections.abc import Mapping, Sequence

from campaign.accounts.models import SCOPE, Account
from campaign.accounts.service.emails import email_of
from campaign.kernel import audit, clock
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail, automatic_mails
from campaign.kernel.mail.kinds import MailKind, mail_kinds
from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim, Lane, dedupe_key, queue_mail
from campaign.web.mail_examples import example_mail
from campaign.web.mailing import render_text

MAIL = "staff.test"
MOST_A_DAY = 10
NAMESPACE = uuid.UUID("5c1b7f0e-4f57-4c3e-9d0c-3b8a4c0c7e11")
OWED, NO_ADDRESS, ENOUGH = "owed", "no-address", "enough"
WORDS: Mapping[str, str] = {
    OWED: N_("On its way to the address of your account."),
    NO_ADDRESS: N_("Your account has no address. Add one on the page of your account."),
    ENOUGH: N_("Enough tests for today; tomorrow there are more."),
}


def owe_test(mail: AutomaticMail, language: str, account: Account) -> str:
    """Owe it, at most MOST_A_DAY a day to one account: each takes a place of the day. Gives a word of WORDS."""
    address = email_of(account)
    if not address:
        return NO_ADDRESS
    keyring.ensure(SCOPE)
    today = clock.today().isoformat().encode()
    for number in range(MOST_A_DAY):
        mark = dedupe_key(SCOPE, MAIL, account.id.bytes, today, str(number).encode())
        if queue_mail(
            MAIL, lane=Lane.FAST, language=language, dedupe=mark, ref=_name_of(mail), recipient=address, scope=SCOPE
        ):
            audit.record("mail_text.tested", actor=account.id, about=f"mail-text:{mail.key}:{language}")
            return OWED
    return ENOUGH


def build(claims: Sequence[Claim]) -> Mapping[uuid.UUID, Mail]:
    """The text as it holds when it leaves, with example values."""
    known = {_name_of(mail): mail for mail in automatic_mails}
    mails = {}
    for claim in claims:
        if claim.ref not in known:
            continue
        mail = known[claim.ref]
        try:
            address = claim.recipient()
        except CryptoError:
            continue  # the key is gone: there is nobody left to write to
        mails[claim.id] = example_mail(mail, render_text(mail.key, claim.language), claim.language, recipient=address)
    return mails


def register() -> None:
    """Fill the registry."""
    mail_kinds.register(MAIL, MailKind(build))


def _name_of(mail: AutomaticMail) -> uuid.UUID:
    """What a row of a test refers to, since its mail is no row."""
    return uuid.uuid5(NAMESPACE, mail.key)
