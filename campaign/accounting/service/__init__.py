"""What is published of the books."""
