"""Use cases of grant rounds."""
