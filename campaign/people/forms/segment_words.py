"""Segments in words: the whole as one sentence, each step, each condition, and what is wrong with one."""

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.kernel.registry_people import segment_conditions
from campaign.people.queries.segment_tree import (
    BadValue,
    Chosen,
    LimitBy,
    Match,
    Refused,
    Step,
    StepKind,
    Tree,
    check_values,
)

KIND_WORDS = {
    StepKind.ADD: _l("Add people"),
    StepKind.SUBTRACT: _l("Take people away"),
    StepKind.LIMIT: _l("Keep only so many"),
}
MATCH_WORDS = {Match.ALL: _l("all of these hold"), Match.ANY: _l("any of these holds")}
LIMIT_WORDS = {
    LimitBy.NEWEST: _l("who came last"),
    LimitBy.LONGEST_NOT_ASKED: _l("who have not been asked for anything for longest"),
    LimitBy.RANDOM: _l("at random"),
}


def sentence(tree: Tree) -> str:
    """The whole segment."""
    if not tree.steps:
        return str(_("Nobody yet."))
    parts = [step_words(step, is_first=not number) for number, step in enumerate(tree.steps)]
    whole = "; ".join(parts)
    return f"{whole[:1].upper()}{whole[1:]}."


def step_words(step: Step, *, is_first: bool = False) -> str:
    """One step as a part of that sentence."""
    if step.kind is StepKind.LIMIT:
        return limit_words(step)
    who = joined([chosen_words(each) for each in step.conditions], step.match)
    if step.kind is StepKind.SUBTRACT:
        return str(_("but nobody who %(who)s", who=who))
    return str(_("everybody who %(who)s", who=who) if is_first else _("also everybody who %(who)s", who=who))


def limit_words(step: Step) -> str:
    """A limit."""
    amount = format_decimal(step.amount)
    if step.by is LimitBy.RANDOM:
        return str(_("of these only %(amount)s, drawn at random", amount=amount))
    if step.by is LimitBy.LONGEST_NOT_ASKED:
        return str(_("of these only the %(amount)s who have not been asked for longest", amount=amount))
    return str(_("of these only the %(amount)s who came last", amount=amount))


def step_title(step: Step, *, is_first: bool) -> str:
    """What stands over the conditions of a step."""
    if step.kind is StepKind.SUBTRACT:
        return str(_("But nobody who"))
    return str(_("Everybody who") if is_first else _("Also everybody who"))


def joined(parts: list[str], match: Match) -> str:
    """Several conditions in one line."""
    return f" {between(match)} ".join(parts) if parts else "…"


def between(match: Match) -> str:
    """What stands between two conditions."""
    return str(_("and") if match is Match.ALL else _("or"))


def chosen_words(chosen: Chosen) -> str:
    """One condition: what somebody does who meets it."""
    if chosen.name not in segment_conditions:
        return str(_("meets a condition that is gone"))
    condition = segment_conditions[chosen.name]
    try:
        values = check_values(condition, chosen.values)
    except BadValue as problem:
        return str(_("“%(label)s” (%(problem)s)", label=_(condition.label), problem=_(problem.message)))
    return (condition.describe_not if chosen.is_not else condition.describe)(values)


def problem_words(problem: Refused) -> str:
    """What is wrong, with the step."""
    names = {name: _(value) if name.endswith("label") else value for name, value in problem.values.items()}
    return str(_(problem.message)) % names
