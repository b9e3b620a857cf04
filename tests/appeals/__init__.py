"""Tests of needs and of parcels."""
