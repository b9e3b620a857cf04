"""What is done with payees and payments."""
