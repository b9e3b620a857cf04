"""Use cases of partners: their terms by two persons, opt-ins sealed to them, exports by two persons."""
