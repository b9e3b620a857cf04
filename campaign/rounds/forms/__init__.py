"""Forms of grant rounds, and what things are called. For staff alone."""
