"""Reports: their figures, counted in the background."""
