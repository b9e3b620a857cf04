"""The accounts as a whole, for treasurers and for the second person."""
