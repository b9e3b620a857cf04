"""What the report on groups says: levels and troubles in words, and what to do next."""

from collections.abc import Sequence

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.penpals.queries.group_health import DAYS, GroupHealth, Level, Trouble

LEVEL_WORDS = {Level.FINE: _l("All is well"), Level.WATCH: _l("Watch"), Level.ACT: _l("Act now")}
LEVEL_CLASSES = {Level.FINE: "fine", Level.WATCH: "watch", Level.ACT: "act"}
PEOPLE = frozenset({Trouble.EMPTY, Trouble.LEADS, Trouble.SILENT})
"""What is put right on the page of members."""


def trouble_words(each: GroupHealth, trouble: Trouble) -> str:
    """What is wrong, in a few words."""
    said = {
        Trouble.EMPTY: _("nobody belongs to it"),
        Trouble.LEADS: ngettext("%(num)s active lead, it takes two", "%(num)s active leads, it takes two", each.leads),
        Trouble.NO_LETTERS: _("no letter in %(days)s days", days=DAYS),
        Trouble.OVERDUE: ngettext("%(num)s turn is overdue", "%(num)s turns are overdue", each.overdue),
        Trouble.SILENT: _("%(silent)s of %(members)s are silent", silent=each.silent, members=each.members),
        Trouble.NOBODY_TO_WRITE_TO: _("nobody to write to"),
    }  # fmt: skip
    return str(said[trouble])


def next_words(trouble: Trouble) -> str:
    """What to do about it."""
    said = {
        Trouble.EMPTY: _("Invite two people who lead it, or close it."),
        Trouble.LEADS: _("Ask a member to lead with them."),
        Trouble.NO_LETTERS: _("Ask the leads what stands in the way."),
        Trouble.OVERDUE: _("Remind them, or pass the turn on."),
        Trouble.SILENT: _("Ask who wants to go on, and let the others rest."),
        Trouble.NOBODY_TO_WRITE_TO: _("Give it somebody, or let the matching do it."),
    }
    return str(said[trouble])


def finding(found: Sequence[GroupHealth]) -> str:
    """How many groups need something."""
    if not found:
        return str(_("There is no open group."))
    act, watch = (sum(each.level is level for each in found) for level in (Level.ACT, Level.WATCH))
    if not act and not watch:
        return str(ngettext("The one group is fine.", "All %(num)s groups are fine.", len(found)))
    need = ngettext(
        "%(count)s of %(all)s groups needs something now", "%(count)s of %(all)s groups need something now", act,
        count=format_decimal(act), all=format_decimal(len(found)),
    )  # fmt: skip
    look = ngettext("%(count)s should be watched", "%(count)s should be watched", watch, count=format_decimal(watch))
    return str(_("%(need)s; %(look)s.", need=need, look=look))
