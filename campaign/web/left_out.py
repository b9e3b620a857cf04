"""What a visitor must not be led to is taken out of every public page, whatever feature made it (SAFETY.md 17).

Texts of editors pass here when they are rendered (the `markdown` filter), and a page that is kept for everybody passes
as a whole: titles, sources and whatever else names or links. A page depends on nothing new by that, since the place is
part of its key. What a page needs no more than the register for is decided by the gates of kernel/registry.py.
"""

import re

from flask import Flask, Response, g, render_template, request

from campaign.kernel.registry import Cleaned, LeftOut, plain_at, text_gates
from campaign.web import guards
from campaign.web.i18n import gettext as _
from campaign.web.place import Place, current_place

# Where layouts/base.html has room for the word that something was left out.
MARK = "<!--left-out-->"
PAGES = frozenset({"text/html", "application/atom+xml", "application/rss+xml"})
CALENDAR = "text/calendar"
PLAIN = frozenset({CALENDAR, "text/plain"})
OCTETS_A_LINE = 75


def init_left_out(app: Flask) -> None:
    """Pass every answer that is kept for everybody through the gates, before its ETag is made."""
    app.after_request(_clean_answer)


def without_left_out(markup: str) -> str:
    """HTML of an editor's text as this visitor may see it; on staff pages as it was written."""
    if _is_for_staff() or g.get("cache_control") is not None:
        # A page that is kept passes as a whole.
        return markup
    return _clean(markup, current_place()).text


def plain_without_left_out(text: str) -> str:
    """The same of plain text that editors wrote: of a letter that a visitor takes along."""
    place = current_place()
    return text if place is Place.ELSEWHERE else plain_at(place, text, words_left_out())


def words_left_out() -> LeftOut:
    """What stands in the place of what is left out."""
    return LeftOut(_("[name left out]"), _("[address left out]"))


def pass_gates() -> None:
    """Let the page at hand pass as a whole although it is kept for nobody: one that a form is shown on again.

    What they typed stays as it is, since it stands in fields.
    """
    g.passes_gates = True


def _clean_answer(response: Response) -> Response:
    is_kept = g.get("cache_control") is not None and response.status_code == 200
    if not (is_kept or g.get("passes_gates", False)) or response.direct_passthrough:
        return response
    place = current_place()
    if response.mimetype != "text/html" and place is Place.NOT_SAID:
        # A program that reads a feed cannot say where its reader is, and its reader sees no button.
        place = Place.RUSSIA
    if response.mimetype in PAGES:
        cleaned = _clean(response.get_data(as_text=True), place)
        is_told = cleaned.names > 0 and place is Place.RUSSIA
        response.set_data(cleaned.text.replace(MARK, render_template("layouts/_left_out.html") if is_told else "", 1))
    elif response.mimetype in PLAIN and place is not Place.ELSEWHERE:
        text = response.get_data(as_text=True)
        if response.mimetype == CALENDAR:
            text = folded(plain_at(place, unfolded(text), words_left_out()))
        else:
            text = plain_at(place, text, words_left_out())
        response.set_data(text)
    return response


def unfolded(text: str) -> str:
    """A calendar with each of its lines whole: a name that is cut in two would be found by nobody (RFC 5545, 3.1)."""
    return re.sub(r"\r?\n[ \t]", "", text)


def folded(text: str) -> str:
    """The same with lines of 75 octets at most."""
    return "\r\n".join(_fold(line) for line in text.split("\r\n"))


def _fold(line: str) -> str:
    parts, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > OCTETS_A_LINE:
            parts.append("")
            # The blank that begins each further line counts.
            size = 1
        parts[-1] += character
        size += octets
    return "\r\n ".join(parts)


def _clean(markup: str, place: Place) -> Cleaned:
    if place is Place.ELSEWHERE:
        return Cleaned(markup)
    cleaned = Cleaned(markup)
    for gate in text_gates:
        once = gate.html(cleaned.text, place, words_left_out())
        cleaned = Cleaned(once.text, cleaned.names + once.names, cleaned.links + once.links)
    return cleaned


def _is_for_staff() -> bool:
    return not request or guards.guards().get(request.blueprint or "") is guards.staff
