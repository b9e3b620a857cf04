"""Reads about letters."""
