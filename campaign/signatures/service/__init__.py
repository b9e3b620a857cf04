"""What may be done with signatures: sign, confirm, count, and let go."""
