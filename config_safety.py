"""What a production server refuses to start on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config_secrets import UnsafeSetting, master_key_of

if TYPE_CHECKING:
    from config import Config

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def refuse_unsafe(config: "Config") -> None:
    """Raise UnsafeSetting with one line for each setting that is unsafe, if any is."""
    faults = list(unsafe_settings(config))
    if faults:
        raise UnsafeSetting("\n".join(faults))


def unsafe_settings(config: "Config") -> Iterator[str]:
    """What production refuses to start on, one line each; `flask doctor` shows the same."""
    if config.demo:
        yield "DEMO is 1; demo content and open sign-ins are refused in production"
    if not config.rate_limits:
        yield "RATE_LIMITS is 0; limits cannot be switched off in production"
    if not config.https and config.public_host not in LOOPBACK_HOSTS:
        yield "PUBLIC_URL must begin with https:// in production (an .onion address may use http)"
    if master_key_of(config.secret_key) == config.master_key:
        yield "SECRET_KEY and MASTER_KEY are the same; whoever learns one must not hold the other"
    yield from _unsafe_mail(config)
    yield from _unsafe_places(config)


def _unsafe_mail(config: "Config") -> Iterator[str]:
    if config.smtp_url is None:
        yield "SMTP_URL is not set; the local mailbox is for development only"
    for name, url in (("SMTP_URL", config.smtp_url), ("SMTP_FALLBACK_URL", config.smtp_fallback_url)):
        parts = urlsplit(url or "")
        # Mail in clear tells everybody on the way who signed what.
        if parts.scheme == "smtp" and parts.hostname not in LOOPBACK_HOSTS:
            yield f"{name} goes to another machine without TLS; write smtps:// or smtp+starttls://"


def _unsafe_places(config: "Config") -> Iterator[str]:
    keyring, database = urlsplit(config.keyring_url), urlsplit(config.database_url)
    same_server = (keyring.hostname, keyring.port or 5432) == (database.hostname, database.port or 5432)
    if keyring.scheme.startswith("postgresql") and same_server:
        # One theft, or one backup of that server, would carry both the data and its keys.
        yield "KEYRING_URL is on the database's own server; keep keys on another than what they open"
    for name, path in (("DATA_DIR", config.data_dir), ("MASTER_KEY_FILE", config.master_key_file)):
        if path is not None and path.exists() and path.stat().st_mode & 0o077:
            yield f"{name} {path} is open to other users; chmod {'700' if path.is_dir() else '600'} {path}"
