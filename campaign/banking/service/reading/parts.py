"""What every format is read into, and why a file is not taken."""

from dataclasses import dataclass
from datetime import date

from campaign.kernel.errors import N_, DomainError

LONGEST_LINE = 20_000
"""Characters of a line of text, of one value, of one entry; no bank writes more, and nothing more is held in memory."""
LONGEST_SAID = 2_000
"""So much of what a line says is kept."""
TOO_LONG = N_("Line %(line)s: there is more in it than a statement can hold. This file is damaged.")
NO_STATEMENT = N_("No statement could be found in this file. Ask the bank for CSV, MT940, CAMT.053 or OFX.")
CUT_OFF = N_("Line %(line)s: the file ends in the middle. Fetch it from the bank once more.")


class BadStatement(DomainError):
    """A file that is not taken; `message` says why, with its line among the `values`, and quotes nothing of it."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True, slots=True)
class Account:
    """The number of the account that a statement is of, as the file gives it."""

    line: str
    number: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on the account before the lines that follow, or after those that went before."""

    line: str
    is_opening: bool
    """Before the lines that follow, or else after those that went before."""
    day: date | None
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One booked line."""

    line: str
    """Where in the file it stands: the number of a line of text, with the column where a line holds several."""
    day: date
    minor: int
    currency: str
    who: str = ""
    account: str = ""
    text: str = ""
    own_id: str = ""
    """By which the bank itself tells it from others."""
    raw: str = ""
    codes_in: str = ""
    """What else references are looked for in: the text as it may have been cut by the bank."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is no booked line: without an amount, or not booked yet."""

    why: str


Part = Account | Balance | ReadLine | LeftOut
WITHOUT_AMOUNT, NOT_BOOKED = "without_amount", "not_booked"
