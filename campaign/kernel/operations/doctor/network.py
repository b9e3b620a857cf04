"""Checks of Redis and of the mail relays."""

import smtplib
import ssl
import time

import redis

from campaign.kernel.mail.senders import LOOPBACK, SmtpRelay
from campaign.kernel.registry import Finding, Level
from config import Config

REDIS_SECONDS = 0.5
OLDEST_REDIS = 7


def check_redis(config: Config) -> list[Finding]:
    """Redis answers in time and is new enough. It holds no truth, so that without it work is late and not lost."""
    started = time.monotonic()
    try:
        with redis.from_url(
            config.redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
        ) as server:
            version = str(server.info("server")["redis_version"])
            policy = str(server.info("memory").get("maxmemory_policy", ""))
    except redis.RedisError as problem:
        return [
            Finding(Level.FAIL, "redis", f"does not answer in {REDIS_SECONDS} s ({type(problem).__name__}): start it")
        ]
    took = f"version {version}, {(time.monotonic() - started) * 1000:.0f} ms"
    if int(version.split(".")[0]) < OLDEST_REDIS:
        return [Finding(Level.FAIL, "redis", f"{took}; {OLDEST_REDIS} or newer is needed")]
    if policy not in {"noeviction", ""}:
        return [
            Finding(Level.WARN, "redis", f"{took}; maxmemory-policy is {policy}: set noeviction, or rings get lost")
        ]
    return [Finding(Level.OK, "redis", took)]


def check_mail(config: Config) -> list[Finding]:
    """Each relay lets us in over verified TLS. Sends nothing: EHLO and NOOP only."""
    relays = [("SMTP_URL", config.smtp_url), ("SMTP_FALLBACK_URL", config.smtp_fallback_url)]
    found = [_check_relay(name, SmtpRelay(url, config.public_host)) for name, url in relays if url]
    return found or [Finding(Level.OK, "mail", "local mailbox, for development")]


def _check_relay(name: str, relay: SmtpRelay) -> Finding:
    try:
        client = relay.connect()
    except ssl.SSLCertVerificationError:
        return Finding(Level.FAIL, name, f"the certificate of {relay.host} does not verify")
    except smtplib.SMTPAuthenticationError:
        return Finding(Level.FAIL, name, f"{relay.host} refuses the user or password")
    except (OSError, smtplib.SMTPException) as problem:
        return Finding(Level.FAIL, name, f"{relay.host}:{relay.port} cannot be used: {type(problem).__name__}")
    with client:
        code, _ = client.noop()
        encrypted = isinstance(client.sock, ssl.SSLSocket)
    if code != 250:
        return Finding(Level.FAIL, name, f"{relay.host} answers {code} to NOOP")
    if not encrypted and relay.host not in LOOPBACK:
        return Finding(Level.FAIL, name, f"{relay.host} takes mail in clear; write smtps:// or smtp+starttls://")
    return Finding(Level.OK, name, f"{relay.host}, {'verified TLS' if encrypted else 'loopback'}")
