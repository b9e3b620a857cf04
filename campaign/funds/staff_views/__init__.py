"""Funds and the ledger for staff."""
