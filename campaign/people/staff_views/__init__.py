"""The staff side of people's records."""
