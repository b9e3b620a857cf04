"""Pages of accounts, one module for each side from which they are reached."""
