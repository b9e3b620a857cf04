"""What the report on workload says: levels, reasons, and the finding in one sentence."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.kernel.registry_reports import loads
from campaign.people.queries.report_loads import (
    CARRYING,
    FULL,
    HALF,
    HOUR_STEPS,
    HOURS_DAYS,
    LEVELS,
    MANY_HOURS,
    NEARLY,
    NOTHING,
    OVER,
    UNSAID,
    Burden,
)

LEVEL_WORDS = {
    NOTHING: _l("nothing now"),
    HALF: _l("up to half"),
    NEARLY: _l("more than half"),
    FULL: _l("as much as they said"),
    OVER: _l("more than they said"),
    UNSAID: _l("never said how much"),
}
LONG_OVER = 4
"""After so many weeks too much is no accident."""


def load_word(name: str) -> str:
    """What one load is called."""
    return str(_(loads[name].label))


def hour_words() -> list[str]:
    """The columns of hours."""
    steps = [str(_("none written down")), str(_("fewer than %(hours)s", hours=HOUR_STEPS[1]))]
    for low, high in pairwise(HOUR_STEPS[1:]):
        steps.append(str(_("%(low)s to %(high)s", low=low, high=high)))
    return [*steps, str(_("%(hours)s or more", hours=MANY_HOURS))]


def reasons(each: Burden, today: date) -> list[str]:
    """Why somebody is on the list, one line each."""
    said = []
    for name, (carried, room) in each.carried.items():
        line = _(
            "%(load)s: %(carried)s, and they said %(room)s",
            load=load_word(name), carried=format_decimal(carried), room=format_decimal(room),
        )  # fmt: skip
        if name in each.over_since:
            weeks = (today - each.over_since[name]).days // 7
            if weeks:
                so_long = ngettext("for %(num)s week", "for %(num)s weeks", weeks)
                line = f"{line} ({so_long})"
        said.append(str(line))
    if each.hours >= MANY_HOURS:
        said.append(
            str(_("%(hours)s hours in %(days)s days", hours=format_decimal(each.hours), days=HOURS_DAYS))
        )  # fmt: skip
    if each.has_no_rest(today):
        said.append(str(_("no pause in a year")))
    return said


def level_of(each: Burden, today: date) -> str:
    """How pressing it is, in a word."""
    is_long = each.weeks_over(today) >= LONG_OVER or each.hours >= MANY_HOURS
    return str(_("Act now")) if is_long else str(_("Watch"))


def load_finding(found: Mapping[str, int]) -> str:
    """How many of those who carry one load carry too much, and how many carry nothing."""
    carry = sum(found[each] for each in CARRYING)
    rest = sum(found.values()) - carry
    if not carry:
        return str(_("Nobody has any now."))
    return str(
        _(
            "%(carry)s have some now, %(over)s of them more than they said they could; %(rest)s have none.",
            carry=format_decimal(carry), over=format_decimal(found[OVER]), rest=format_decimal(rest),
        )
    )  # fmt: skip


def hours_finding(hours: Sequence[int]) -> str:
    """How many gave very many hours."""
    gave = sum(hours[1:])
    if not gave:
        return str(_("No hours were written down."))
    return str(
        _(
            "%(gave)s gave hours, %(many)s of them %(hours)s or more.",
            gave=format_decimal(gave), many=format_decimal(hours[-1]), hours=MANY_HOURS,
        )
    )  # fmt: skip


def finding(burdened: Sequence[Burden], levels: Mapping[str, Mapping[str, int]]) -> str:
    """How many carry too much, and how many could take more of what weighs most: people to write to."""
    name = next(iter(levels), "")
    found = levels.get(name, {})
    free = found.get(NOTHING, 0) + found.get(HALF, 0) + found.get(NEARLY, 0)
    everybody = sum(found.get(each, 0) for each in LEVELS)
    if not everybody:
        return str(_("No volunteer is at work."))
    carry = ngettext(
        "%(count)s volunteer carries more than they said they could",
        "%(count)s volunteers carry more than they said they could",
        len(burdened), count=format_decimal(len(burdened)),
    )  # fmt: skip
    return str(
        _(
            "%(carry)s; %(free)s of %(everybody)s could take more.",
            carry=carry, free=format_decimal(free), everybody=format_decimal(everybody),
        )
    )  # fmt: skip
