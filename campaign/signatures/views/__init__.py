"""Pages of signatures: those of the public, and those of staff."""
