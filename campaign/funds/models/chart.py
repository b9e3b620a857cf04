"""The fixed part of the chart of accounts: what is not an asset. Assets are opened by a treasurer, one for each place
where money lies."""

from enum import StrEnum


class Income(StrEnum):
    """Where money comes from."""

    GIFTS = "income:gifts"
    GRANTS = "income:grants"
    INTEREST = "income:interest"
    OTHER = "income:other"


class Expense(StrEnum):
    """What money goes for: what families of prisoners need, and what moving it costs."""

    LAWYER = "expenses:lawyer"
    LOCATING = "expenses:locating"
    """A lawyer's first visit, to find out where somebody is."""
    PARCELS = "expenses:parcels"
    SHOP = "expenses:prison-shop"
    MEDICINE = "expenses:medicine"
    LETTERS = "expenses:letters"
    TRAVEL = "expenses:travel"
    FINES = "expenses:fines"
    LIVING = "expenses:living"
    """Children, and what a lost income leaves uncovered."""
    EVACUATION = "expenses:evacuation"
    RELEASE = "expenses:release"
    OTHER = "expenses:other"
    FEES = "expenses:fees"


class Liability(StrEnum):
    """What lies with us and is not ours to spend."""

    UNASSIGNED = "liabilities:unassigned"
    """Received, and nobody knows for what: it waits in the general fund."""
    REFUNDS = "liabilities:refunds"
    PAYABLE = "liabilities:payable"
    """Promised by three persons and not sent yet."""


class Equity(StrEnum):
    """What keeps each fund and each currency in balance."""

    OPENING = "equity:opening"
    TRANSFERS = "equity:transfers"
    """Between funds."""
    EXCHANGE = "equity:exchange"
    """Between currencies."""


FIXED: tuple[StrEnum, ...] = (*Income, *Expense, *Liability, *Equity)
FIXED_CODES = frozenset(str(each) for each in FIXED)
UNASSIGNED = Liability.UNASSIGNED
