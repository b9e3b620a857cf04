"""What mailings do."""
