"""Groups in words; the public reads some of them."""

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from campaign.penpals.models import AssignmentState, GroupKind, MemberRole, TurnState, WriterChannel

KIND_WORDS = {
    GroupKind.PENPAL: _l("Writing together"),
    GroupKind.REGIONAL: _l("A town or a region"),
    GroupKind.EVENT: _l("Letter evenings"),
}
ROLE_WORDS = {
    MemberRole.WRITER: _l("writes"),
    MemberRole.MODERATOR: _l("writes and looks after the talk"),
    MemberRole.LEAD: _l("leads"),
    MemberRole.OBSERVER: _l("reads along"),
}
CHANNEL_WORDS = {
    WriterChannel.PRINT_AND_POST: _l("Prints and posts"),
    WriterChannel.E_LETTER_CARD: _l("Pays for the letter services by card"),
    WriterChannel.HANDWRITING: _l("Writes by hand"),
}
TURN_WORDS = {
    TurnState.WRITTEN: _l("wrote"),
    TurnState.SKIPPED: _l("passed"),
    TurnState.REASSIGNED: _l("went to somebody else"),
}
ASKED_WORDS = {
    AssignmentState.PROPOSED: _l("is to be asked"),
    AssignmentState.OFFERED: _l("is being asked"),
    AssignmentState.ACCEPTED: _l("has said yes"),
    AssignmentState.ACTIVE: _l("writes"),
    AssignmentState.PAUSED: _l("paused"),
}


def language_word(code: str) -> str:
    """What a language is called in the reader's."""
    locale = get_locale()
    known = locale.languages if locale is not None else {}
    return str(known.get(code, code))


def bucket_of(amount: int) -> str:
    """A number as the public is told it: exact ones would say who came and went."""
    for least, word in ((20, "20+"), (10, "10-19"), (5, "5-9"), (1, "1-4")):
        if amount >= least:
            return word
    return "none"


def language_words(codes: list[str]) -> str:
    """Languages in words, in the reader's language."""
    return ", ".join(language_word(code) for code in codes)
