"""What may be done with pen-pals."""
