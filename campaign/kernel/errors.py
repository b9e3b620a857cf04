"""Errors in the words of the domain. What HTTP makes of them is decided once, in web/errors.py."""


class DomainError(Exception):
    """Something a person asked for cannot be done.

    `message` is meant for that person: it says what happened and what to do, and never repeats personal data.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """What was asked for does not exist, or not for this person."""
