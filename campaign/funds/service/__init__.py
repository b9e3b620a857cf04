"""Use cases of funds and of the ledger."""
