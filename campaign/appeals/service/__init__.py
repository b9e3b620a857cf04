"""What may be done with appeals, split by use case."""
