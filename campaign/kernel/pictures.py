"""What pictures of petitions and of people have in common: their words, and their files in sizes of ours."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from campaign.kernel.errors import DomainError
from campaign.kernel.images import Encoded, encode, read_picture


class NotDescribed(DomainError):
    """A picture that is shown needs words, a licence and a credit."""


@dataclass(frozen=True, slots=True)
class PictureDraft:
    """A picture's words, and its file where a new one is given."""

    licence: str
    credit: str
    descriptions: Mapping[str, str]
    """Alternative text by language."""
    file: bytes | None
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Size:
    """The bounds of one size."""

    longest_side: int
    most_bytes: int


class Rendition(Protocol):
    """A stored picture in one size."""

    name: str
    width: int
    height: int
    digest: str
    content: bytes


R = TypeVar("R", bound=Rendition)


def described(draft: PictureDraft, languages: Iterable[str], refusal: str) -> dict[str, str]:
    """The descriptions that were given; raises NotDescribed with `refusal` where licence, credit or the description in
    one of `languages` is missing."""
    given = {language: alt for language, alt in draft.descriptions.items() if alt}
    if not (draft.licence and draft.credit) or set(languages) - set(given):
        raise NotDescribed(refusal)
    return given


def render_into(renditions: list[R], raw: bytes, sizes: Mapping[str, Size], make: Callable[[str], R]) -> None:
    """Decode `raw` and write it into `renditions` in each of `sizes`; `make` begins one that is not there yet.

    Raises BadPicture before anything is changed.
    """
    image = read_picture(raw)
    known = {each.name: each for each in renditions}
    for name, size in sizes.items():
        rendition = known.get(name) or make(name)
        _fill(rendition, encode(image, longest_side=size.longest_side, most_bytes=size.most_bytes))
        if name not in known:
            renditions.append(rendition)


def _fill(rendition: Rendition, encoded: Encoded) -> None:
    rendition.content, rendition.width, rendition.height = encoded.content, encoded.width, encoded.height
    # The address of a picture holds this, so it changes with the content.
    rendition.digest = hashlib.sha256(encoded.content).hexdigest()[:16]
