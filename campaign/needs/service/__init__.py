"""Use cases of needs and of parcels."""
