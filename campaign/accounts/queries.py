"""Reads of accounts."""

import uuid
from collections.abc import Sequence
from typing import Any


def names_of(ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of accounts."""
    return {}


def list_staff() -> Sequence[tuple[Any, Any]]:
    """Accounts with their current staff grants."""
    return []
