"""Why a file is not taken."""

from campaign.kernel.errors import DomainError


class BadTable(DomainError):
    """A file that is not read; `message` says what it is and what to do, with `values` for its placeholders."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message
