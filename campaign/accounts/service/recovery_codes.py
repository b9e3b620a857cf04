"""Ten codes on paper, each good once in place of a lost second factor (SAFETY.md 12)."""

import base64
import hmac
import secrets
import uuid

from sqlalchemy import delete, update

from campaign.accounts.models import SCOPE, RecoveryCode
from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session

AMOUNT = 10
BYTES = 10  # 80 bits are 16 characters of base32


def make_codes(account_id: uuid.UUID) -> list[str]:
    """Replace the account's codes by ten new ones and return them; they cannot be shown again."""
    keyring.ensure(SCOPE)
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [_written(secrets.token_bytes(BYTES)) for _ in range(AMOUNT)]
    session.add_all(
        RecoveryCode(id=uuid.uuid4(), account_id=account_id, code_hash=_digest(code), used_on=None) for code in codes
    )
    session.flush()
    audit.record("account.recovery_codes_made", actor=account_id, about=f"account:{account_id}", amount=AMOUNT)
    return codes


def take_recovery_code(account_id: uuid.UUID, typed: str) -> bool:
    """Whether `typed` is an unused code of the account; if so it is used up, once, however many ask."""
    keyring.ensure(SCOPE)
    statement = (
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == _digest(typed),
            RecoveryCode.used_on.is_(None),
        )
        .values(used_on=clock.today())
    )
    if session.execute(statement.returning(RecoveryCode.id)).first() is None:
        return False
    audit.record("account.recovery_code_used", actor=account_id, about=f"account:{account_id}")
    return True


def forget_codes(account_id: uuid.UUID) -> None:
    """Delete the account's codes."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _written(raw: bytes) -> str:
    text = base64.b32encode(raw).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _digest(code: str) -> bytes:
    """A keyed hash: 80 random bits cannot be searched for, and without the keyring not even tested."""
    # 0 and 1 are not in base32, and who copies by hand writes them for O and L.
    bare = "".join(each for each in code[:200].lower() if each.isalnum()).replace("0", "o").replace("1", "l")
    return hmac.digest(keyring.key(SCOPE, "recovery"), bare.encode("utf-8", "surrogatepass"), "sha256")
