"""A letter on paper, by typst: a sheet and an envelope. What was written is data, never markup; nothing is stored."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

from campaign.appeals.models import Target
from campaign.appeals.service.letter import Letter
from campaign.kernel import clock
from campaign.web.i18n import day_in

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "appeals" / "print" / "letter.typ"


def render_letter(letter: Letter, target: Target, language: str) -> bytes:
    """The letter on A4, and its envelope (DL, 220 by 110 mm) on a page of its own; PDF."""
    words = {
        "lang": language,
        "sender": [part for part in (letter.name, *letter.address.splitlines()) if part],
        "recipient": recipient_lines(target),
        "day": day_in(language, clock.today()),
        "subject": letter.subject,
        "paragraphs": [paragraph.splitlines() for paragraph in letter.paragraphs],
        "name": letter.name,
    }
    return _typeset(words)


def recipient_lines(target: Target) -> list[str]:
    """Name, office, institution and the postal address, with the country in English, as posts abroad read it.

    An address that ends with a country has it already, and it need not be the one that they represent: a member of
    the European Parliament for Poland is written to in Belgium.
    """
    lines = [part for part in (target.name, target.office, target.body, *target.postal.splitlines()) if part]
    if target.country and not _names_country(target.postal, target.country):
        lines.append(str(Locale("en").territories.get(target.country, target.country)).upper())
    return lines


def _names_country(postal: str, country: str) -> bool:
    names: Sequence[Any] = [Locale(code).territories.get(country, country) for code in ("en", "ru", "de")]
    last = postal.strip().rpartition("\n")[2].strip().casefold()
    return last in _countries() or any(str(name).casefold() in postal.casefold() for name in names)


@cache
def _countries() -> frozenset[str]:
    """The names of all countries in our languages."""
    found = (Locale(code).territories.items() for code in ("en", "ru", "de"))
    return frozenset(str(name).casefold() for all_of_them in found for code, name in all_of_them if code.isalpha())


def _typeset(words: dict[str, Any]) -> bytes:
    import typst  # loaded where it is used: most processes never make a document, and each start would pay for it

    given: Any = {"main": TEMPLATE.read_bytes(), "words.json": json.dumps(words).encode()}
    # Without tags: this is for paper. A dictionary of files is what keeps this in memory.
    return bytes(typst.compile(given, font_paths=_fonts(), pdf_tags=False))


@cache
def _fonts() -> Any:
    """The fonts of this machine, looked for once a process."""
    import typst

    return typst.Fonts()
