"""Appeals before the public."""
