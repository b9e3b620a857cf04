"""Forms of letters, and the words for their states."""
