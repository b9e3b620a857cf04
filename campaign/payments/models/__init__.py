"""Tables of payees and of payments out."""

from campaign.payments.models.limits import LimitState, PaymentLimit
from campaign.payments.models.payees import DETAILS, NAMELESS, Payability, Payee, PayeeKind
from campaign.payments.models.payments import (
    EXPENSES,
    FILE,
    LIVE,
    MOVABLE,
    NOTE,
    OVER,
    PAID,
    SCOPE,
    BankedLine,
    CheckAnswer,
    CheckKind,
    ConfirmedBy,
    Descriptor,
    FileKind,
    Payment,
    PaymentCheck,
    PaymentEvent,
    PaymentFile,
    PaymentOrder,
    PaymentState,
    Reason,
)

__all__ = [
    "DETAILS", "EXPENSES", "FILE", "LIVE", "MOVABLE", "NAMELESS", "NOTE", "OVER", "PAID", "SCOPE", "BankedLine",
    "CheckAnswer", "CheckKind", "ConfirmedBy", "Descriptor", "FileKind", "LimitState", "Payability", "Payee",
    "PayeeKind", "Payment", "PaymentCheck", "PaymentEvent", "PaymentFile", "PaymentLimit", "PaymentOrder",
    "PaymentState", "Reason",
]  # fmt: skip
