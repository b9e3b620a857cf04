"""What states, topics and steps of mailings are called by staff."""

from flask_babel import lazy_gettext as _l

from campaign.mailings.models import MailingState
from campaign.mailings.queries.audience import Hold
from campaign.mailings.service.text.findings import Level
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
LEVEL_WORDS = {Level.ERROR: _l("Error"), Level.WARNING: _l("Look at this"), Level.NOTE: _l("Know this")}
LANGUAGE_WORDS = {"en": _l("English"), "ru": _l("Russian"), "de": _l("German")}
REASON_WORDS = {
    "": "", "changed": _l("changed, so it is a draft again"), "by_hand": _l("by hand"),
    "bounces": _l("too many addresses do not exist"), "complaints": _l("too many people call it spam"),
    "policy": _l("a mail host refuses our mails"), "restored": _l("a backup was restored"),
    "withdrawn": _l("taken back"), "audience_changed": _l("its audience was changed after the yes"),
    "audience_grown": _l("its audience has grown by much since the yes"), "nobody": _l("nobody is in its audience"),
    "despite_bounces": _l("in spite of addresses that do not exist"),
    "despite_complaints": _l("in spite of complaints"), "despite_policy": _l("in spite of a host that refuses us"),
    "despite_restored": _l("after a backup was restored"),
    "winner_a": _l("the first subject goes to the rest"), "winner_b": _l("the second subject goes to the rest"),
}  # fmt: skip
PAUSED_WORDS = {
    "by_hand": _l("Somebody paused it. Nothing leaves until it goes on."),
    "bounces": _l(
        "It paused by itself: over 5 in 100 of its addresses do not exist. Mail hosts take that for spam. Find out"
        " where these addresses come from before it goes on."
    ),
    "complaints": _l(
        "It paused by itself: over 1 in 1000 of its readers called it spam. Ask yourselves whether these people"
        " expected it."
    ),
    "policy": _l(
        "It paused by itself: a mail host refuses our mails by its policy. Nobody is struck off. Ask who runs the relay"
        " before it goes on."
    ),
    "restored": _l(
        "A backup was restored. Whoever got this mailing since that backup would get it again, so it cannot go on. Stop"
        " it, and write a new mailing to the others."
    ),
}
DRAFT_AGAIN = _l(
    "A backup was restored, and this mailing may have left since that backup was made. Whoever got it would get it"
    " again: ask the others before you propose it."
)
HOLD_WORDS = {
    Hold.NO_CONSENT: _l("did not agree to mails about this, or not any more"),
    Hold.RESTING: _l("want to be asked for nothing for a while"),
    Hold.PAUSED: _l("want no mails for a while"),
    Hold.RHYTHM: _l("had the mail of their week or month"),
    Hold.RECENT: _l("got another mailing not long ago"),
    Hold.NO_ADDRESS: _l("no address is kept"),
    Hold.NO_TEXT: _l("there is no text in their language"),
    Hold.SUPPRESSED: _l("their address is not written to: they asked for that, or mail came back"),
}
GROUP_WORDS = {
    "waiting": _l("waiting"), "sent": _l("handed over"), "failed": _l("refused"), "suppressed": _l("left out"),
    "unknown": _l("nobody knows"), "expired": _l("too late"),
}  # fmt: skip
RETURN_WORDS = {
    "hard": _l("no such mailbox"), "soft": _l("failed for now"), "full": _l("mailbox full"),
    "policy": _l("refused by policy"), "delay": _l("late"), "complaint": _l("called spam"),
}  # fmt: skip
PROVIDER_WORDS = {
    "gmail": "Gmail", "outlook": "Outlook", "yahoo": "Yahoo", "icloud": "iCloud", "proton": "Proton", "tuta": "Tuta",
    "gmx": "GMX, web.de", "tonline": "T-Online", "mailru": "Mail.ru", "yandex": "Яндекс", "rambler": "Rambler",
    "ukrnet": "ukr.net", "seznam": "Seznam", "other": _l("all other hosts"),
}  # fmt: skip


def reason_word(reason: str) -> str:
    """Why a step was taken: one of our words, or what somebody wrote."""
    return str(REASON_WORDS.get(reason, reason))
