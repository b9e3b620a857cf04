"""Pictures for posts: the words drawn by typst, the picture beside them by Pillow; in memory, and kept in memory.

What is drawn is named by a digest of everything that goes into it, so nothing kept is ever stale; whoever asks looks up
first whether it may be shown at all.
"""

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any

from PIL import Image, ImageOps

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "sharing" / "print"
MARK = Path(__file__).resolve().parents[1] / "static" / "favicon.svg"
MOST_KEPT = 24 * 1024 * 1024
"""Bytes of what was drawn, in one process."""
MOST_WAITING = 3
"""So many at most are drawn or wait for it, one at a time: a page that asks for all three finds room, and whoever asks
for thousands leaves a thread for those who sign."""
QUALITY = 84
# Half of the face above the middle: eyes are in the upper third of a portrait.
CENTRE = (0.5, 0.3)
FORBIDS_CHANGES = re.compile(r"\bND\b|no.?deriv", re.I)


class Busy(Exception):
    """Others are drawn just now; a moment later there is room."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One size for posts, and which part of it the picture takes."""

    width: int
    height: int
    picture: tuple[int, int]
    """Width and height of the picture's part, which begins at the upper left corner."""

    @property
    def is_tall(self) -> bool:
        """Whether the words stand below the picture and not beside it."""
        return self.picture[0] == self.width


SHAPES: Mapping[str, Shape] = {
    "wide": Shape(1200, 630, (430, 630)),
    "square": Shape(1080, 1080, (1080, 520)),
    "story": Shape(1080, 1920, (1080, 1000)),
}


def may_be_changed(licence: str) -> bool:
    """Whether a picture may be cut and put beside words: not under a licence without derivatives."""
    return not FORBIDS_CHANGES.search(licence)


def draw(shape: Shape, words: Mapping[str, Any], picture: bytes | None) -> bytes:
    """A JPEG of the words, with the picture (as stored) in its part; without one the words have it all."""
    across, down = shape.picture if picture else (0, 0)
    left, top = (0, down) if shape.is_tall else (across, 0)
    size = {"width": shape.width - left, "height": shape.height - top, "has_picture": picture is not None}
    import typst  # loaded where it is used: most processes never draw one, and each start would pay for it

    files = {
        "main": (TEMPLATES / "post.typ").read_bytes(),
        "words.json": json.dumps({**words, **size}).encode(),
        "mark.svg": MARK.read_bytes(),
    }
    # typst's types know no dictionary of files, which is what keeps this in memory.
    drawn = typst.compile(files, format="png", ppi=72.0)  # type: ignore[call-overload]
    canvas = Image.new("RGB", (shape.width, shape.height), "white")
    canvas.paste(Image.open(BytesIO(drawn), formats=["PNG"]).convert("RGB"), (left, top))
    if picture:
        shown = Image.open(BytesIO(picture), formats=["WEBP"]).convert("RGB")
        canvas.paste(ImageOps.fit(shown, shape.picture, Image.Resampling.BILINEAR, centering=CENTRE), (0, 0))
    target = BytesIO()
    canvas.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def digest_of(*parts: Any) -> str:
    """What names a drawing: 16 digits that change with anything in `parts` (JSON values)."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


class Drawings:
    """What was drawn lately, by digest; bounded, thread safe, one a process."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._drawing = Lock()
        self._room = BoundedSemaphore(MOST_WAITING)

    def get(self, digest: str, make: Callable[[], bytes]) -> bytes:
        """What has this digest, drawn if need be; raises Busy."""
        found = self._held.get(digest)
        if found is not None:
            return found
        if not self._room.acquire(blocking=False):
            raise Busy
        try:
            with self._drawing:
                return self._held.get(digest) or self._keep(digest, make())
        finally:
            self._room.release()

    def _keep(self, digest: str, content: bytes) -> bytes:
        self._held[digest] = content
        self._size += len(content)
        while self._size > self._most and len(self._held) > 1:
            _digest, gone = self._held.popitem(last=False)
            self._size -= len(gone)
        return content


drawings = Drawings()
