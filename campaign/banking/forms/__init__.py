"""Forms and words of statements."""
