"""The settings of the application at work, typed."""

from urllib.parse import urlsplit

from flask import current_app

from config import Config


def settings() -> Config:
    """The Config this application was made with."""
    config: Config = current_app.extensions["unforgotten"]
    return config


def absolute_url(path: str, language: str = "en") -> str:
    """The public address of `path`, for mail and for machines; needs no request."""
    prefix = "" if language == "en" else f"/{language}"
    return f"{settings().public_url}{prefix}{path}"


def own_hosts() -> frozenset[str]:
    """Where our own pages are."""
    config = settings()
    return frozenset(urlsplit(url).netloc for url in (config.public_url, config.onion_url) if url)
