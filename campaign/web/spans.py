"""Spans of time in words, where several features speak of them alike."""

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _


def in_days(value: int) -> str:
    """So many days, as they stand behind "within"."""
    return str(ngettext("%(shown)s day", "%(shown)s days", value, shown=format_decimal(value)))


def when(what: str, within: int | None) -> str:
    """Something with the days in which it happened, or did not; None: at whatever time."""
    return what if within is None else str(_("%(what)s within %(days)s", what=what, days=in_days(within)))
