"""Codes from an authenticator app (RFC 6238). Each works once (SAFETY.md 12)."""

import hmac
import uuid

import pyotp
from sqlalchemy import delete

from campaign.accounts.models import SCOPE, TOTP, Account, TotpSecret
from campaign.accounts.queries import find_totp
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound

STEP = 30
# A code of the step before and of the one after is taken, for clocks that differ and people who type slowly.
DRIFT = 1
ISSUER = "Unforgotten"


def begin_setup(account: Account) -> None:
    """Make a secret that waits for its first code; it replaces one that waited before, and nothing that works."""
    keyring.ensure(SCOPE)
    session.execute(
        delete(TotpSecret).where(TotpSecret.account_id == account.id, TotpSecret.is_confirmed.is_(False))
    )  # fmt: skip
    row = uuid.uuid4()
    session.add(
        TotpSecret(
            id=row, account_id=account.id, secret_sealed=TOTP.seal(SCOPE, row, pyotp.random_base32()),
            is_confirmed=False, last_used_step=0, made_on=clock.today(),
        )
    )  # fmt: skip
    session.flush()


def waiting_secret(account: Account) -> str:
    """The secret being set up, as people type it. Raises NotFound when none is."""
    waiting = find_totp(account.id, confirmed=False)
    if waiting is None:
        raise NotFound
    return _secret(waiting)


def setup_address(account: Account) -> str:
    """The otpauth:// address for the QR code of the secret being set up."""
    return pyotp.TOTP(waiting_secret(account), interval=STEP).provisioning_uri(
        name=account.username, issuer_name=ISSUER
    )


def confirm_setup(account: Account, code: str) -> bool:
    """Take the first code of the secret being set up; from then on it is the account's second factor."""
    waiting = find_totp(account.id, confirmed=False, lock=True)
    if waiting is None:
        raise NotFound
    if not _take(waiting, code):
        return False
    session.execute(delete(TotpSecret).where(TotpSecret.account_id == account.id, TotpSecret.is_confirmed))
    waiting.is_confirmed = True
    session.flush()
    audit.record("account.totp_added", actor=account.id, about=f"account:{account.id}")
    return True


def take_code(account_id: uuid.UUID, code: str) -> bool:
    """Whether `code` is right now and was not used before; if so it is used up.

    The row is locked while it is compared: of two requests with the same code one is refused.
    """
    secret = find_totp(account_id, confirmed=True, lock=True)
    return secret is not None and _take(secret, code)


def remove_totp(account: Account) -> None:
    """Forget the account's app."""
    session.execute(delete(TotpSecret).where(TotpSecret.account_id == account.id))
    audit.record("account.totp_removed", actor=account.id, about=f"account:{account.id}")


def _take(secret: TotpSecret, code: str) -> bool:
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdecimal()):
        return False
    app, now = pyotp.TOTP(_secret(secret), interval=STEP), int(clock.now().timestamp()) // STEP
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > secret.last_used_step and hmac.compare_digest(app.generate_otp(step), digits):
            secret.last_used_step = step
            session.flush()
            return True
    return False


def _secret(row: TotpSecret) -> str:
    return TOTP.unseal(SCOPE, row.id, row.secret_sealed)
