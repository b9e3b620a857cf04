"""Staff pages of letters."""
