"""Owns copies of the public site as static files: built by asking the site itself, signed, packed, and checked.

Promises that a copy holds what a visitor of one place is shown and nothing else, that whoever was withdrawn is gone
from it after the next build, that it opens from a disk without a script, and that nobody can change it unseen.
"""
