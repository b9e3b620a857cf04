"""Reads of pen-pals."""
