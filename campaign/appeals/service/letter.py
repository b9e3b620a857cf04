"""Composing a letter of what an organiser wrote and what a visitor chose and added. Nothing of it is stored."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from campaign.appeals.models import AppealText, Target

LONGEST_MAILTO = 1_900
"""Characters of a mailto: address that mail programs and browsers still take whole; Windows is the narrowest."""
# A letter whose official's salutation is not written down in this language.
GENERAL_SALUTATIONS = {
    "en": "Dear Sir or Madam,",
    "ru": "Уважаемые дамы и господа!",
    "de": "Sehr geehrte Damen und Herren,",
}
FAREWELLS = {"en": "Yours sincerely,", "ru": "С уважением,", "de": "Mit freundlichen Grüßen"}
# All but the end of a line and a tab; and what turns the direction of the words around it.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Own:
    """What a visitor gave: chosen points by their place, own words, a name and an address that may be empty."""

    points: Sequence[int]
    words: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be sent."""

    subject: str
    paragraphs: Sequence[str]
    """From the salutation to the farewell."""
    name: str
    address: str

    @property
    def body(self) -> str:
        """All of it as the text of a mail."""
        signed = "\n".join(part for part in (self.paragraphs[-1], self.name, self.address) if part)
        return "\n\n".join([*self.paragraphs[:-1], signed])

    def mailto(self, address: str) -> str:
        """A link that opens the mail program with the letter in it; empty where it is too long for such a link."""
        link = mailto(address, self.subject, self.body)
        return link if len(link) <= LONGEST_MAILTO else ""


def compose(text: AppealText, target: Target, own: Own, clean: Callable[[str], str] = str) -> Letter:
    """Salutation, opening, the chosen points, own words, closing and farewell, in the language of `text`.

    `clean` is applied to what we wrote: it takes out what must not be shown where the visitor is.
    """
    chosen = [text.points[place] for place in sorted(set(own.points)) if 0 <= place < len(text.points)]
    salutation = target.salutation_in(text.language) or GENERAL_SALUTATIONS[text.language]
    ours = [clean(part) for part in (salutation, text.opening, *chosen)]
    parts = [*ours, fit(own.words), clean(text.closing), FAREWELLS[text.language]]
    return Letter(
        clean(text.subject), [part.strip() for part in parts if part.strip()], fit(own.name), fit(own.address)
    )


def mailto(address: str, subject: str, body: str = "") -> str:
    """A link to write a mail (RFC 6068: lines end with CRLF, all of it quoted)."""
    lines = body.replace("\r\n", "\n").replace("\n", "\r\n")
    text = f"&body={quote(lines, safe='')}" if body else ""
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject, safe='')}{text}"


def fit(text: str) -> str:
    """Paragraphs that somebody typed, without characters that do not show or that turn the words around them."""
    return _UNFIT.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
