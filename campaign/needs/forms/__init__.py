"""Forms of needs and of parcels, and what things are called."""
