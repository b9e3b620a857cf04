"""What states, topics and steps of mailings are called by staff."""

from flask_babel import lazy_gettext as _l

from campaign.mailings.models import MailingState
from campaign.people.models import Topic

STATE_WORDS = {
    MailingState.DRAFT: _l("draft"),
    MailingState.PROPOSED: _l("waits for a second person"),
    MailingState.APPROVED: _l("approved, not begun"),
    MailingState.SENDING: _l("leaving"),
    MailingState.PAUSED: _l("paused"),
    MailingState.SENT: _l("has left"),
    MailingState.STOPPED: _l("stopped"),
}
TOPIC_WORDS = {
    Topic.NEWS: _l("News"),
    Topic.EVENTS: _l("Events"),
    Topic.ASKS: _l("Asking for help"),
    Topic.PETITION: _l("News of a petition"),
}
LANGUAGE_WORDS = {"en": _l("English"), "ru": _l("Russian"), "de": _l("German")}
REASON_WORDS = {
    "": "", "changed": _l("changed, so it is a draft again"), "by_hand": _l("by hand"),
    "bounces": _l("too many addresses do not exist"), "complaints": _l("too many people call it spam"),
    "policy": _l("a mail host refuses our mails"),
}  # fmt: skip


def reason_word(reason: str) -> str:
    """Why a step was taken: one of our words, or what somebody wrote."""
    return str(REASON_WORDS.get(reason, reason))
