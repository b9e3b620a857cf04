"""Forms of mailings."""
