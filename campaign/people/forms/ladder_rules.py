"""The rules about asking in words, with the numbers that hold now."""

from flask_babel import gettext as _
from flask_babel import ngettext

from campaign.kernel.registry_ladder import LadderStep, ask_holds, list_steps
from campaign.people.forms.ladder_words import ask_words, rung_words
from campaign.people.queries.ladder_rules import Bounds, Rules


def sentence_of(step: LadderStep, rules: Rules) -> str:
    """Who may be asked for one step, for how long they wait after the one below."""
    wait = rules.wait_days[step.name]
    days = ngettext("%(num)s day", "%(num)s days", wait)
    if step.rank == 1:
        return str(_("Whoever has stood in our records for %(days)s and has taken no step yet.", days=days))
    below = rung_words(step.rank - 1)
    return str(_("Whoever stands on “%(rung)s” since %(days)s or more.", rung=below, days=days))


def general(rules: Rules) -> list[str]:
    """What holds of every step."""
    rest = ngettext("%(num)s day", "%(num)s days", rules.rest_days)
    again = ngettext("%(num)s day", "%(num)s days", rules.again_days)
    lines = [
        _("They agreed to something, or help as volunteers; by mail: they agreed to news and have an address."),
        _("They were asked for nothing at all within %(days)s, by whomever.", days=rest),
        _("They were not asked for this step within %(days)s.", days=again),
        _("They did not say “never” to this step, and do not want to be left in peace."),
        _("As volunteers they do not pause, and were seen lately."),
    ]
    lines += [_("And not while they %(what)s.", what=_(hold.words)) for hold in ask_holds]
    return [*map(str, lines)]


def label_of(bounds: Bounds) -> str:
    """What one number is called."""
    return str(_(bounds.label)) % {"step": ask_words(bounds.step)} if bounds.step else str(_(bounds.label))


def sentences(rules: Rules) -> list[tuple[str, str]]:
    """By step: what is asked, and who may be asked for it."""
    return [(ask_words(step.name), sentence_of(step, rules)) for step in list_steps()]
