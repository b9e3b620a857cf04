"""What comes back: bounces, complaints, answers of machines and of people.

verp reads the return path, by which a mail that comes back names the mail it is about and proves it; reading gives a
verdict on one message and never raises; classes says what its codes and words mean. None of these touches the database.
"""
