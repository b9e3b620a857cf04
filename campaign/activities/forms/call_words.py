"""What states, outcomes and reasons of call lists are called, what a script says to one person, and what time it is
where they live."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import format_time
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from campaign.activities.models import CallListState, EntryState, Outcome
from campaign.activities.service.calls_filling import LeftOut
from campaign.web.i18n import LANGUAGES, current_language
from campaign.web.templating import markdown

NAME = "{name}"
STATE_WORDS = {
    CallListState.DRAFT: _l("not open yet"),
    CallListState.OPEN: _l("open for calls"),
    CallListState.PAUSED: _l("having a break"),
    CallListState.CLOSED: _l("closed for good"),
}
ENTRY_WORDS = {
    EntryState.WAITING: _l("waiting for a call"),
    EntryState.DONE: _l("reached"),
    EntryState.ENDED: _l("tried often enough"),
    EntryState.GONE: _l("not to be called any more"),
}
OUTCOME_WORDS = {
    Outcome.YES: _l("Reached: yes"),
    Outcome.NO: _l("Reached: no"),
    Outcome.AGAIN: _l("Call again"),
    Outcome.NO_ANSWER: _l("No answer"),
    Outcome.WRONG_NUMBER: _l("Wrong number"),
    Outcome.NO_CALLS: _l("Does not want calls"),
}
LEFT_OUT_WORDS = {
    LeftOut.NO_CONSENT: _l("do not agree to be called"),
    LeftOut.NO_NUMBER: _l("no number is kept"),
    LeftOut.WRONG_NUMBER: _l("somebody else answers at their number"),
    LeftOut.CALLED_LATELY: _l("were called not long ago"),
    LeftOut.ON_OTHER: _l("are to be called for another list"),
    LeftOut.HERE_ALREADY: _l("were on this list already"),
    LeftOut.LIST_CLOSED: _l("the list was closed before their turn"),
}


def outcome_word(word: str) -> str:
    """An outcome in words: one of ours in the reader's language, one of a list's own as it was written."""
    return str(OUTCOME_WORDS[Outcome(word)]) if word in set(Outcome) else word


def script_for(scripts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The script for somebody and the language it is in: theirs, else English, Russian, German, whichever there is."""
    for code in (language, *LANGUAGES):
        if scripts.get(code):
            return scripts[code], code
    return "", language


def said_to(script: str, name: str) -> Markup:
    """A script as HTML with the person's name in it, which is put in last so that nothing in a name is markup."""
    return Markup(str(markdown(script)).replace(NAME, str(escape(name))))  # noqa: S704 - cleaned, then escaped


@cache
def _zones(country: str) -> tuple[ZoneInfo, ...]:
    known = get_global("territory_zones").get(country, [])
    return tuple(ZoneInfo(name) for name in known if not name.startswith(("Etc/", "Antarctica/")))


def local_times(country: str | None, now: datetime) -> tuple[datetime, datetime] | None:
    """What time it is where somebody lives: the earliest and the latest of their country's; None: nobody knows."""
    times = sorted((now.astimezone(zone) for zone in _zones(country or "")), key=_offset)
    return (times[0], times[-1]) if times else None


def is_within(times: tuple[datetime, datetime], hour_from: int, hour_to: int) -> bool:
    """Whether it is a fitting hour wherever in their country they may live."""
    return all(hour_from <= each.hour < hour_to for each in times)


def hours_in_words(times: tuple[datetime, datetime]) -> str:
    """That time as one reads it; of a wide country from when to when."""
    first, last = (str(format_time(each.time(), "short", locale=current_language())) for each in times)
    return first if first == last else f"{first}–{last}"


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
