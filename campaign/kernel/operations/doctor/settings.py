"""Checks of the settings alone."""

from urllib.parse import parse_qs, urlsplit

from campaign.kernel.registry import Finding, Level
from config import Config
from config_safety import LOOPBACK_HOSTS, unsafe_settings

VERIFIED = frozenset({"require", "verify-ca", "verify-full"})


def check_settings(config: Config) -> list[Finding]:
    """What production refuses to start on; in development the same lines are no fault."""
    if not config.production:
        return [Finding(Level.OK, "settings", "ENVIRONMENT is development; production is checked more strictly")]
    found = [Finding(Level.FAIL, line.split(" ", 1)[0], line) for line in unsafe_settings(config)]
    found += _unencrypted(config)
    if config.mail_from.endswith("@localhost>"):
        found.append(Finding(Level.FAIL, "MAIL_FROM", "is not set; receivers refuse mail from localhost"))
    return found or [Finding(Level.OK, "settings", "nothing unsafe")]


def check_proxies(config: Config) -> list[Finding]:
    """TRUSTED_PROXIES against how visitors come in."""
    name, proxies = "TRUSTED_PROXIES", config.trusted_proxies
    if config.https and proxies == 0:
        level = Level.FAIL if config.production else Level.WARN
        return [Finding(level, name, "is 0 behind https; limits would count all visitors as one: set 1 for one proxy")]
    if proxies > 2:
        return [Finding(Level.WARN, name, f"is {proxies}; each proxy too many lets visitors make up their address")]
    return [Finding(Level.OK, name, f"{proxies}")]


def check_vault(config: Config) -> list[Finding]:
    """The vault's halves: the public one here, the private one elsewhere."""
    found = []
    if config.vault_public_key is None:
        found.append(
            Finding(Level.WARN, "vault", "VAULT_PUBLIC_KEY is not set; families and postal addresses cannot be kept")
        )
    elif len(config.vault_public_key) != 64:
        found.append(Finding(Level.FAIL, "vault", "VAULT_PUBLIC_KEY is not 64 hexadecimal digits"))
    if config.production and config.vault_private_key_file is not None and config.vault_private_key_file.exists():
        advice = "the private key lies on this server; keep it offline and bring it only to open the vault"
        found.append(Finding(Level.WARN, "vault", advice))
    return found or [Finding(Level.OK, "vault", "public key present")]


def _unencrypted(config: Config) -> list[Finding]:
    found = []
    for name, url in (("DATABASE_URL", config.database_url), ("KEYRING_URL", config.keyring_url)):
        parts = urlsplit(url)
        modes = parse_qs(parts.query).get("sslmode", [""])
        remote = parts.hostname and parts.hostname not in LOOPBACK_HOSTS
        if parts.scheme.startswith("postgresql") and remote and modes[0] not in VERIFIED:
            found.append(Finding(Level.FAIL, name, "goes to another machine; add ?sslmode=verify-full"))
    redis = urlsplit(config.redis_url)
    if redis.scheme == "redis" and redis.hostname not in LOOPBACK_HOSTS:
        found.append(Finding(Level.WARN, "REDIS_URL", "goes to another machine in clear; write rediss://"))
    return found
