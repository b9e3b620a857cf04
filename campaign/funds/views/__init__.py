"""Funds before the public."""
