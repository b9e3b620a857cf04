"""HTTP that features share, and that knows no feature."""
