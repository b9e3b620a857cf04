"""What a run would say of single pairs: what rules each out, and how well the others fit.

Offers by hand, and the pages on which they are chosen, ask here, so that they judge by the conditions of a run.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from campaign.penpals.matching.conditions import BIT
from campaign.penpals.matching.fit import points_between
from campaign.penpals.matching.problem import Condition, Helper, Problem, Recipient
from campaign.penpals.matching.standing import take_stock
from campaign.penpals.matching.weights import Settings


@dataclass(frozen=True, slots=True)
class Between:
    """How a helper and a recipient stand to each other, who are not together."""

    helper: Helper
    recipient: Recipient
    failing: tuple[Condition, ...]
    """Every condition that rules the two out, the first to be named first; empty: they may be brought together."""
    fit: int
    """Points; 0 where they may not."""


def judge_pairs(problem: Problem, settings: Settings) -> Iterator[Between]:
    """Every pair of a problem but those that run, recipient by recipient. Pins count for nothing."""
    stock = take_stock(replace(problem, pins=()), settings)
    together = {(each.helper_id, each.recipient_id) for each in problem.running}
    for at, recipient in enumerate(problem.recipients):
        judgement = stock.judge(at)
        for number, helper in enumerate(problem.helpers):
            if (helper.id, recipient.id) in together:
                continue
            bits = stock.failing(judgement, number, at)
            failing = tuple(condition for condition in Condition if bits & BIT[condition]) if bits else ()
            yield Between(helper, recipient, failing, 0 if bits else points_between(helper, recipient, settings))
