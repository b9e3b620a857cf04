"""Segments of people."""
