"""Signing in, proving a second factor, coming back with a recovery code, and proving oneself again.

Each gives a session's new token, or None when what was typed is not right: no exception, so that what a try used up
(a code, a recovery code) stays used up.
"""

import uuid
from dataclasses import dataclass

from campaign.accounts.models import Account, username_key
from campaign.accounts.queries import find_account, find_account_by_name, proofs_of
from campaign.accounts.service.passkeys import BadPasskey, RelyingParty, check_second_factor, recognise
from campaign.accounts.service.passphrases import matches
from campaign.accounts.service.recovery_codes import take_recovery_code
from campaign.accounts.service.sessions import SignedIn, find_waiting, open_session, renew_token
from campaign.accounts.service.totp import take_code
from campaign.kernel import audit
from campaign.kernel.tries import Limit, tries

# Per account: a passphrase that passed the rule survives ten guesses in fifteen minutes for longer than its owner.
BY_NAME = Limit("sign-in-name", 10, 15 * 60)
BY_NETWORK = Limit("sign-in-network", 60, 15 * 60)
# A code of six digits, three of which are right at any moment: five tries in fifteen minutes.
BY_ACCOUNT = Limit("second-factor", 5, 15 * 60)
BURST = Limit("sign-in-burst", 1, 15 * 60)


@dataclass(frozen=True, slots=True)
class Started:
    """The passphrase was right."""

    token: str
    needs_second_factor: bool
    account_id: uuid.UUID


def begin_sign_in(username: str, passphrase: str, *, demo: bool) -> Started | None:
    """Check name and passphrase; None for any that is wrong, after the same work (SAFETY.md 12)."""
    account = _usable(find_account_by_name(username), demo=demo)
    if not matches(account.passphrase_hash if account else None, passphrase) or account is None:
        return None
    needs = proofs_of(account.id).any
    return Started(open_session(account, second_factor_done=False), needs, account.id)


def finish_with_code(token: str, code: str) -> str | None:
    """Complete a sign-in that waits, with a code from the app."""
    waiting = find_waiting(token)
    if waiting is None or not take_code(waiting[1].id, code):
        return None
    return renew_token(waiting[0].id, second_factor_done=True)


def finish_with_passkey(token: str, answer: str, party: RelyingParty) -> str | None:
    """Complete a sign-in that waits, with a passkey."""
    waiting = find_waiting(token)
    if waiting is None or not _answers(waiting[1].id, answer, party):
        return None
    return renew_token(waiting[0].id, second_factor_done=True)


def sign_in_with_passkey(answer: str, party: RelyingParty, *, demo: bool) -> str:
    """Sign in with a passkey alone: the device has verified its holder. Raises BadPasskey."""
    account = _usable(recognise(answer, party), demo=demo)
    if account is None:
        raise BadPasskey
    return open_session(account, second_factor_done=True)


def recover(username: str, passphrase: str, code: str, *, demo: bool) -> str | None:
    """Sign in with a recovery code in place of the second factor; an account without a passphrase needs none."""
    account = _usable(find_account_by_name(username), demo=demo)
    knows = matches(account.passphrase_hash if account else None, passphrase)
    if account is not None and account.passphrase_hash is None:
        knows = True
    # Asked in any case, for an account that cannot be: the answer then takes as long as for one that is.
    whose = account.id if account is not None and knows else uuid.uuid4()
    if not take_recovery_code(whose, code) or account is None:
        return None
    return open_session(account, second_factor_done=True)


def prove_again(
    who: SignedIn, *, passphrase: str = "", code: str = "", answer: str = "", party: RelyingParty | None = None
) -> str | None:
    """Step up: a second factor where there is one, else the passphrase; gives the session's new token."""
    if not who.has_second_factor:
        account = find_account(who.id)
        right = account is not None and matches(account.passphrase_hash, passphrase)
    elif answer and party is not None:
        right = _answers(who.id, answer, party)
    else:
        right = take_code(who.id, code)
    return renew_token(who.session_id, second_factor_done=who.has_second_factor) if right else None


def may_try(username: str, network: str | None) -> bool:
    """Count one try at a name and from a network; False when there were too many. Unknown names count alike."""
    by_network = network is None or tries.take(BY_NETWORK, network)
    return tries.take(BY_NAME, _spelling(username)) and by_network


def forget_tries(username: str) -> None:
    """The owner came in: what was counted against the name is forgotten."""
    tries.clear(BY_NAME, _spelling(username))


def may_try_factor(account_id: uuid.UUID) -> bool:
    """Count one try at an account's second factor; False when there were too many."""
    return tries.take(BY_ACCOUNT, str(account_id))


def forget_factor_tries(account_id: uuid.UUID) -> None:
    """The right factor was shown."""
    tries.clear(BY_ACCOUNT, str(account_id))


def is_new_burst(username: str) -> bool:
    """Whether the tries at this name were not yet noted as a burst; says so once in fifteen minutes."""
    return tries.take(BURST, _spelling(username))


def note_burst(username: str) -> None:
    """Keep in the audit trail that an account was tried too often, for a name that belongs to nobody too."""
    account = find_account_by_name(username)
    audit.record("account.sign_in_burst", about=f"account:{account.id}" if account else "")


def _usable(account: Account | None, *, demo: bool) -> Account | None:
    return account if account is not None and account.is_active and (demo or not account.is_demo) else None


def _answers(account_id: uuid.UUID, answer: str, party: RelyingParty) -> bool:
    try:
        check_second_factor(account_id, answer, party)
    except BadPasskey:
        return False
    return True


def _spelling(username: str) -> str:
    """Spellings that open the same account share its tries."""
    return username_key(username[:100]) or username[:100].casefold()
