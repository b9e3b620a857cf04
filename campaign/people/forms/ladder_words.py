"""The ladder in words: steps, ways, answers, and why somebody is not asked."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.kernel.errors import N_
from campaign.kernel.registry_ladder import ask_holds, ladder_steps, list_steps
from campaign.people.models import AskState, AskWay
from campaign.people.queries.conditions import ANY
from campaign.people.queries.ladder import DID_IT, FREE, HELD, NO_MAIL_NOW, NOT_NEXT, RUNG, UNREACHABLE, Hold

WAY_WORDS: Mapping[str, Any] = {
    AskWay.IN_PERSON: _l("in person"), AskWay.MAIL: _l("by mail"),
}  # fmt: skip
ANSWER_WORDS: Mapping[str, Any] = {
    AskState.ASKED: _l("no answer yet"), AskState.DID: _l("did it"), AskState.NOT_NOW: _l("not now"),
    AskState.NEVER: _l("never again"), AskState.LAPSED: _l("no answer in 30 days"),
}  # fmt: skip
HOLD_WORDS: Mapping[str, Any] = {
    Hold.TOP: _l("have reached the top"), Hold.NEVER: _l("do not want to be asked for this"),
    Hold.RESTING: _l("want to be asked for nothing for a while"),
    Hold.AWAY: _l("pause as volunteers, or have not been seen for long"),
    Hold.NO_CONSENT: _l("agreed to nothing and do not help"),
    Hold.NO_MAIL: _l("have no address, or did not agree to news"),
    Hold.ASKED_THIS: _l("were asked for this not long ago"), Hold.ASKED: _l("were asked for something lately"),
    Hold.EARLY: _l("took the last step only lately"), DID_IT: _l("did it already"),
    NOT_NEXT: _l("have another step before them"),
    UNREACHABLE: _l("are never mailed: they asked for that, or mail failed"),
    NO_MAIL_NOW: _l("want no mail now: they pause, or have had the one of their rhythm"),
}  # fmt: skip
DATA_WORDS: Mapping[str, Any] = {
    "asks": N_("Asked"), "step": N_("For what"), "way": N_("How"), "state": N_("Answer"), "asked_on": N_("On"),
    "ended_on": N_("Answered"), "rests_until": N_("Not to be asked until"), "for_good": N_("you say otherwise"),
    **{str(each): word for words in (WAY_WORDS, ANSWER_WORDS) for each, word in words.items()},
}  # fmt: skip


def hold_words(hold: str) -> str:
    """Why people are not asked, in the plural; a feature's own reason in its words."""
    if hold in HOLD_WORDS:
        return str(HOLD_WORDS[hold])
    return str(_(ask_holds[hold].words)) if hold in ask_holds else hold


def ask_words(step: str) -> str:
    """What is asked: "Write one letter"; a step that nobody knows any more by its name."""
    return str(_(ladder_steps[step].ask)) if step in ladder_steps else step


def rung_words(rung: int) -> str:
    """A rung as a heading: what people on it did last."""
    by_rank = {step.rank: step for step in list_steps()}
    return str(_(by_rank[rung].did)) if rung in by_rank else str(_("Heard of us"))


def list_holds() -> list[str]:
    """Why people wait below a step, one reason after the other."""
    own = [each.value for each in Hold if each not in {Hold.TOP, Hold.NO_MAIL}]
    return [*own, *(hold.name for hold in ask_holds)]


def list_places() -> list[str]:
    """Every place of the ladder by which a list can be narrowed."""
    steps = list_steps()
    held = [f"{HELD}:{step.name}:{hold}" for step in steps for hold in list_holds()]
    return [*(f"{RUNG}:{rung}" for rung in range(len(steps) + 1)), *(f"{FREE}:{step.name}" for step in steps), *held]


def place_words(place: str) -> str:
    """Such a place in words."""
    kind, _colon, rest = place.partition(":")
    if kind == RUNG:
        return str(_("on the rung: %(rung)s", rung=rung_words(int(rest))))
    step, _colon, hold = rest.partition(":")
    if kind == FREE:
        return str(_("may be asked now: %(step)s", step=ask_words(step)))
    return str(_("next: %(step)s, but they %(why)s", step=ask_words(step), why=hold_words(hold)))


def place_options() -> list[tuple[str, str]]:
    """The places that a list offers to be narrowed to; reasons to wait are reached from the picture."""
    return [(place, place_words(place)) for place in list_places() if not place.startswith(HELD)]


def rung_options() -> list[tuple[str, str]]:
    """Rungs to choose from."""
    return [(str(rung), rung_words(rung)) for rung in range(len(list_steps()) + 1)]


def step_options() -> list[tuple[str, str]]:
    """Steps to choose from."""
    return [(step.name, ask_words(step.name)) for step in list_steps()]


def step_or_any_options() -> list[tuple[str, str]]:
    """Steps to choose from, or any of them."""
    return [*step_options(), (ANY, str(_("anything")))]


def step_or_any(step: str) -> str:
    """A step in words, or any."""
    return str(_("anything")) if step == ANY else ask_words(step)


def held_options() -> list[tuple[str, str]]:
    """Steps with each reason for which somebody waits below one."""
    return [
        (f"{step.name}:{hold}", f"{ask_words(step.name)}: {hold_words(hold)}")
        for step in list_steps()
        for hold in list_holds()
    ]


def held_words(held: str) -> str:
    """Such a pair in words."""
    return place_words(f"{HELD}:{held}")
