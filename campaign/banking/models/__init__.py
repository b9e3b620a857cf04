"""Tables of statements and their lines."""

from campaign.banking.models.lines import (
    NOTE,
    SAID,
    SETTLED,
    BankLine,
    BankLineEvent,
    BankMatch,
    BankOwn,
    BankSuggestion,
    IgnoreReason,
    LineState,
    OwnKind,
)
from campaign.banking.models.statements import (
    CHUNK,
    SCOPE,
    BankAccountMemory,
    BankReadLine,
    BankStatement,
    BankStatementChunk,
    StatementFormat,
    StatementState,
)

__all__ = [
    "CHUNK", "NOTE", "SAID", "SCOPE", "SETTLED", "BankAccountMemory", "BankLine", "BankLineEvent", "BankMatch",
    "BankOwn", "BankReadLine", "BankStatement", "BankStatementChunk", "BankSuggestion", "IgnoreReason", "LineState",
    "OwnKind", "StatementFormat", "StatementState",
]  # fmt: skip
