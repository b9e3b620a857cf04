"""Reads of funds and of the ledger."""
