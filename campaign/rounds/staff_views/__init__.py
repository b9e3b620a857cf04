"""Grant rounds for staff."""
