"""What states, reasons and kinds around an answer are called, for staff."""

from flask_babel import lazy_gettext as _l

from campaign.letters.models import (
    IncidentKind,
    IncidentState,
    NeedKind,
    Original,
    ReplyEvent,
    ReplyState,
    TextKind,
)
from campaign.letters.service.reply_pages import WithheldReason
from campaign.letters.service.reply_publication import Why

S = ReplyState
REPLY_WORDS = {
    S.LOGGED: _l("Logged, not scanned"),
    S.SCANNED: _l("Scanned, to be matched"),
    S.UNMATCHED: _l("Nobody knows whom it answers"),
    S.MATCHED: _l("Matched, to be screened"),
    S.SCREENED: _l("Screened, to be passed on"),
    S.FORWARDED: _l("Passed on"),
    S.CLOSED: _l("Closed"),
}
NEXT_WORDS = {
    S.LOGGED: _l("Scan the pages, or close it with a reason where there is nothing to scan."),
    S.SCANNED: _l("Say which letter it answers, or leave it in the queue of those that nobody knows."),
    S.UNMATCHED: _l("When somebody finds out whom it answers, match it."),
    S.MATCHED: _l("Read every page. Keep back what must not be passed on, tell of what must not wait, then say so."),
    S.SCREENED: _l("Pass it on: the writer gets a mail that says nothing, and reads it behind the sign-in."),
    S.FORWARDED: _l("Its writer can read it. The paper can be kept, sent on or destroyed."),
    S.CLOSED: _l("Nothing more happens to it."),
}
ORIGINAL_WORDS = {
    Original.STORED: _l("kept"),
    Original.SENT_ON: _l("sent on"),
    Original.DESTROYED: _l("destroyed"),
}
WITHHELD_WORDS = {
    WithheldReason.NAMES_OTHERS: _l("It names somebody who could come to harm"),
    WithheldReason.HARMS_SENDER: _l("It could harm whoever wrote it"),
    WithheldReason.HARMS_READER: _l("It could harm whoever reads it"),
    WithheldReason.NOT_THEIRS: _l("It is not meant for this writer"),
}
INCIDENT_WORDS = {
    IncidentKind.ILL_TREATMENT: _l("Ill-treatment"),
    IncidentKind.THREAT: _l("A threat"),
    IncidentKind.SELF_HARM: _l("Danger to their own life"),
    IncidentKind.COERCION: _l("Written under pressure"),
    IncidentKind.MONEY_REQUEST: _l("A request for money"),
}
INCIDENT_STATE_WORDS = {
    IncidentState.OPEN: _l("Nobody has taken it on"),
    IncidentState.TRIAGE: _l("Somebody looks into it"),
    IncidentState.ESCALATED: _l("Taken further"),
    IncidentState.CLOSED: _l("Closed"),
}
NEED_WORDS = {
    NeedKind.PARCEL: _l("A parcel"),
    NeedKind.MEDICINE: _l("Medicine or a doctor"),
    NeedKind.LAWYER: _l("A lawyer"),
    NeedKind.MONEY: _l("Money"),
    NeedKind.BOOKS: _l("Books"),
    NeedKind.VISIT: _l("A visit, and the way there"),
    NeedKind.LETTERS: _l("More letters"),
    NeedKind.OTHER: _l("Something else"),
}
WORDS_STATES = {"words-asked": _l("Words wait for a second person"), "words-shown": _l("Words are shown in public")}
TEXT_WORDS = {TextKind.TRANSCRIPTION: _l("As it was written"), TextKind.TRANSLATION: _l("Translated")}
LANGUAGE_WORDS = {
    "ru": _l("Russian"), "en": _l("English"), "de": _l("German"), "uk": _l("Ukrainian"), "be": _l("Belarusian"),
}  # fmt: skip
_NOTES = {
    "incident": _l("An incident was opened"),
    "erased": _l("Pages and words were erased"),
    "original": _l("The place of the paper was changed"),
    "text": _l("Its words were typed"),
    "work_ended": _l("Volunteers do not see it any more"),
    "scan_failed": _l("The pages of a file could not be drawn"),
}

_PUBLIC_NOTES = {
    "asked": _l("Words were proposed for the public"),
    "approved": _l("The words were approved"),
    "published": _l("The words are shown"),
    "withdrawn": _l("The words were taken back and erased"),
    "restored": _l("A backup was restored: the words wait to be approved again"),
}
TAKEN_BACK_WORDS = {
    Why.BY_STAFF: _l("by one of us"),
    Why.CONSENT: _l("the consent has ended"),
    Why.PAGE: _l("the page was taken away"),
    Why.INCIDENT: _l("an incident was opened"),
    Why.MATCHED_ANEW: _l("the answer was matched anew"),
    Why.CLOSED: _l("the answer was closed"),
    Why.ERASED: _l("the answer was erased"),
}


_WORK = {
    "asked": {
        TextKind.TRANSCRIPTION: _l("Volunteers were asked to type it"),
        TextKind.TRANSLATION: _l("Volunteers were asked to translate it"),
    },
    "handed_in": {
        TextKind.TRANSCRIPTION: _l("What was typed was handed in"),
        TextKind.TRANSLATION: _l("A translation was handed in"),
    },
    "returned": {
        TextKind.TRANSCRIPTION: _l("What was typed was sent back"),
        TextKind.TRANSLATION: _l("A translation was sent back"),
    },
    "accepted": {
        TextKind.TRANSCRIPTION: _l("What was typed was accepted"),
        TextKind.TRANSLATION: _l("A translation was accepted"),
    },
    "not_needed": {
        TextKind.TRANSCRIPTION: _l("Volunteers need not type it any more"),
        TextKind.TRANSLATION: _l("Volunteers need not translate it any more"),
    },
}


def reply_event_words(event: ReplyEvent) -> str:
    """What one step was."""
    if not event.was:
        return str(_l("The envelope was logged"))
    if event.was != event.now:
        words = str(REPLY_WORDS[ReplyState(event.now)])
        return f"{words}: {event.reason}" if event.reason else words
    return _note_words(event.reason) if event.reason else str(_l("Matched anew"))


def _note_words(reason: str) -> str:
    kind, _colon, rest = reason.partition(":")
    place, _colon, why = rest.partition(":")
    if kind == "words" and place in _PUBLIC_NOTES:
        words = _PUBLIC_NOTES[place]
        return f"{words} ({TAKEN_BACK_WORDS[Why(why)]})" if why in set(Why) else str(words)
    if kind == "withheld" and why in set(WithheldReason):
        words = WITHHELD_WORDS[WithheldReason(why)]
        return str(_l("Page %(number)s was kept back: %(why)s", number=place, why=words))
    if kind == "shown":
        return str(_l("Page %(number)s may be passed on after all", number=place))
    if kind == "need" and rest in set(NeedKind):
        return str(_l("A need was reported: %(need)s", need=NEED_WORDS[NeedKind(rest)]))
    if kind == "need_closed" and rest in set(NeedKind):
        return str(_l("Nobody works on a need any more: %(need)s", need=NEED_WORDS[NeedKind(rest)]))
    if kind == "original" and rest in set(Original):
        return str(_l("The paper: %(what)s", what=ORIGINAL_WORDS[Original(rest)]))
    if kind in _WORK and rest in set(TextKind):
        return str(_WORK[kind][TextKind(rest)])
    return str(_NOTES.get(kind, reason))
