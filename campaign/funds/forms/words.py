"""What staff call kinds, states, accounts and entries."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from campaign.funds.models import (
    Equity,
    Expense,
    FundKind,
    FundState,
    GivingState,
    Income,
    Liability,
    Memo,
    ProposalState,
    PublicLevel,
    Rail,
    RateImportState,
)
from campaign.funds.queries.entries import titles_of_assets

KIND_WORDS = {
    FundKind.GENERAL: _l("for whatever is needed most"),
    FundKind.PRISONER: _l("for a prisoner"),
    FundKind.FAMILY: _l("for a family"),
    FundKind.CAUSE: _l("for a cause"),
    FundKind.EMERGENCY: _l("for emergencies"),
}
STATE_WORDS = {
    FundState.DRAFT: _l("a draft"),
    FundState.REVIEW: _l("waits for a second person"),
    FundState.OPEN: _l("takes and gives"),
    FundState.PAUSED: _l("at rest for now"),
    FundState.CLOSING: _l("coming to its end"),
    FundState.CLOSED: _l("ended"),
}
LEVEL_WORDS = {
    PublicLevel.HIDDEN: _l("nothing: there is no public page"),
    PublicLevel.WORDS: _l("a page without figures"),
    PublicLevel.FIGURES: _l("a page with the need, what came in and what was passed on"),
}
RAIL_WORDS = {
    Rail.BANK: _l("a bank"),
    Rail.SERVICE: _l("a payment service"),
    Rail.CASH: _l("cash in hand"),
    Rail.CRYPTO: _l("cryptocurrency, which anybody can trace"),
}
MEMO_WORDS = {
    Memo.GIFT: _l("A gift"),
    Memo.GRANT: _l("A grant"),
    Memo.GIFT_RETURNED: _l("A gift that went back"),
    Memo.PAYMENT: _l("A payment"),
    Memo.PAYMENT_RETURNED: _l("A payment that came back"),
    Memo.FEE: _l("A fee"),
    Memo.INTEREST: _l("Interest"),
    Memo.TRANSFER: _l("Between funds"),
    Memo.EXCHANGE: _l("Between currencies"),
    Memo.ASSIGNED: _l("Money that found its fund"),
    Memo.OPENING: _l("What was there when the books began"),
    Memo.LEFT_OVER: _l("What a closed fund had left"),
    Memo.WRONG_AMOUNT: _l("Taken back: the amount was wrong"),
    Memo.WRONG_FUND: _l("Taken back: the fund was wrong"),
    Memo.WRONG_ACCOUNT: _l("Taken back: the account was wrong"),
    Memo.WRONG_DAY: _l("Taken back: the day was wrong"),
    Memo.TWICE: _l("Taken back: it was entered twice"),
    Memo.DID_NOT_HAPPEN: _l("Taken back: it did not happen"),
}
ACCOUNT_WORDS: Mapping[str, object] = {
    Income.GIFTS: _l("Income: gifts"),
    Income.GRANTS: _l("Income: grants"),
    Income.INTEREST: _l("Income: interest"),
    Income.OTHER: _l("Income: other"),
    Expense.LAWYER: _l("Spent: lawyers"),
    Expense.LOCATING: _l("Spent: finding out where somebody is"),
    Expense.PARCELS: _l("Spent: parcels"),
    Expense.SHOP: _l("Spent: the prison shop"),
    Expense.MEDICINE: _l("Spent: medicine"),
    Expense.LETTERS: _l("Spent: letters"),
    Expense.TRAVEL: _l("Spent: journeys to visits"),
    Expense.FINES: _l("Spent: fines and costs of courts"),
    Expense.LIVING: _l("Spent: children and daily life"),
    Expense.EVACUATION: _l("Spent: getting somebody to safety"),
    Expense.RELEASE: _l("Spent: the day of release"),
    Expense.OTHER: _l("Spent: other help"),
    Expense.FEES: _l("Spent: fees of banks and services"),
    Liability.UNASSIGNED: _l("Held: nobody knows yet for what"),
    Liability.REFUNDS: _l("Held: to be given back"),
    Liability.PAYABLE: _l("Held: promised and not sent yet"),
    Equity.OPENING: _l("Balance: what was there at first"),
    Equity.TRANSFERS: _l("Balance: between funds"),
    Equity.EXCHANGE: _l("Balance: between currencies"),
}
PROPOSAL_WORDS = {
    ProposalState.WAITING: _l("waits for a second person"),
    ProposalState.POSTED: _l("posted by a second person"),
    ProposalState.REFUSED: _l("refused by a second person"),
    ProposalState.WITHDRAWN: _l("taken back by its writer"),
}
GIVING_WORDS = {
    GivingState.WAITING: _l("waits for a second person"),
    GivingState.RELEASED: _l("shown now, outside Russia"),
    GivingState.REPLACED: _l("shown until the next one"),
    GivingState.REFUSED: _l("refused by a second person"),
    GivingState.WITHDRAWN: _l("taken down"),
}
IMPORT_WORDS = {
    RateImportState.STAGED: _l("looked through, not taken yet"),
    RateImportState.APPLIED: _l("its rates were taken"),
    RateImportState.DISCARDED: _l("thrown away"),
}


def account_words() -> dict[str, str]:
    """What every account is called, by code: ours by their titles, the fixed ones in the reader's language."""
    return {**titles_of_assets(), **{str(code): str(words) for code, words in ACCOUNT_WORDS.items()}}
