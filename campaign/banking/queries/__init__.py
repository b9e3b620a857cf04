"""Reads of statements and their lines."""

from campaign.banking.queries.facts import facts_by_line, facts_of, find_line, get_line

__all__ = ["facts_by_line", "facts_of", "find_line", "get_line"]
