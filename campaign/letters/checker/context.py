"""What is known besides the text: who it is for, by which way, from whom. All of it may be missing.

Plain values only. Whatever is unknown keeps a default under which its rule stays silent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

Places = Sequence[tuple[int, int]]
"""Places in the text: first character and end, exclusive."""


class Placement(StrEnum):
    """How well it is known where the recipient is held."""

    KNOWN = "known"
    IN_TRANSIT = "in_transit"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """Whether the imprisonment goes on."""

    HELD = "held"
    RELEASED = "released"
    EXCHANGED = "exchanged"
    DIED = "died"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom the letter is for."""

    has_surname: bool = True
    has_given_name: bool = True
    has_patronymic: bool = True
    goes_without_patronymic: bool = False
    """The papers name none, so that none is missing."""
    birth_year: int | None
    has_facility: bool = True
    postal_index: str = ""
    is_address_fresh: bool = True
    placement: Placement = Placement.KNOWN
    standing: Standing = Standing.HELD
    wants_letters: bool = True
    is_minor: bool = False
    articles: frozenset[str] = frozenset()
    """Articles of the charge, as "282.2"."""
    languages: frozenset[str] = frozenset()
    """Languages that the place is known to let through (ISO 639-1); empty: nobody knows, and Russian is presumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The way in."""

    page_characters: int
    most_pages: int
    has_reply_form: bool = False
    """A form for the answer can be ordered, as e-letter services offer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the writer chose besides the text."""

    is_first: bool = False
    is_card: bool = False
    wants_reply_form: bool = False
    has_return_address: bool = True
    encloses_paper: bool = False
    """A blank sheet and a stamped envelope."""
    blank_sheets: int = 0
    occasion_on: date | None = None
    """The birthday or holiday it is meant for."""
    leaves_on: date | None = None
    leaves_from_abroad: bool = False
    is_machine_translated: bool = False
    same_texts: int = 0
    """How many earlier letters had the same `normal_form`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who writes."""

    is_minor: bool = False
    is_at_risk: bool = False
    """In Russia, or for another reason in danger when recognised."""
    own_words: frozenset[str] = frozenset()
    """What would give the writer away and is known to us: surname, employer, street."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is known of an enclosed picture."""

    format: str
    has_metadata: bool = False
    shows_faces: bool = False
    shows_maps: bool = False
    shows_uniforms: bool = False
    shows_banknotes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All of it."""

    recipient: Recipient | None = None
    channel: Channel | None = None
    letter: Letter | None = None
    author: Author | None = None
    pictures: tuple[Picture, ...] = ()
    designated: Places | Callable[[str], Places] = ()
    """Where the text names designated organisations, or what finds them; the register itself lives elsewhere."""
    other_names: frozenset[str] = frozenset()
    """Names that have no place in a letter: other prisoners', volunteers', groups', the platform's."""
    adjustments: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What is known of one facility: rule > block | warn | info | off."""


NOTHING_KNOWN = Context()
