"""What staff call states, formats and reasons."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.banking.models import IgnoreReason, LineState, OwnKind, StatementFormat, StatementState
from campaign.banking.queries.lists import TO_DO, TO_LOOK

STATEMENT_WORDS = {
    StatementState.COLUMNS: _l("waits for its columns to be named"),
    StatementState.READING: _l("is being read"),
    StatementState.READ: _l("was read; nothing is kept yet"),
    StatementState.KEEPING: _l("its lines are being kept"),
    StatementState.KEPT: _l("kept"),
    StatementState.REFUSED: _l("refused; nothing was kept"),
    StatementState.GIVEN_UP: _l("given up; nothing was kept"),
}
FORMAT_WORDS = {
    StatementFormat.CSV: "CSV", StatementFormat.MT940: "MT940", StatementFormat.CAMT: "CAMT.053",
    StatementFormat.OFX: "OFX",
}  # fmt: skip
LINE_WORDS = {
    TO_DO: _l("to do"),
    TO_LOOK: _l("a second person looks"),
    LineState.OPEN: _l("open"),
    LineState.MATCHED: _l("matched"),
    LineState.OWN: _l("ours alone"),
    LineState.IGNORED: _l("left out"),
    LineState.ON_HOLD: _l("on hold"),
}
OWN_WORDS = {
    OwnKind.TRANSFER: _l("A transfer between accounts of ours"),
    OwnKind.FEE: _l("What the bank takes"),
    OwnKind.INTEREST: _l("Interest"),
}
IGNORE_WORDS = {
    IgnoreReason.TWICE: _l("It stands in another line or file too"),
    IgnoreReason.OPENING: _l("It is in the books from before"),
    IgnoreReason.CANCELLED_OUT: _l("The bank took it back in another line"),
    IgnoreReason.NOT_OURS: _l("It is not ours"),
    IgnoreReason.OTHER: _l("Something else"),
}
REASON_WORDS = {
    "reference": _l("names its reference"),
    "amount": _l("exactly the amount"),
    "line_is_more": _l("the line is more"),
    "line_is_less": _l("the line is less"),
    "day": _l("on the day"),
    "near_day": _l("near its day"),
    "two_alike": _l("another fits as well"),
}
ACT_WORDS = {
    "matched": _l("matched"),
    "undone": _l("taken back"),
    "held": _l("put on hold"),
    "ignored": _l("left out"),
    "taken_up": _l("taken up again"),
    "looked": _l("looked at by a second person"),
    OwnKind.TRANSFER.value: _l("a transfer of ours"),
    OwnKind.FEE.value: _l("a fee"),
    OwnKind.INTEREST.value: _l("interest"),
}
COLUMN_WORDS = {
    "day": _l("Day of booking"),
    "amount": _l("Amount, with its sign"),
    "credit": _l("What came in"),
    "debit": _l("What went out"),
    "direction": _l("Whether it came in or went out"),
    "currency": _l("Currency"),
    "who": _l("Who it is from or to"),
    "account": _l("Their account"),
    "text": _l("Text, reference (several)"),
    "own_id": _l("Number that the bank gave it"),
    "balance": _l("Balance after it"),
}
ORDER_WORDS = {
    "dmy": _l("day, month, year (31.12.2026)"),
    "ymd": _l("year, month, day (2026-12-31)"),
    "mdy": _l("month, day, year (12/31/2026)"),
}
POINT_WORDS = {",": _l("a comma (1.234,50)"), ".": _l("a point (1,234.50)")}


def problem_words(problem: dict[str, object]) -> str:
    """Why a file was refused, in the reader's language."""
    values = problem.get("values") or {}
    message = str(problem.get("message", ""))
    return str(_(message, **values) if isinstance(values, dict) and values else _(message))
