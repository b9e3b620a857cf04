"""Reads of the accounts as a whole."""
