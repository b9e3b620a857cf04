"""What the public reaches of this feature."""
