"""The settings of the application at work, typed."""

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
