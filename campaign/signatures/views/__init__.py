"""Pages of signatures: those of the public, and staff's desk for one petition."""

from campaign.signatures.views import exports, own, set_aside

__all__ = ["exports", "own", "set_aside"]
