"""Emptying tables, with whatever points to them."""

from collections.abc import Sequence

from sqlalchemy import text

from campaign.kernel.db import session


def truncate(names: Sequence[str]) -> None:
    """Empty these in the open transaction; the ledger, which refuses that, may be among what points to them."""
    if names:
        session.execute(text("SET LOCAL unforgotten.emptying = 'on'"))
        session.execute(text("TRUNCATE " + ", ".join(f'"{name}"' for name in names) + " CASCADE"))
