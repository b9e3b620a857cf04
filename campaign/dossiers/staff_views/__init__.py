"""Dossiers for staff."""
