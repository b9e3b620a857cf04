"""Reads of donors, pledges and gifts."""
