"""What the parts of family support say to one another: panels of a fund, what a line of a statement can be, and what is
open when a month is closed."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from campaign.kernel.money import Money
from campaign.kernel.registry import Panel, Registry, StaffLink


class MoneyGroup(StrEnum):
    """Where a room of the money pages stands, in this order."""

    TODAY = "today"
    FUNDS = "funds"
    COMING_IN = "coming_in"
    GOING_OUT = "going_out"
    BOOKS = "books"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class MoneyRoom(StaffLink):
    """One room of the money pages: among others of its group, by rank."""

    group: MoneyGroup = MoneyGroup.TODAY


@dataclass(frozen=True, slots=True)
class FundSection:
    """A section of a fund's public page: a template and what it needs, reached there as `section.context`."""

    template: str
    context: Mapping[str, Any]
    rank: int = 50
    """Lower comes first."""


@dataclass(frozen=True, slots=True)
class BankFacts:
    """What a line of a statement says to those who may know it: never who it came from, nor its text."""

    line_id: uuid.UUID
    account: str
    """The code of the account in the books: `assets:…`."""
    day: date
    amount: Money
    """Above zero what came in, below zero what went out."""
    references: frozenset[str] = frozenset()
    """What in its text has the shape of one of our references, in capitals and without spaces."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that a line may stand for: an expected gift, a pledge's instalment, a payment that was sent."""

    id: uuid.UUID
    reference: str
    """By which a line names it: in capitals, without spaces."""
    amount: Money
    """What is still open of it; below zero for what goes out."""
    due_on: date | None
    label: str
    """What staff who match lines may read: no name of a donor or of a family."""
    url: str = ""
    """Where those who may see more find it."""


@dataclass(frozen=True, slots=True)
class MonthCheck:
    """One thing to look at before a month of the books is closed."""

    label: str
    """Marked with N_."""
    count: int
    """How many are open; 0: nothing stands in the way."""
    endpoint: str = ""
    """Where they are found; empty for none."""
    values: Mapping[str, Any] = field(default_factory=dict)
    is_blocking: bool = False
    """The month is not closed while there are any. Else it can be: what is late is posted in the next one."""


@dataclass(frozen=True, slots=True)
class FundHold:
    """Something that still needs a fund: once the fund is closed it could not be entered any more."""

    label: str
    """Marked with N_."""
    count: int
    """How many; 0: nothing holds it."""


class LineTaker(Protocol):
    """One kind of thing that lines of statements are matched with; called within the transaction of the match."""

    label: str
    """Marked with N_."""

    def candidates(self, lines: Sequence[BankFacts]) -> Mapping[uuid.UUID, Sequence[Candidate]]:
        """By line: those whose reference it names, and those of its amount, currency and direction that are open near
        its day. One round of statements for all the lines given, which are a thousand at most."""

    def find(self, ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, Candidate]:
        """Given ones, also when nothing of them is open any more; what is gone is left out."""

    def take(self, candidate_id: uuid.UUID, amount: Money, line: BankFacts, *, actor: uuid.UUID | None) -> None:
        """Say that so much of the line is this: moves its state and posts into the ledger, once for each line and
        candidate. Raises DomainError with what stands in the way; nothing was changed then."""

    def give_back(self, candidate_id: uuid.UUID, line_id: uuid.UUID, *, actor: uuid.UUID) -> None:
        """Undo that, by a reversal in the ledger. Raises DomainError where it is too late."""


fund_sections: Registry[Callable[[uuid.UUID], FundSection | None]] = Registry("section of a fund's page")
"""Public: by fund; None where there is nothing to show. What depends on the visitor's place looks at it itself."""
fund_figures: Registry[Callable[[uuid.UUID], tuple[str, Money, date] | None]] = Registry("figure of a fund's page")
"""Public, beside the fund's own figures: by fund, its name, what is shown, and as of which day; None for nothing."""
fund_panels: Registry[Callable[[uuid.UUID], Panel | None]] = Registry("panel of a fund")
"""For staff: by fund, with addresses that open for whoever looks."""
fund_holds: Registry[Callable[[uuid.UUID], Sequence[FundHold]]] = Registry("what still needs a fund")
"""By fund; it is not closed while there is any. Asked again while it is closed, within that transaction."""
entry_givers: Registry[Callable[[Collection[int]], Mapping[int, frozenset[str]]]] = Registry("who gave, by entry")
"""By numbers of entries: words that tell their givers apart, an address, a name, an account; made in memory to be
counted, never kept and never shown. An entry of which nothing is known is left out."""
line_takers: Registry[LineTaker] = Registry("what a line of a statement can be")
"""By the word that a match keeps: gift, payment …"""
money_rooms: Registry[MoneyRoom] = Registry("room of the money pages")
"""The way between the staff pages about money: each opens for the roles it names."""
month_checks: Registry[Callable[[date, date], Sequence[MonthCheck]]] = Registry("check before a month is closed")
"""By first and last day of the month. Called again while it is closed, within that transaction."""
