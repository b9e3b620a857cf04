"""Reads of appeals. Features above show appeals by `list_published` and `get_published` and nothing else: these two
know what may be shown to whom."""

from campaign.appeals.queries.public import get_published, list_published

__all__ = ["get_published", "list_published"]
