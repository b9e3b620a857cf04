"""Reads of needs and of parcels."""
