"""Needs and parcels for staff."""
