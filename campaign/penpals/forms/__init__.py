"""Forms of pen-pals."""
