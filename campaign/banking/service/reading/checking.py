"""What must hold of a statement before anything of it is kept: its days, its currency, its account and its totals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from campaign.banking.service.reading.parts import Account, BadStatement, Balance, LeftOut, Part, ReadLine
from campaign.banking.service.reading.values import known_exponent
from campaign.funds.service.periods import earliest_day
from campaign.kernel import clock
from campaign.kernel.errors import N_
from campaign.kernel.money import Money

MOST_LINES = 1_500_000
AHEAD = N_("Line %(line)s: this day is still ahead. A statement holds what has happened.")
TOO_OLD = N_(
    "Line %(line)s: this day is more than 400 days ago. Please look whether days and months are read the right way;"
    " what is really older comes into the books as what was there when they began."
)
OTHER_CURRENCY = N_("Line %(line)s: this is in %(found)s, and the account holds %(held)s.")
TWO_CURRENCIES = N_("Line %(line)s: this is in %(found)s, and the lines above in %(held)s. Bring each in by itself.")
TWO_ACCOUNTS = N_("Line %(line)s: here begins the statement of another account. Bring each account in by itself.")
WRONG_TOTALS = N_(
    "Line %(line)s: opening balance and lines come to %(sum)s, but the closing balance says %(closing)s. Lines are "
    "missing or doubled. Nothing was kept."
)
TOO_MANY = N_("This statement has more than %(most)s lines. Fetch it in parts.")
NO_LINES = N_("There is no booked line in this file.")


@dataclass(slots=True)
class Sums:
    """What has been counted so far."""

    lines: int = 0
    came_in: int = 0
    went_out: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    currency: str = ""
    number: str = ""
    """Of the account, as the file names it."""
    opening: int | None = None
    closing: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    gap_line: str = ""
    """Where a statement within the file does not begin at what the one before it ended at."""


def check(parts: Iterable[Part], sums: Sums, held: str | None) -> Iterator[ReadLine]:
    """The lines of a statement, each looked at, with `sums` kept up. Raises BadStatement for what cannot be.

    `held` is the one currency of the account in the books, None where it takes any.
    """
    first_day, today, start, moved = earliest_day(), clock.today(), None, 0
    for part in parts:
        if isinstance(part, ReadLine):
            _check_line(part, sums, held, first_day, today)
            moved += part.minor
            _count(part, sums)
            yield part
        elif isinstance(part, Balance):
            _check_currency(part.line, part.currency, sums, held)
            if part.is_opening:
                start = part.minor
                sums.gap_line = sums.gap_line or ("" if sums.closing in {None, start} else part.line)
                sums.opening = start if sums.opening is None else sums.opening
            else:
                if start is not None and start + moved != part.minor:
                    raise BadStatement(
                        WRONG_TOTALS, line=part.line, sum=_written(start + moved, part.currency),
                        closing=_written(part.minor, part.currency),
                    )  # fmt: skip
                sums.closing, start, moved = part.minor, None, 0
        elif isinstance(part, Account):
            number = "".join(part.number.split()).upper()
            if sums.number and number != sums.number:
                raise BadStatement(TWO_ACCOUNTS, line=part.line)
            sums.number = number
        elif isinstance(part, LeftOut):
            sums.left_out[part.why] = sums.left_out.get(part.why, 0) + 1
    if not sums.lines:
        raise BadStatement(NO_LINES)


def _check_line(part: ReadLine, sums: Sums, held: str | None, first_day: date, today: date) -> None:
    if part.day > today:
        raise BadStatement(AHEAD, line=part.line)
    if part.day < first_day:
        raise BadStatement(TOO_OLD, line=part.line)
    if sums.lines >= MOST_LINES:
        raise BadStatement(TOO_MANY, most=MOST_LINES)
    _check_currency(part.line, part.currency, sums, held)


def _check_currency(line: str, currency: str, sums: Sums, held: str | None) -> None:
    if currency == sums.currency:
        return
    known_exponent(currency, line)
    if held is not None and currency != held:
        raise BadStatement(OTHER_CURRENCY, line=line, found=currency, held=held)
    if sums.currency:
        raise BadStatement(TWO_CURRENCIES, line=line, found=currency, held=sums.currency)
    sums.currency = currency


def _count(part: ReadLine, sums: Sums) -> None:
    sums.lines += 1
    if part.minor > 0:
        sums.came_in += part.minor
    else:
        sums.went_out -= part.minor
    sums.first_on = part.day if sums.first_on is None or part.day < sums.first_on else sums.first_on
    sums.last_on = part.day if sums.last_on is None or part.day > sums.last_on else sums.last_on


def _written(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).decimal:f} {currency}"
