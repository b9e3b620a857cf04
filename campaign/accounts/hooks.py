"""Binds sign-in to the web: how a request's account is found."""

from flask import Request

from campaign.extensions import login


def register() -> None:
    """Fill the registries."""
    login.request_loader(_account_of)


def _account_of(_request: Request) -> None:
    return None
