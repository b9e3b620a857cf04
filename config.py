"""Every setting of Unforgotten, named once, typed and checked.

`Config.from_env()` reads the environment (and a `.env` file), makes secrets for development on first start, starts or
attaches to the embedded servers when no URL is given, and refuses what is unsafe. docs/operations.md lists them too.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values

from config_safety import refuse_unsafe
from config_secrets import UnsafeSetting, made_secret, made_vault_pair, master_key_of, read_secret, strong, texts_beside

__all__ = ["Config", "UnsafeSetting"]

MAILBOX = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,253}")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings one process runs under. Frozen: a change means a restart."""

    environment: Literal["development", "production"]
    public_url: str
    data_dir: Path
    database_url: str
    keyring_url: str
    redis_url: str
    secret_key: str = field(repr=False)
    master_key: bytes = field(repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    smtp_fallback_url: str | None = field(default=None, repr=False)
    mail_from: str = "Unforgotten <petitions@localhost>"
    unsubscribe_mail: str | None = None
    """An address that somebody reads, for mail programs that unsubscribe by mail alone."""
    organisation: str = ""
    """Who sends mailings and where they are found, as many laws want it at the end; lines part at |."""
    vault_public_key: str | None = None
    vault_private_key_file: Path | None = None
    demo: bool = False
    rate_limits: bool = True
    trusted_proxies: int = 0
    web_threads: int = 4
    log_format: Literal["console", "json"] = "console"
    onion_url: str | None = None
    lmtp_listen: str | None = None
    """Where mail that comes back is handed over: `unix:/path` or `lmtp://127.0.0.1:port`; None: nowhere."""
    testing: bool = False
    master_key_file: Path | None = None
    """Where the master key stands; `.new` and `.old` beside it are read while it is being replaced."""
    other_master_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """MASTER_KEY_OLD and NEW_MASTER_KEY: accepted for reading, never used to wrap a new key."""
    new_master_key: bytes | None = field(default=None, repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read the settings of this process; raises UnsafeSetting with one line on the first wrong one."""
        if environ is None:
            environ = {**{name: text for name, text in dotenv_values(".env").items() if text is not None}, **os.environ}
        return _Reader(environ).config()

    @property
    def production(self) -> bool:
        """Whether this process serves real people."""
        return self.environment == "production"

    @property
    def https(self) -> bool:
        """Whether visitors come by https or over an onion service, so that cookies may be Secure."""
        parts = urlsplit(self.public_url)
        return parts.scheme == "https" or (parts.hostname or "").endswith(".onion")

    @property
    def public_host(self) -> str:
        """The host name visitors see, without a port."""
        return urlsplit(self.public_url).hostname or "localhost"

    def find_master_keys(self) -> list[bytes]:
        """Every master key there is at this moment, the one that wraps first.

        Read from the files anew, so that a process which has run since before a rotation finds the key it lacks.
        """
        texts = texts_beside(self.master_key_file) if self.master_key_file is not None else []
        return list(dict.fromkeys([*map(master_key_of, texts), self.master_key, *self.other_master_keys]))

    def flask_settings(self) -> dict[str, Any]:
        """What Flask and its extensions read from `app.config`."""
        return {
            "SECRET_KEY": self.secret_key,
            "TESTING": self.testing,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": self._engine_options(),
            # Statements that are a transaction of their own (kernel/db.py). Planning the signing statement anew costs
            # more than running it, and over sixteen partitions the server never finds the kept plan cheaper by itself;
            # a plan kept from when a table was empty must not read all of it later. Estimates of such plans are far too
            # high, and compiling what they seem to cost would take a hundred times as long as they take.
            "SQLALCHEMY_BINDS": {
                "alone": {
                    "url": self.database_url,
                    "isolation_level": "AUTOCOMMIT",
                    "pool_reset_on_return": None,
                    **self._engine_options(" -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"),
                }
            },
            "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "SESSION_COOKIE_NAME": "__Host-session" if self.https else "session",
            "SESSION_COOKIE_SECURE": self.https,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "WTF_CSRF_TIME_LIMIT": None,
        }

    def _engine_options(self, server_settings: str = "") -> dict[str, Any]:
        return {
            # Errors quote bound parameters, and parameters hold addresses.
            "hide_parameters": True,
            "pool_size": self.web_threads + 2,
            "max_overflow": 4,
            "pool_timeout": 5,
            "pool_recycle": 1800,
            "connect_args": {
                "connect_timeout": 3,
                "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c timezone=UTC "
                f"-c idle_in_transaction_session_timeout=60000{server_settings}",
            },
        }


class _Reader:
    """Turns one mapping of names to text into a Config."""

    def __init__(self, source: Mapping[str, str]) -> None:
        self.source = source
        self.environment = self.choice("ENVIRONMENT", "development", ("development", "production"))
        self.production = self.environment == "production"
        self.data_dir = Path(self.text("DATA_DIR", "instance")).absolute()

    def config(self) -> Config:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as problem:
            raise UnsafeSetting(f"DATA_DIR {self.data_dir} cannot be used: {problem.strerror}") from problem
        database_url, redis_url = self.servers()
        public_url = self.url("PUBLIC_URL", f"http://localhost:{self.text('PORT', '8000')}", {"http", "https"})
        public_key, private_file = self.vault()
        new_master_key = self.other_key("NEW_MASTER_KEY")
        config = Config(
            environment="production" if self.production else "development",
            public_url=public_url.rstrip("/"),
            data_dir=self.data_dir,
            database_url=database_url,
            keyring_url=self.text("KEYRING_URL", f"sqlite:///{self.data_dir / 'keyring' / 'keyring.sqlite'}"),
            redis_url=redis_url,
            secret_key=self.secret("SECRET_KEY"),
            master_key=master_key_of(self.secret("MASTER_KEY")),
            smtp_url=self.optional_url("SMTP_URL", {"smtp", "smtps", "smtp+starttls"}),
            smtp_fallback_url=self.optional_url("SMTP_FALLBACK_URL", {"smtp", "smtps", "smtp+starttls"}),
            mail_from=self.text("MAIL_FROM", "Unforgotten <petitions@localhost>"),
            unsubscribe_mail=self.optional_mailbox("UNSUBSCRIBE_MAIL"),
            organisation=self.text("ORGANISATION", ""),
            vault_public_key=public_key,
            vault_private_key_file=private_file,
            demo=self.flag("DEMO", default=not self.production),
            rate_limits=self.flag("RATE_LIMITS", default=True),
            trusted_proxies=self.number("TRUSTED_PROXIES", 0, 0, 5),
            web_threads=self.number("WEB_THREADS", 4, 1, 64),
            log_format="json" if self.choice("LOG_FORMAT", "console", ("console", "json")) == "json" else "console",
            onion_url=self.optional_url("ONION_URL", {"http", "https"}),
            lmtp_listen=self.lmtp_listen(),
            master_key_file=self.master_key_file(),
            other_master_keys=tuple(key for key in (self.other_key("MASTER_KEY_OLD"), new_master_key) if key),
            new_master_key=new_master_key,
        )
        if config.production:
            refuse_unsafe(config)
        return config

    def text(self, name: str, default: str) -> str:
        return self.source.get(name, "").strip() or default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise UnsafeSetting(f"{name} is {value!r}; it must be one of: {', '.join(allowed)}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        return self.choice(name, "1" if default else "0", ("0", "1")) == "1"

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not least <= int(value) <= most:
            raise UnsafeSetting(f"{name} is {value!r}; it must be a whole number from {least} to {most}")
        return int(value)

    def url(self, name: str, default: str, schemes: set[str]) -> str:
        value = self.text(name, default)
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.hostname:
            raise UnsafeSetting(f"{name} must be a full address beginning with {' or '.join(sorted(schemes))}://")
        return value

    def optional_url(self, name: str, schemes: set[str]) -> str | None:
        return self.url(name, "", schemes) if self.text(name, "") else None

    def lmtp_listen(self) -> str | None:
        """On this machine only: whoever reaches it may hand over mail, and nobody signs in there."""
        value = self.text("LMTP_LISTEN", "")
        parts = urlsplit(value)
        is_socket = value.startswith("unix:/")
        is_loopback = parts.scheme == "lmtp" and parts.hostname in {"127.0.0.1", "::1", "localhost"} and parts.port
        if value and not is_socket and not is_loopback:
            raise UnsafeSetting("LMTP_LISTEN must be unix:/a/path or lmtp://127.0.0.1:PORT")
        return value or None

    def optional_mailbox(self, name: str) -> str | None:
        value = self.text(name, "")
        if value and not MAILBOX.fullmatch(value):
            raise UnsafeSetting(f"{name} must be a bare address such as unsubscribe@example.org")
        return value or None

    def servers(self) -> tuple[str, str]:
        """The two server addresses; the embedded servers stand in for what is not given (never in production)."""
        database_url, redis_url = self.text("DATABASE_URL", ""), self.text("REDIS_URL", "")
        if database_url and redis_url:
            return _psycopg(database_url), redis_url
        if self.production:
            missing = "DATABASE_URL" if not database_url else "REDIS_URL"
            raise UnsafeSetting(f"{missing} is not set; production needs servers of its own")
        from launcher.keeper import attach  # the embedded servers are a development dependency

        servers = attach(self.data_dir)
        return _psycopg(database_url) if database_url else servers.database_url, redis_url or servers.redis_url

    def secret(self, name: str) -> str:
        """A secret from NAME, from the file NAME_FILE, or (development only) made once under DATA_DIR/secrets."""
        value = self.given_secret(name)
        if not value and not self.production:
            value = made_secret(self.data_dir / "secrets" / name.lower())
        if not value:
            raise UnsafeSetting(f"{name} is not set; give {name} or {name}_FILE (for example: openssl rand -base64 48)")
        return strong(name, value)

    def given_secret(self, name: str) -> str:
        given_file = self.text(f"{name}_FILE", "")
        return self.text(name, "") or (read_secret(Path(given_file), f"{name}_FILE") if given_file else "")

    def other_key(self, name: str) -> bytes | None:
        """A master key besides the one in use, while it is being replaced."""
        value = self.given_secret(name)
        return master_key_of(strong(name, value)) if value else None

    def master_key_file(self) -> Path | None:
        if self.text("MASTER_KEY", ""):
            return None
        return Path(self.text("MASTER_KEY_FILE", str(self.data_dir / "secrets" / "master_key")))

    def vault(self) -> tuple[str | None, Path | None]:
        public_key = self.text("VAULT_PUBLIC_KEY", "") or None
        private_file = self.text("VAULT_PRIVATE_KEY_FILE", "")
        if public_key or self.production:
            return public_key, Path(private_file) if private_file else None
        return made_vault_pair(self.data_dir / "secrets")


def _psycopg(url: str) -> str:
    """The same address for SQLAlchemy's psycopg 3 driver; operators write the usual postgresql://."""
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise UnsafeSetting("DATABASE_URL must begin with postgresql://; PostgreSQL is the one database supported")
    return f"postgresql+psycopg://{rest}"
