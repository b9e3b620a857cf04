"""What the accounts are called."""
