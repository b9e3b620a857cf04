"""Acts on statements and their lines."""

from campaign.banking.service.matching import BadMatch, match, undo_match

__all__ = ["BadMatch", "match", "undo_match"]
