"""Sealing of what we hold: keys per scope, sealed fields, blind indexes and the vault (SAFETY.md, rules 6 to 10)."""
