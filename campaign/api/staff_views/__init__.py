"""What staff see of partners' programs."""
