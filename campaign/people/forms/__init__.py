"""Forms and words of people's records."""
