"""Use cases of the API."""
