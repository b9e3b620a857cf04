"""Forms of payees and payments, and what staff call things."""
