"""What a text of a mailing is made of, once it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Field(StrEnum):
    """What can be put in for each reader, or for each mailing."""

    NAME = "name"
    GREETING = "greeting"
    PETITION = "petition"
    """The title of the petition whose signers are written to."""
    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"


ADDRESSES = frozenset({Field.UNSUBSCRIBE, Field.PREFERENCES})
"""Fields that are an address, and can stand where one does."""
WITH_FALLBACK = frozenset({Field.NAME, Field.PETITION})
BUTTON = "button"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a text, with the line where it stands (0: none) and what to do."""

    line: int
    message: str
    """Marked with N_."""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ref:
    """Something of a feature that a text names: the word of its block, and its slug."""

    kind: str
    slug: str
    line: int


@dataclass(frozen=True, slots=True)
class Used:
    """A merge field where it stands; `mark` holds its place while Markdown is read."""

    field: Field
    fallback: str
    line: int
    mark: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown between two blocks, with marks in the place of fields."""

    markdown: str
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A card of a feature."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Button:
    """Words and where they lead: an address, or something of a feature."""

    words: str
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link in prose."""

    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text that was read."""

    pieces: Sequence[Prose | Block | Button]
    used: Sequence[Used]
    links: Sequence[Link]
    """In prose and under buttons."""
    problems: Sequence[Problem]

    @property
    def refs(self) -> list[Ref]:
        """All that it names of features: blocks, and links and buttons that lead there."""
        blocks = [piece.ref for piece in self.pieces if isinstance(piece, Block)]
        return blocks + [ref for link in self.links if (ref := ref_of(link.target, link.line)) is not None]


def ref_of(target: str, line: int = 0) -> Ref | None:
    """What `kind:slug` names; None for an address of another kind."""
    kind, colon, slug = target.partition(":")
    is_ref = bool(colon) and kind.isascii() and kind.isalpha() and not slug.startswith("/") and kind not in SCHEMES
    return Ref(kind, slug, line) if is_ref else None


SCHEMES = frozenset({"https", "http", "mailto", "javascript", "data", "vbscript", "file", "ftp", "tel", "blob"})
