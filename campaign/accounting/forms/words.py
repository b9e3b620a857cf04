"""What categories and months are called before the public and before staff."""

from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.accounting.models import PublicReport, ReportState
from campaign.accounting.service.figures import OTHER
from campaign.funds.models import Expense
from campaign.funds.service.periods import end_of_month as last_day
from campaign.kernel.money import Money
from campaign.kernel.months import Month, first_day, month_of
from campaign.web.i18n import current_language

CATEGORY_WORDS: Mapping[str, object] = {
    Expense.LAWYER: _l("Lawyers"),
    Expense.LOCATING: _l("Finding out where somebody is"),
    Expense.PARCELS: _l("Parcels"),
    Expense.SHOP: _l("The prison shop"),
    Expense.MEDICINE: _l("Medicine"),
    Expense.LETTERS: _l("Letters"),
    Expense.TRAVEL: _l("Journeys to visits"),
    Expense.FINES: _l("Fines and costs of courts"),
    Expense.LIVING: _l("Children and daily life"),
    Expense.EVACUATION: _l("Getting somebody to safety"),
    Expense.RELEASE: _l("The day of release"),
    Expense.OTHER: _l("Other help"),
    Expense.FEES: _l("Fees of banks and services"),
    OTHER: _l("Everything else"),
}

REPORT_WORDS = {
    ReportState.WAITING: _l("waits for a second person"),
    ReportState.PUBLISHED: _l("published"),
    ReportState.REFUSED: _l("refused by a second person"),
    ReportState.WITHDRAWN: _l("taken back by its writer"),
    ReportState.HIDDEN: _l("taken down"),
}
__all__ = [
    "CATEGORY_WORDS", "REPORT_WORDS", "amount", "amounts", "category", "gifts", "helped", "last_day", "lines",
    "long_month", "months_of", "notes", "period", "short_month", "title",
]  # fmt: skip


def category(code: str) -> str:
    """What money went for."""
    return str(CATEGORY_WORDS[code])


def long_month(month: Month) -> str:
    """A month as it stands in a title or a table."""
    return str(format_date(first_day(month), "LLLL yyyy", locale=current_language()))


def short_month(month: Month) -> str:
    """As it stands under a picture."""
    return str(format_date(first_day(month), "LLL yy", locale=current_language()))


def months_of(first: date, last: date) -> str:
    """The month, or the months from the first to the last."""
    one, other = long_month(month_of(first)), long_month(month_of(last))
    return one if one == other else str(_("%(first)s to %(last)s", first=one, last=other))


def period(found: PublicReport) -> str:
    """The months of a report."""
    return months_of(found.starts_on, found.ends_on)


def title(found: PublicReport) -> str:
    """The same at the head of a page."""
    said = period(found)
    return said[:1].upper() + said[1:]


def lines(found: PublicReport) -> Sequence[tuple[str, Money]]:
    """What it went for, with what it came to, the largest first and the rest last."""
    currency = found.content["currency"]
    return [(category(code), Money(minor, currency)) for code, minor in found.content["lines"]]


def amount(found: PublicReport, name: str) -> Money:
    """One of its sums: received, spent, left."""
    return Money(found.content[name], found.content["currency"])


def amounts(found: PublicReport) -> Sequence[tuple[str, Money]]:
    """Its sums by name."""
    return [
        (_("Received"), amount(found, "received")),
        (_("Passed on and spent"), amount(found, "spent")),
        (_("Left at the end"), amount(found, "left")),
    ]


def gifts(found: PublicReport) -> str:
    """How many gifts came in, roughly."""
    count: int = found.content["gifts"]
    return str(_("Gifts: %(count)s or more", count=count)) if count else str(_("No gifts came in."))


def helped(found: PublicReport) -> str:
    """How many were helped, roughly."""
    count: int = found.content["helped"]
    return str(_("Helped: %(count)s or more people and families", count=count)) if count else ""


def notes(found: PublicReport) -> Sequence[str]:
    """What a reader has to know about the figures."""
    content = found.content
    said = [
        _(
            "All amounts are in full tens, rounded down, so they may differ from their sums by a little. What fewer"
            " than five payments went for stands under “Everything else”, and a month with too little in it is told"
            " of together with the next, so that nobody who gave or was helped stands out."
        ),
        _("Only money that had arrived counts. What is left is meant for help that is under way or still to come."),
    ]
    if content["is_about"]:
        said.append(_("Other currencies are counted in at about what they were worth on the last day."))
    if content["is_short"]:
        said.append(_("Amounts in currencies whose worth on that day is not known are not counted in."))
    if content["corrects"]:
        said.append(
            _("Something of earlier months was put right in this one; the reports of those months stay as they were.")
        )
    return [str(each) for each in said]
