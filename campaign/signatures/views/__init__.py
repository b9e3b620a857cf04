"""Pages of signatures: those of the public, and staff's desk for one petition."""
