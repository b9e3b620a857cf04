"""The split: previewed as often as one likes, proposed by one person, decided by another, made into payments."""

import uuid

from campaign.funds.models import Expense
from campaign.funds.service.ledger import Source
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.money import Money
from campaign.kernel.versions import check_version
from campaign.payments.service.payments import draft_payment
from campaign.rounds.models import ApplicationState, GrantApplication, GrantRound, RoundState, SplitRule
from campaign.rounds.queries.rounds import available_of, get_round, list_applications, scores_of
from campaign.rounds.service.rounds import NotThatStep, OtherPerson, locked, move, record
from campaign.rounds.service.split import Asked, Reason, Share, split

GRANT = "grant"
"""The source of a payment: an application, so that no second draft is made of it."""


class NotScored(Conflict):
    """Not everything is scored by as many as the round wants."""


def preview(round_id: uuid.UUID, rule: SplitRule) -> tuple[int, list[Share]]:
    """How much there is, and who would get how much of it by this rule as the scores are now."""
    found = get_round(round_id)
    available = available_of(found)
    return available, split(rule, available, _asked(found))


def find_unscored(round_id: uuid.UUID) -> int:
    """How many applications have fewer scores than the round wants."""
    found = get_round(round_id)
    return sum(each.scores < found.scorers for each in _asked(found))


def propose(round_id: uuid.UUID, rule: SplitRule, *, seen_version: int, actor: uuid.UUID) -> GrantRound:
    """Propose the split by this rule; scores rest from now on. Raises NotScored, NotThatStep, Conflict."""
    found = locked(round_id)
    check_version(found.version, seen_version)
    if found.state != RoundState.SCORING or found.proposal is not None:
        raise NotThatStep(N_("This round has moved on meanwhile. Look at it again."))
    if find_unscored(round_id):
        raise NotScored(N_("Some applications have too few scores."))
    available, shares = preview(round_id, rule)
    if not available:
        raise NotThatStep(N_("The fund has nothing to give in this currency."))
    found.rule, found.proposal, found.available = rule, [_kept(each) for each in shares], available
    found.proposed_by, found.proposed_on = actor, clock.today()
    record(found, "proposed", actor=actor)
    session.flush()
    audit.record("round.proposed", actor=actor, about=f"round:{found.id}", amount=len(shares), reason=rule)
    return found


def take_back(round_id: uuid.UUID, *, actor: uuid.UUID) -> GrantRound:
    """The proposal is taken back, or refused by the second person. Twice is once. Raises NotThatStep once decided."""
    found = locked(round_id)
    if found.state != RoundState.SCORING:
        raise NotThatStep(N_("This round has moved on meanwhile. Look at it again."))
    if found.proposal is not None:
        found.rule = found.proposal = found.available = found.proposed_by = found.proposed_on = None
        record(found, "taken_back", actor=actor)
        session.flush()
        audit.record("round.taken_back", actor=actor, about=f"round:{found.id}")
    return found


def decide(round_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> GrantRound:
    """The second person says yes to the split as it was proposed, which is reckoned anew.

    Raises OtherPerson for whoever proposed it, and Conflict where it would come out otherwise now: the fund has less.
    """
    found = locked(round_id)
    check_version(found.version, seen_version)
    if found.state != RoundState.SCORING or found.proposal is None or found.rule is None:
        raise NotThatStep(N_("No split is proposed."))
    if found.proposed_by == actor:
        raise OtherPerson(N_("You proposed it: somebody else decides."))
    available, shares = preview(round_id, SplitRule(found.rule))
    if available != found.available or [_kept(each) for each in shares] != found.proposal:
        raise Conflict(N_("The split would come out otherwise now. Take the proposal back and look at it again."))
    given = {each.number: each.given for each in shares}
    for application in list_applications(round_id):
        if application.number in given:
            application.granted = given[application.number]
    found.granted, found.decided_by, found.decided_on = sum(given.values()), actor, clock.today()
    move(found, RoundState.DECIDED, "decided", actor=actor)
    audit.record("round.decided", actor=actor, about=f"round:{found.id}", amount=len(shares))
    return found


def make_payments(round_id: uuid.UUID, *, actor: uuid.UUID) -> int:
    """A draft of a payment for each grant, which treasurers go on with; gives how many there are. Twice is once.

    Raises NotThatStep before it is decided, and what draft_payment raises where the fund takes none.
    """
    found = locked(round_id)
    if found.state == RoundState.PAID:
        return sum(each.payment_id is not None for each in list_applications(round_id))
    if found.state != RoundState.DECIDED:
        raise NotThatStep(N_("Payments are made of a round that is decided."))
    made = [each for each in list_applications(round_id) if each.granted]
    for application in made:
        _draft(found, application, actor)
    move(found, RoundState.PAID, "paid", actor=actor)
    audit.record("round.paid", actor=actor, about=f"round:{found.id}", amount=len(made))
    return len(made)


def shares_of(found: GrantRound) -> list[Share]:
    """The split as it was proposed."""
    return [
        Share(
            each["number"], each["asked"], each["given"], Reason(each["reason"]), each["place"], each["points"],
            each["scores"],
        )
        for each in found.proposal or ()
    ]  # fmt: skip


def _draft(found: GrantRound, application: GrantApplication, actor: uuid.UUID) -> None:
    payment = draft_payment(
        found.fund_id, application.need_id, Expense(f"expenses:{application.category}"),
        Money(application.granted or 0, found.currency), None, actor=actor, source=Source(GRANT, application.id),
        is_demo=found.is_demo,
    )  # fmt: skip
    application.payment_id = payment.id
    session.flush()


def _asked(found: GrantRound) -> list[Asked]:
    scores = scores_of(found.id)
    return [
        Asked(each.number, each.asked, *scores.get(each.id, (0, 0)))
        for each in list_applications(found.id) if each.state == ApplicationState.ELIGIBLE
    ]  # fmt: skip


def _kept(share: Share) -> dict[str, object]:
    return {
        "number": share.number, "asked": share.asked, "given": share.given, "reason": share.reason.value,
        "place": share.place, "points": share.points, "scores": share.scores,
    }  # fmt: skip
