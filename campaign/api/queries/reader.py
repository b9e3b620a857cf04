"""For whom a document is made: in which language, for which place, and where its links lead."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign.kernel.places import Place
from campaign.kernel.registry import LeftOut, plain_at

Document = dict[str, Any]
LEFT_OUT = LeftOut("[…]", "[…]")
"""Stands where a name or an address was left out. The same in every language, so that programs find it."""
# No name and no address may hold it, so that many texts can be looked through at once.
_APART = "\x00"


@dataclass(frozen=True, slots=True)
class Reader:
    """How an answer was asked for."""

    language: str
    place: Place
    """In Russia unless it was asked for with `place=out`: a program does not know where its readers are."""
    origin: str
    """PUBLIC_URL, without a slash at its end."""

    @property
    def is_outside(self) -> bool:
        """Whether what is kept from readers in Russia may be shown."""
        return self.place is Place.ELSEWHERE

    def page(self, path: str) -> str:
        """The address of a page in this reader's language."""
        return f"{self.origin}{'' if self.language == 'en' else '/' + self.language}{path}"

    def file(self, path: str) -> str:
        """The address of what is the same in all languages."""
        return self.origin + path

    def cleaned(self, document: Document) -> Document:
        """The document without names and links that its readers must not be led to."""
        if self.is_outside:
            return document
        together = _APART.join(_texts(document))
        if plain_at(self.place, together, LEFT_OUT) == together:
            return document
        cleaned: Document = self._clean(document)
        return cleaned

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return plain_at(self.place, value, LEFT_OUT)
        if isinstance(value, dict):
            return {name: self._clean(each) for name, each in value.items()}
        return [self._clean(each) for each in value] if isinstance(value, list) else value


def day(value: date | None) -> str | None:
    """A day as RFC 3339 has it."""
    return value.isoformat() if value is not None else None


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _texts(part)]
