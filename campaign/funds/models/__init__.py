"""Tables of funds and of the ledger."""

from campaign.funds.models.chart import FIXED, FIXED_CODES, UNASSIGNED, Equity, Expense, Income, Liability
from campaign.funds.models.funds import (
    LONGEST_ABOUT,
    LONGEST_GIVING,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    POSTABLE,
    SHOWN,
    Fund,
    FundEvent,
    FundGiving,
    FundKind,
    FundReceived,
    FundState,
    GivingState,
    PublicLevel,
    Residual,
)
from campaign.funds.models.ledger import (
    GENESIS,
    LONGEST_ACCOUNT_TITLE,
    MOST_LINES,
    REFERENCE,
    REVERSAL_MEMOS,
    AccountKind,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    LedgerProposal,
    LedgerTotal,
    Memo,
    ProposalState,
    Rail,
    Span,
)
from campaign.funds.models.periods import LedgerMonth, MonthState
from campaign.funds.models.rates import ECB, ExchangeRate, RateImport, RateImportState

__all__ = [
    "ECB", "FIXED", "FIXED_CODES", "GENESIS", "LONGEST_ABOUT", "LONGEST_ACCOUNT_TITLE", "LONGEST_GIVING",
    "LONGEST_SUMMARY", "LONGEST_TITLE", "MOST_LINES", "POSTABLE", "REFERENCE", "REVERSAL_MEMOS", "SHOWN",
    "UNASSIGNED", "AccountKind", "Equity", "ExchangeRate", "Expense", "Fund", "FundEvent", "FundGiving",
    "FundKind", "FundReceived", "FundState", "GivingState", "Income", "LedgerAccount", "LedgerEntry",
    "LedgerMonth", "LedgerPosting", "LedgerProposal", "LedgerTotal", "Liability", "Memo", "MonthState",
    "ProposalState", "PublicLevel", "Rail", "RateImport", "RateImportState", "Residual", "Span",
]  # fmt: skip
