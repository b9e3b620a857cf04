"""What staff call states, rules and reasons."""

from flask_babel import lazy_gettext as _l

from campaign.needs.forms.category_words import CATEGORY_WORDS
from campaign.rounds.models import ApplicationState, RoundState, SplitRule
from campaign.rounds.service.split import Reason

STATE_WORDS = {
    RoundState.PLANNED: _l("Planned"), RoundState.OPEN: _l("Takes applications"),
    RoundState.VERIFICATION: _l("Applications are verified"), RoundState.SCORING: _l("Applications are scored"),
    RoundState.DECIDED: _l("Decided"), RoundState.PAID: _l("Handed on to the payments"),
    RoundState.REPORTED: _l("Reported"), RoundState.CALLED_OFF: _l("Called off"),
}  # fmt: skip
STEP_WORDS = {
    RoundState.OPEN: _l("Take applications"), RoundState.VERIFICATION: _l("Go on to verifying"),
    RoundState.SCORING: _l("Go on to scoring"), RoundState.REPORTED: _l("It is reported"),
    RoundState.CALLED_OFF: _l("Call it off"),
}  # fmt: skip
BACK_WORDS = {
    RoundState.OPEN: _l("Back: take applications again"), RoundState.VERIFICATION: _l("Back to verifying"),
}  # fmt: skip
APPLICATION_WORDS = {
    ApplicationState.RECEIVED: _l("Not verified yet"), ApplicationState.ELIGIBLE: _l("To be decided on"),
    ApplicationState.INELIGIBLE: _l("Not for this round"), ApplicationState.WITHDRAWN: _l("Withdrawn"),
}  # fmt: skip
RULE_WORDS = {
    SplitRule.NEEDIEST: _l("The neediest whole first"), SplitRule.EQUAL: _l("Equal shares, up to what is asked"),
}  # fmt: skip
RULE_TEXTS = {
    SplitRule.NEEDIEST: _l(
        "In the order of the scores, the highest mean first and of equals the one that came first, each gets all that"
        " it asks for while there is money. The one at which it ends gets the rest."
    ),
    SplitRule.EQUAL: _l(
        "All get the same, but nobody more than they ask for; what that leaves is shared by the others in equal parts."
        " What cannot be parted goes, cent by cent, to those with the highest scores."
    ),
}
REASON_WORDS = {
    Reason.WHOLE: _l("all that is asked for"), Reason.REST: _l("what was left when its turn came"),
    Reason.NOTHING_LEFT: _l("nothing was left when its turn came"),
    Reason.SHARE: _l("an equal share, as all who ask for more than that"),
}  # fmt: skip
EVENT_WORDS = {
    "planned": _l("Planned"), "changed": _l("Changed"), "open": _l("Takes applications"),
    "verification": _l("Applications are verified"), "scoring": _l("Applications are scored"),
    "proposed": _l("A split was proposed"), "taken_back": _l("The proposal was taken back"),
    "decided": _l("Decided"), "paid": _l("Drafts of payments were made"), "reported": _l("Reported"),
    "called_off": _l("Called off"),
}  # fmt: skip
POINT_WORDS = {
    5: _l("5: somebody’s life or freedom hangs on it"), 4: _l("4: very hard without it"), 3: _l("3: hard without it"),
    2: _l("2: it would help"), 1: _l("1: others need it more"),
}  # fmt: skip
__all__ = [
    "APPLICATION_WORDS", "BACK_WORDS", "CATEGORY_WORDS", "EVENT_WORDS", "POINT_WORDS", "REASON_WORDS", "RULE_TEXTS",
    "RULE_WORDS", "STATE_WORDS", "STEP_WORDS",
]  # fmt: skip
