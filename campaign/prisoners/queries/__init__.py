"""Reads of prisoners."""

from campaign.prisoners.queries.people import get_prisoner, get_public_prisoner

__all__ = ["get_prisoner", "get_public_prisoner"]
