"""What staff call kinds, states, reasons and answers."""

from flask_babel import lazy_gettext as _l

from campaign.needs.forms.category_words import CATEGORY_WORDS as NEED_WORDS
from campaign.needs.models import NeedCategory
from campaign.payments.models import (
    EXPENSES,
    CheckAnswer,
    CheckKind,
    ConfirmedBy,
    Descriptor,
    FileKind,
    LimitState,
    Payability,
    PayeeKind,
    PaymentState,
    Reason,
)
from campaign.payments.queries.payees import OVER, WAITING
from campaign.payments.queries.payments import CHECKS

STATE_WORDS: dict[str, object] = {
    PaymentState.DRAFT: _l("a draft"),
    PaymentState.SUBMITTED: _l("asked for, to be reviewed"),
    PaymentState.REVIEWED: _l("reviewed by a second person"),
    PaymentState.APPROVED: _l("approved by a third person"),
    PaymentState.SCHEDULED: _l("waits for its day"),
    PaymentState.SENT: _l("has left"),
    PaymentState.CONFIRMED: _l("arrived"),
    PaymentState.RECONCILED: _l("arrived, and on a statement"),
    PaymentState.FAILED: _l("never left"),
    PaymentState.RETURNED: _l("came back"),
    PaymentState.CANCELLED: _l("cancelled"),
}
FILTER_WORDS: dict[str, object] = {**STATE_WORDS, CHECKS: _l("with something odd, unanswered")}
WAY_WORDS = {
    PaymentState.DRAFT: _l("Written"),
    PaymentState.SUBMITTED: _l("Asked for"),
    PaymentState.REVIEWED: _l("Reviewed"),
    PaymentState.APPROVED: _l("Approved"),
    PaymentState.SCHEDULED: _l("Scheduled"),
    PaymentState.SENT: _l("Sent"),
    PaymentState.CONFIRMED: _l("Arrived"),
    PaymentState.RECONCILED: _l("On a statement"),
    PaymentState.FAILED: _l("Never left"),
    PaymentState.RETURNED: _l("Came back"),
    PaymentState.CANCELLED: _l("Cancelled"),
}
REASON_WORDS = {
    Reason.CHANGED: _l("it was changed"),
    Reason.PAYEE_CHANGED: _l("the payee’s account was changed"),
    Reason.TAKEN_BACK: _l("whoever asked took it back"),
    Reason.AMOUNT: _l("the amount is not right"),
    Reason.PAYEE: _l("the payee is not right"),
    Reason.FUND: _l("the fund is not right"),
    Reason.EVIDENCE: _l("papers are missing"),
    Reason.CHECK: _l("something odd was answered with no"),
    Reason.NOT_NEEDED: _l("it is not needed any more"),
    Reason.NOT_SAFE: _l("the payee may not be paid, or it is not safe"),
    Reason.BANK_REFUSED: _l("the bank refused it"),
    Reason.CAME_BACK: _l("the money came back"),
    Reason.OTHER: _l("another reason"),
}
CHOSEN_REASONS = (
    Reason.AMOUNT, Reason.PAYEE, Reason.FUND, Reason.EVIDENCE, Reason.NOT_NEEDED, Reason.NOT_SAFE, Reason.OTHER,
)  # fmt: skip
CHECK_WORDS = {
    CheckKind.SAME_PAYEE: _l("Another payment went to the same payee within a week."),
    CheckKind.MONTH_SUM: _l("With the others of this month to the same payee it is above the limit, by itself not."),
    CheckKind.ROUND_NUMBER: _l("The amount is a round number."),
    CheckKind.NEW_PAYEE: _l("Nothing was paid yet with the details of this payee as they stand."),
    CheckKind.FUND_SHORT: _l("The fund has less than that."),
}
ANSWER_WORDS = {
    CheckAnswer.EXPECTED: _l("It is as expected"),
    CheckAnswer.EVIDENCE: _l("The papers explain it"),
    CheckAnswer.ASKED: _l("Somebody who knows the case was asked"),
    CheckAnswer.STOP: _l("It is not right: back to a draft"),
}
DESCRIPTOR_WORDS = {
    Descriptor.REFERENCE: _l("the number alone"),
    Descriptor.INVOICE: _l("“Invoice” and the number"),
    Descriptor.ORDER: _l("“Order” and the number"),
    Descriptor.SERVICES: _l("“Services” and the number"),
}
CONFIRMED_WORDS = {
    ConfirmedBy.RECEIPT: _l("a receipt, which is among the papers"),
    ConfirmedBy.RELATIVE: _l("a relative says so"),
    ConfirmedBy.LAWYER: _l("a lawyer says so"),
}
FILE_WORDS = {
    FileKind.BILL: _l("a bill"),
    FileKind.REQUEST: _l("a request"),
    FileKind.RECEIPT: _l("a receipt"),
    FileKind.OTHER: _l("something else"),
}
KIND_WORDS: dict[str, object] = {
    PayeeKind.RELATIVE: _l("a relative"),
    PayeeKind.LAWYER: _l("a lawyer"),
    PayeeKind.FACILITY: _l("a prisoner’s account"),
    PayeeKind.VENDOR: _l("a shop or a service"),
    PayeeKind.CRYPTO: _l("a wallet, which anybody can trace"),
}
PAYABILITY_WORDS: dict[str, object] = {
    Payability.UNCHECKED: _l("nobody has looked yet"),
    Payability.OK: _l("may be paid"),
    Payability.BLOCKED: _l("on the list of blocked accounts"),
    Payability.SANCTIONS: _l("sanctions forbid it"),
    Payability.UNSAFE: _l("it would not be safe for them"),
}
PAYABILITY_FILTER_WORDS: dict[str, object] = {
    **PAYABILITY_WORDS,
    OVER: _l("the look is over within two weeks"),
    WAITING: _l("a payment is under way and waits for a look"),
}
LIMIT_WORDS = {
    LimitState.CURRENT: _l("holds"),
    LimitState.WAITING: _l("waits for a second person"),
    LimitState.REPLACED: _l("held until the next one"),
    LimitState.REFUSED: _l("refused"),
}
CATEGORY_WORDS: dict[str, object] = {each: NEED_WORDS[NeedCategory(each.partition(":")[2])] for each in EXPENSES}
"""The same words as those of needs."""
