"""Background work of pen-pals."""
