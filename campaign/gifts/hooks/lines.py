"""Gifts as what a line of a statement can be, come or gone back, and as what tells givers apart."""

import uuid
from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import gettext as _

from campaign.gifts.queries import candidates, givers, returns
from campaign.gifts.queries.candidates import KIND, Waiting
from campaign.gifts.queries.returns import WentBack
from campaign.gifts.service import going_back, taking
from campaign.kernel.errors import N_
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts, Candidate, entry_givers, line_takers


class GiftTaker:
    """Announced gifts and instalments of pledges, by their codes and numbers; nobody is named."""

    label = N_("a gift")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GiftTaker)

    def __hash__(self) -> int:
        return hash(KIND)

    def candidates(self, lines: Sequence[BankFacts]) -> Mapping[uuid.UUID, Sequence[Candidate]]:
        """By line: what it names, and what has its amount near its day."""
        found = candidates.waiting_for(lines)
        return {line: [_candidate(each) for each in waiting] for line, waiting in found.items()}

    def find(self, ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, Candidate]:
        """Given ones, also when nothing of them is open any more."""
        return {key: _candidate(each) for key, each in candidates.find(ids).items()}

    def take(self, candidate_id: uuid.UUID, amount: Money, line: BankFacts, *, actor: uuid.UUID | None) -> None:
        """So much of the line is this: it has come, and is posted."""
        taking.take(candidate_id, amount, line, actor=actor)

    def give_back(self, candidate_id: uuid.UUID, line_id: uuid.UUID, *, actor: uuid.UUID) -> None:
        """Undo that, by a reversal in the ledger."""
        taking.give_back(candidate_id, line_id, actor=actor)


class ReturnTaker:
    """Gifts that went back, and those that came again after a dispute, by number or code; nobody is named."""

    label = N_("a gift that went back")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReturnTaker)

    def __hash__(self) -> int:
        return hash(returns.KIND)

    def candidates(self, lines: Sequence[BankFacts]) -> Mapping[uuid.UUID, Sequence[Candidate]]:
        """By line: what it names, and what has its amount near its day."""
        return {line: [_returned(each) for each in found] for line, found in returns.went_back_for(lines).items()}

    def find(self, ids: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, Candidate]:
        """Given ones, also when nothing of them is open any more."""
        return {key: _returned(each) for key, each in returns.find_went_back(ids).items()}

    def take(self, candidate_id: uuid.UUID, amount: Money, line: BankFacts, *, actor: uuid.UUID | None) -> None:
        """So much of the line is this; the books have it already."""
        going_back.take(candidate_id, amount, line, actor=actor)

    def give_back(self, candidate_id: uuid.UUID, line_id: uuid.UUID, *, actor: uuid.UUID) -> None:
        """Undo that; the books stay as they are."""
        going_back.give_back(candidate_id, line_id, actor=actor)


def _returned(each: WentBack) -> Candidate:
    label = _("Gift %(number)s, come again", number=each.number)
    if each.amount.minor < 0:
        label = _("Gift %(number)s, gone back", number=each.number)
    url = url_for("gifts_staff.show_gift", gift_id=each.gift_id)
    return Candidate(each.id, each.reference, each.amount, each.day, label, url)


def _candidate(each: Waiting) -> Candidate:
    if each.gift_id is not None:
        label, url = _("Gift %(number)s", number=each.number), url_for("gifts_staff.show_gift", gift_id=each.gift_id)
    else:
        label = _("Pledge %(code)s, part %(number)s", code=each.reference, number=each.number)
        url = url_for("pledges_staff.show_pledge", pledge_id=each.pledge_id)
    return Candidate(each.id, each.reference, each.amount, each.due_on, label, url)


def register() -> None:
    """Fill the registries."""
    entry_givers.register(KIND, givers.words_by_entry)
    line_takers.register(KIND, GiftTaker())
    line_takers.register(returns.KIND, ReturnTaker())
