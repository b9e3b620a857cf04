"""Staff views of payments and of payees."""
