"""Unsubscribing and preferences."""
