"""Owns the pages that draw on several features: home, the account, what an operator sees. No tables of its own."""
