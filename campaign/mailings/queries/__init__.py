"""What is read about mailings."""
