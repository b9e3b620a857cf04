"""The use cases of this feature."""
