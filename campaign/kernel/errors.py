"""Errors in the words of the domain. HTTP is decided once, in web/errors.py."""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a message for the catalogues; web/ translates it when it is shown."""
    return message


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
