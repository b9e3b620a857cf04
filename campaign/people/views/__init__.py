"""What somebody sees and does with their own record."""
