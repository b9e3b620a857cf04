"""What the words of a record are called, for staff and for whoever it is about."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.people.models import PETITION_NEWS, Availability, EndedHow, IdentityKind, KeptFor, Purpose, Skill

SKILL_WORDS = {
    Skill.TRANSLATING: _l("translating"),
    Skill.TRANSCRIBING: _l("transcribing"),
    Skill.WRITING: _l("writing"),
    Skill.PRINTING: _l("printing"),
    Skill.DRIVING: _l("driving"),
    Skill.CALLING: _l("calling"),
    Skill.DESIGN: _l("design"),
    Skill.LAW: _l("law"),
    Skill.MEDICINE: _l("medicine"),
    Skill.PRESS: _l("press"),
    Skill.HOSTING: _l("hosting"),
    Skill.TECHNOLOGY: _l("technology"),
}
AVAILABILITY_WORDS = {
    Availability.DAYTIME: _l("in the daytime"),
    Availability.EVENINGS: _l("in the evenings"),
    Availability.WEEKENDS: _l("at weekends"),
    Availability.NOW_AND_THEN: _l("now and then"),
}
KEPT_FOR_WORDS = {
    KeptFor.CONSENT: _l("asked to hear from us"),
    KeptFor.VOLUNTEER: _l("helps"),
    KeptFor.STAFF: _l("written down by staff"),
}
PURPOSE_WORDS = {
    Purpose.NEWS: _l("news of campaigns"),
    Purpose.CALLS: _l("to be called"),
    Purpose.EVENTS: _l("to be told of events"),
    PETITION_NEWS: _l("news of a petition"),
}
ENDED_WORDS = {
    EndedHow.UNSUBSCRIBED: _l("by the link of a mail"),
    EndedHow.NEVER: _l("never to be written to again"),
}
HOW_WORDS = {
    "paper": _l("on paper"),
    "phone": _l("on the phone"),
    "in person": _l("face to face"),
    "message": _l("in a message"),
}
HAPPENING_WORDS = {
    "signed": _l("signed"),
    "wrote": _l("wrote a letter"),
    "joined": _l("joined a group"),
    "given": _l("was given somebody to write to"),
    "task": _l("did a task"),
    "gave_time": _l("gave time"),
    "called": _l("was called"),
    "met": _l("met us"),
    "messaged": _l("exchanged messages"),
    "came": _l("came to an event"),
    "shared": _l("shared"),
    "asked": _l("was asked"),
    "mailed": _l("was mailed"),
    "agreed": _l("agreed"),
    "noted": _l("a note was written"),
    "volunteer": _l("the way as a volunteer"),
    "automation": _l("an automation did something"),
}
IDENTITY_WORDS = {
    IdentityKind.EMAIL: _l("E-mail"),
    IdentityKind.PHONE: _l("Phone"),
    IdentityKind.MESSENGER: _l("Messenger"),
}


def word_of(words: Mapping[Any, Any], value: str) -> str:
    """A value in words; one that this version does not know stays as it is."""
    return str(words.get(value, value))


def words_of_all(words: Mapping[Any, Any], values: Iterable[str]) -> str:
    """Several, in one line."""
    return ", ".join(word_of(words, value) for value in values)


def language_word(code: str) -> str:
    """What a language is called in the reader's."""
    locale = get_locale()
    known = locale.languages if locale is not None else {}
    return str(known.get(code, code))


def yes_or_no(flag: bool) -> str:
    """A flag in words."""
    return str(_("yes") if flag else _("no"))


def text_version_word(version: str, evidence: str = "") -> str:
    """In which words, or how and on which evidence, somebody agreed."""
    if version in HOW_WORDS:
        return f"{HOW_WORDS[version]}: {evidence}" if evidence else str(HOW_WORDS[version])
    return str(_("text %(version)s", version=version))
