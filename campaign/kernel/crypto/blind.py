"""Looking a value up without storing it (SAFETY.md, rule 8)."""

from campaign.kernel.crypto.keyring import keyring


def blind_index(scope: str, value: str) -> bytes:
    """Return 32 bytes that stand for `value` inside `scope`, and nowhere else.

    HMAC-SHA-256 under the scope's own key, so that two scopes cannot be joined and a stolen database cannot be
    tested against a list of addresses without the keyring. Give it a canonical form (kernel/addresses.py).
    Raises KeyMissing or KeyDestroyed.
    """
    return keyring.digest(scope, "index", value.encode("utf-8", "surrogatepass"))
