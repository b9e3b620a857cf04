"""Pages of sharing: those of the public, and staff's codes."""
