"""Reads of payees and payments; none opens what is sealed."""
