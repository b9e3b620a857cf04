"""Errors in the words of the domain. HTTP is decided once, in web/errors.py."""


class DomainError(Exception):
    """Something the domain refuses; `message` tells the person what happened and what to do."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """No such thing, or none this person may know of."""


class Forbidden(DomainError):
    """This person may not do this."""


class Conflict(DomainError):
    """The thing has changed meanwhile; reload and look again."""
