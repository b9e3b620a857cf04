"""What the public reads of the accounts."""
