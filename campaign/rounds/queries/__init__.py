"""Reads of grant rounds."""
