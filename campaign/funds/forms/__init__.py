"""Forms of funds and of the ledger, and what their words are."""
