"""What is typed into a field of our own, read by its kind; and what it holds, in the reader's words."""

from datetime import date
from decimal import Decimal, InvalidOperation

from flask_babel import format_decimal
from flask_babel import gettext as _

from campaign.kernel.errors import N_
from campaign.kernel.text import one_line
from campaign.people.models import LONGEST_FIELD_TEXT, FieldKind
from campaign.people.queries.person_page import FieldOf
from campaign.people.service.details import BadValue, Value
from campaign.web.i18n import day_of

MOST_DIGITS = 15
KIND_WORDS = {
    FieldKind.TEXT: N_("text (sealed)"), FieldKind.NUMBER: N_("number"), FieldKind.DATE: N_("day"),
    FieldKind.CHOICE: N_("choice"), FieldKind.YES_NO: N_("yes or no"),
}  # fmt: skip


def read_value(kind: FieldKind, typed: str) -> Value:
    """The value that was typed; empty for none. Raises BadValue with what one looks like."""
    # A character more than fits, so that what is too long is refused and not cut silently.
    line = one_line(typed, LONGEST_FIELD_TEXT + 1)
    if not line:
        return Value()
    if kind is FieldKind.NUMBER:
        return Value(number=_number(line))
    if kind is FieldKind.DATE:
        return Value(day=_day(line))
    if kind is FieldKind.YES_NO:
        if line not in {"yes", "no"}:
            raise BadValue(N_("Choose yes or no."))
        return Value(flag=line == "yes")
    return Value(word=line) if kind is FieldKind.CHOICE else Value(text=line)


def shown(held: FieldOf) -> str:
    """What a field holds, in the reader's words."""
    if held.is_empty:
        return ""
    kind = FieldKind(held.field.kind)
    if kind is FieldKind.NUMBER:
        return str(format_decimal(Decimal(held.text)))
    if kind is FieldKind.DATE:
        return day_of(date.fromisoformat(held.text))
    if kind is FieldKind.YES_NO:
        return str(_("yes") if held.text == "yes" else _("no"))
    return held.text


def _number(line: str) -> Decimal:
    bare = line.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(number.as_tuple().digits) > MOST_DIGITS or abs(number.adjusted()) > MOST_DIGITS:
        raise BadValue(N_("Enter a number, as in 12 or 12.5."))
    return number


def _day(line: str) -> date:
    try:
        return date.fromisoformat(line)
    except ValueError as problem:
        raise BadValue(N_("Enter a date, as in 2026-11-23.")) from problem
