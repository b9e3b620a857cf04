"""Staff pages of statements."""
