"""Prints of a letter evening, by typst: cards to cut, a hand-out, and the host's list. What is told of people is data
everywhere, never markup; all of it stays in memory."""

import json
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

from babel import Locale
from flask_babel import force_locale
from flask_babel import gettext as _

from campaign.penpals.queries.evening_cards import CardText
from campaign.penpals.queries.evenings import Planned
from campaign.penpals.service.codes import show_code
from campaign.web.i18n import weekday_of

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "penpals" / "print"
# What fits on a card beneath a name, an envelope and two lines of interests and languages; measured on prints.
LINES_A_CARD = 12
SIGNS_A_LINE = 50
SIGNS_AN_ADDRESS_LINE = 38
MOST_LINES_ABOUT = 5
MOST_INTERESTS = 6


def render_cards(cards: Sequence[CardText], language: str) -> bytes:
    """Sheets of six cards with lines to cut along; PDF."""
    with force_locale(language):
        words = {
            "lang": language,
            "title": _("Cards"),
            "interests": _("Cares for:"),
            "reads": _("Reads:"),
            "stays": _(
                "This card stays with you: do not put it into the envelope. The code is for telling us that you wrote."
            ),
            "empty": _("There is nobody to whom a letter can go now."),
            "cards": [_card(each, language) for each in cards],
        }
    return _compile("evening_cards.typ", words)


def render_list(planned: Planned, cards: Sequence[CardText], language: str) -> bytes:
    """Codes and names for ticking off; PDF."""
    event = planned.event
    with force_locale(language):
        day = weekday_of(event.held_on)
        words = {
            "lang": language,
            "title": event.title,
            "when": f"{day} · {event.place}" if event.place else day,
            "how": _(
                "For the host alone. One tick a card; afterwards type the codes in, with what came of them, and tear"
                " this up."
            ),
            "columns": [_("Code"), _("Name"), _("Letter written"), _("Not written"), _("Taken home")],
            "rows": [[show_code(each.code), each.name] for each in cards],
            "empty": _("There is nobody to whom a letter can go now."),
        }  # fmt: skip
    return _compile("evening_list.typ", words)


def render_handout(language: str) -> bytes:
    """What to write and what not, how to send it, and the risk; PDF."""
    with force_locale(language):
        words = {"lang": language, "title": _("Your letter")}
    return _compile("handout.typ", words, text=(TEMPLATES / f"handout_{language}.typ").read_bytes())


def _card(card: CardText, language: str) -> dict[str, Any]:
    names = Locale(language).languages
    about = " ".join(each if each.endswith((".", "!", "?", "…")) else f"{each}." for each in _told(card))
    note = _("The name stands in its basic form: Russian envelopes put it in the dative.")
    return {
        "code": show_code(card.code),
        "name": card.name,
        "to": card.to,
        "address": card.address,
        "dative_note": "" if card.is_dative_sure else note,
        "about": shortened(about, _room(card) * SIGNS_A_LINE),
        "interests": ", ".join(card.interests[:MOST_INTERESTS]),
        "languages": ", ".join(names.get(each, each) for each in card.languages),
    }


def _told(card: CardText) -> list[str]:
    said = [" ".join(each.split()) for each in (card.occupation, card.summary)]
    return [each[:1].upper() + each[1:] for each in said if each]


def _room(card: CardText) -> int:
    """How many lines are left for what is told of somebody: a long address takes them, and none is cut in half."""
    envelope = sum(ceil(len(line) / SIGNS_AN_ADDRESS_LINE) for line in (card.to, *card.address))
    rest = LINES_A_CARD - envelope - (not card.is_dative_sure) - (len(card.name) > SIGNS_A_LINE // 2)
    return min(max(rest, 0), MOST_LINES_ABOUT)


def shortened(text: str, longest: int) -> str:
    """At most `longest` characters, cut at a word."""
    if len(text) <= longest:
        return text
    head = text[:longest].rpartition(" ")[0].rstrip(" ,;:")
    return f"{head} …" if head else ""


def _compile(template: str, words: dict[str, Any], *, text: bytes = b"") -> bytes:
    import typst  # loaded where it is used: most processes never make a document, and each start would pay for it

    files = {"main": (TEMPLATES / template).read_bytes(), "words.json": json.dumps(words).encode(), "text.typ": text}
    # typst's types know no dictionary of files, which is what keeps this in memory.
    return bytes(typst.compile(files))  # type: ignore[call-overload]
